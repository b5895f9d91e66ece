extension Plot {
  /// The data of a plot over time: stacked areas, lines over them, and bands of activity below.
  package struct Course {
    package struct Series {
      package let name: String
      package let values: [Double?]

      package init(_ name: String, _ values: [Double?]) {
        self.name = name
        self.values = values
      }
    }

    package struct Band {
      package let name: String
      package let startSeconds: Double
      package let endSeconds: Double

      package init(_ name: String, startSeconds: Double, endSeconds: Double) {
        self.name = name
        self.startSeconds = startSeconds
        self.endSeconds = endSeconds
      }
    }

    /// The times of the samples, in order.
    package var seconds: [Double] = []
    /// Stacked areas, the lowest first.
    package var areas: [Series] = []
    package var lines: [Series] = []
    package var bands: [Band] = []
    /// A point that is marked.
    package var mark: (seconds: Double, value: Double, text: String)?

    package init() {}
  }

  /// Makes a plot of bytes over time.
  package static func course(_ title: String, _ caption: String, _ course: Course) -> Plot {
    var plot = Plot(title, caption)
    guard !course.seconds.isEmpty else { return plot }
    let drawing = CourseDrawing(course)
    plot.draw = { drawing.draw(on: &$0) }
    plot.keys = course.areas.enumerated().map { Key(name: $1.name, style: "c\($0 % 8)") }
    plot.keys += course.lines.enumerated().map { Key(name: $1.name, style: "key-line l\($0 % 3)") }

    let all = course.areas + course.lines
    let count = course.seconds.count
    let shown = count <= rowsMax ? Array(0..<count) : drawing.kept(columns: rowsMax / (4 + 2 * course.lines.count))
    plot.head = ["seconds"] + all.map(\.name)
    plot.rows = shown.map { index in
      [Axis.Unit.seconds.exact(course.seconds[index])]
        + all.map { $0.values[index].map { Axis.Unit.bytes.exact($0) } ?? "not reported" }
    }
    if let mark = course.mark {
      plot.notes.append("\(mark.text), at \(Axis.Unit.seconds.exact(mark.seconds)) s.")
    }
    if shown.count < count {
      plot.notes.append(
        "The table shows \(shown.count) of \(count) samples. The drawing shows the first, last, lowest and highest "
          + "sample of each column of pixels. The data embedded in the page has all samples.")
    }
    return plot
  }
}

private struct CourseDrawing {
  private let course: Plot.Course
  /// The upper edges of the stacked areas.
  private let roofs: [[Double]]
  private let sums: [Double]

  init(_ course: Plot.Course) {
    self.course = course
    var roof = [Double](repeating: 0, count: course.seconds.count)
    roofs = course.areas.map { area in
      for index in roof.indices { roof[index] += area.values[index] ?? 0 }
      return roof
    }
    sums = roof
  }

  /// The indices of the samples to show if time is divided into `columns` columns.
  func kept(columns: Int) -> [Int] {
    let end = max(course.seconds.last ?? 0, .leastNormalMagnitude)
    let column = course.seconds.map { Int(clamping: ($0 / end * Double(columns)).rounded(.down)) }
    return Reduction.kept(column, [sums] + course.lines.map(\.values))
  }

  func draw(on drawing: inout Drawing) {
    let (right, top, bottom) = (drawing.width - 14, 24.0, 240.0)
    let values = sums + course.lines.flatMap { $0.values.compactMap(\.self) } + [course.mark?.value ?? 0]
    let y = Axis(values, .bytes, start: bottom, end: top, tickSpace: 34)
    let left = y.margin
    let x = Axis(
      course.seconds + course.bands.map(\.endSeconds), .seconds, .tight, start: left, end: right, tickSpace: 64)
    drawing.add(upwards: y, from: left, to: right)
    drawing.add(rightwards: x, from: top, to: bottom, hasLines: false)
    let kept = kept(columns: Int(right - left))
    draw(areas: kept, x, y, on: &drawing)
    for (number, series) in course.lines.enumerated() {
      // A missing value leaves a gap.
      for run in kept.split(whereSeparator: { series.values[$0] == nil }) {
        let path = run.map { (x: x.coordinate(of: course.seconds[$0]), y: y.coordinate(of: series.values[$0] ?? 0)) }
        drawing.add(path: path, "halo")
        drawing.add(path: path, "line l\(number % 3)")
      }
    }
    if let mark = course.mark {
      let (markX, markY) = (x.coordinate(of: mark.seconds), y.coordinate(of: mark.value))
      drawing.add(lineFrom: markX, top - 6, to: markX, bottom, "mark")
      drawing.add(sign: 0, markX, markY, "mark")
      let isRight = markX > (left + right) / 2
      drawing.add(text: mark.text, isRight ? markX - 6 : markX + 6, 14, isRight ? "end strong" : "strong")
    }
    drawing.height = bottom + 28
    drawBands(x, on: &drawing)
    addHits(x, top: top, bottom: bottom, on: &drawing)
  }

  private func draw(areas kept: [Int], _ x: Axis, _ y: Axis, on drawing: inout Drawing) {
    for (number, roof) in roofs.enumerated() {
      let floor = kept.map { index in
        (x: x.coordinate(of: course.seconds[index]), y: y.coordinate(of: number > 0 ? roofs[number - 1][index] : 0))
      }
      let outline = kept.map { (x: x.coordinate(of: course.seconds[$0]), y: y.coordinate(of: roof[$0])) }
      // A single sample has no area: it is drawn as a bar.
      guard outline.count > 1 else {
        drawing.add(bar: outline[0].x - 3, outline[0].y, 6, floor[0].y - outline[0].y, "area c\(number % 8)")
        continue
      }
      drawing.add(path: outline + floor.reversed(), isClosed: true, "area c\(number % 8)")
    }
  }

  private func drawBands(_ x: Axis, on drawing: inout Drawing) {
    let names = course.bands.reduce(into: [String]()) { if !$0.contains($1.name) { $0.append($1.name) } }
    for name in names {
      let top = drawing.height + 4
      var spans: [(start: Double, end: Double)] = []
      for band in course.bands where band.name == name {
        let (start, end) = (x.coordinate(of: band.startSeconds), x.coordinate(of: band.endSeconds))
        // Spans that touch on the screen are joined.
        if let last = spans.last, start - last.end < 0.5 {
          spans[spans.count - 1].end = max(end, last.end)
        } else {
          spans.append((start, max(end, start + 1)))
        }
      }
      for span in spans { drawing.add(bar: span.start, top + 2, span.end - span.start, 11, "band") }
      let (start, end) = (spans[0].start, spans[spans.count - 1].end)
      let textWidth = Drawing.width(of: name) + 6
      if x.end - end >= textWidth {
        drawing.add(text: name, end + 6, top + 12)
      } else if start - x.start >= textWidth {
        drawing.add(text: name, start - 6, top + 12, "end")
      } else {
        drawing.add(text: name, start + 6, top + 12, "inside")
      }
      drawing.height += 18
    }
    drawing.height += names.isEmpty ? 0 : 6
  }

  /// Adds a strip for each sample. Samples too close for a pointer share one, which shows the largest.
  private func addHits(_ x: Axis, top: Double, bottom: Double, on drawing: inout Drawing) {
    let strips = course.seconds.map { Int(x.coordinate(of: $0) / 4) }
    var first = 0
    while first < strips.count {
      let next = strips[first...].firstIndex { $0 != strips[first] } ?? strips.count
      let index = (first..<next).max { sums[$0] < sums[$1] } ?? first
      let end = next < strips.count ? x.coordinate(of: course.seconds[next]) : x.end
      let start = x.coordinate(of: course.seconds[first])
      let values = (course.areas + course.lines).compactMap { series in
        series.values[index].map { "\(series.name) \(Axis.Unit.bytes.text($0))" }
      }
      let count = next - first > 1 ? " (the largest of \(next - first) samples)" : ""
      let time = Axis.Unit.seconds.text(course.seconds[index])
      drawing.add(hit: start, top, end - start, bottom - top, "\(time)\(count): \(values.joined(separator: ", "))")
      first = next
    }
  }
}
