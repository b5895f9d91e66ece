extension Plot {
  /// A course over time: areas one upon another, lines over them, and what was done beneath.
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

    package var seconds: [Double] = []
    /// From the lowest on.
    package var areas: [Series] = []
    package var lines: [Series] = []
    package var bands: [Band] = []
    /// What is pointed out.
    package var mark: (seconds: Double, value: Double, text: String)?

    package init() {}
  }

  /// A course in bytes over time.
  package static func course(_ title: String, _ caption: String, _ course: Course) -> Plot {
    var plot = Plot(title: title, caption: caption)
    guard !course.seconds.isEmpty else { return plot }
    let bandNames = course.bands.reduce(into: [String]()) { if !$0.contains($1.name) { $0.append($1.name) } }
    let (left, right, top, bottom) = (76.0, width - 30, 14.0, 240.0)
    let sums = course.seconds.indices.map { index in course.areas.reduce(0) { $0 + ($1.values[index] ?? 0) } }
    let tops = sums + course.lines.flatMap { $0.values.compactMap(\.self) } + [course.mark?.value ?? 0]
    let y = Axis(tops, .bytes, start: bottom, end: top)
    let x = Axis(course.seconds + course.bands.map(\.endSeconds), .seconds, start: left, end: right)
    plot.drawing = grid(x, y, left: left, right: right, bottom: bottom)
    var floor = [Double](repeating: 0, count: course.seconds.count)
    for (number, series) in course.areas.enumerated() {
      let roof = zip(floor, series.values).map { $0 + ($1 ?? 0) }
      let outline =
        zip(course.seconds, roof).map { (x.place($0), y.place($1)) }
        + zip(course.seconds, floor).reversed().map { (x.place($0), y.place($1)) }
      plot.drawing += "<polygon points=\"\(points(outline))\" class=\"c\(number)\"/>\n"
      plot.keys.append(Key(name: series.name, style: "c\(number)"))
      floor = roof
    }
    for (number, series) in course.lines.enumerated() {
      let known = zip(course.seconds, series.values).compactMap { pair in pair.1.map { (x.place(pair.0), y.place($0)) }
      }
      plot.drawing += "<polyline points=\"\(points(known))\" class=\"line l\(number)\"/>\n"
      plot.keys.append(Key(name: series.name, style: "key-line l\(number)"))
    }
    if let mark = course.mark {
      let (markX, markY) = (x.place(mark.seconds), y.place(mark.value))
      plot.drawing += line(markX, top, markX, bottom, "mark")
      plot.drawing += "<circle cx=\"\(Markup.number(markX))\" cy=\"\(Markup.number(markY))\" r=\"4\" class=\"mark\"/>\n"
      plot.drawing += text(
        mark.text, markX > (left + right) / 2 ? markX - 6 : markX + 6, top + 8, markX > (left + right) / 2 ? "end" : "")
    }
    var lower = bottom + 26
    for band in course.bands {
      let row = Double(bandNames.firstIndex(of: band.name) ?? 0) * 14
      let (start, end) = (x.place(band.startSeconds), x.place(band.endSeconds))
      plot.drawing += bar(start, lower + row, max(end - start, 1), 10, "band")
    }
    for (row, name) in bandNames.enumerated() {
      plot.drawing += text(name, left - 6, lower + Double(row) * 14 + 9, "end")
    }
    lower += Double(bandNames.count) * 14
    plot.height = lower + 6
    plot.drawing += hits(course, x, top: top, bottom: bottom)
    plot.head = ["seconds"] + (course.areas + course.lines).map(\.name)
    plot.rows = course.seconds.indices.map { index in
      [Figures.fixed(course.seconds[index], digits: 3)]
        + (course.areas + course.lines).map { $0.values[index].map { "\(Int($0))" } ?? "not reported" }
    }
    return plot
  }

  private static func points(_ places: [(Double, Double)]) -> String {
    places.map { "\(Markup.number($0.0)),\(Markup.number($0.1))" }.joined(separator: " ")
  }

  /// Lines and numbers of two axes.
  static func grid(_ x: Axis, _ y: Axis, left: Double, right: Double, bottom: Double) -> String {
    y.ticks.map {
      line(left, y.place($0), right, y.place($0), "grid") + text(y.unit.text($0), left - 6, y.place($0) + 4, "end")
    }
    .joined()
      + x.ticks.map { text(x.unit.text($0), x.place($0), bottom + 16, "middle") }.joined()
  }

  /// A strip for each sample, or for the largest of several where there are more than the screen has room for.
  private static func hits(_ course: Course, _ x: Axis, top: Double, bottom: Double) -> String {
    let stripsMax = 180
    let perStrip = max(1, (course.seconds.count + stripsMax - 1) / stripsMax)
    return stride(from: 0, to: course.seconds.count, by: perStrip).map { first in
      let group = first..<min(first + perStrip, course.seconds.count)
      let sum = { (index: Int) in course.areas.reduce(0) { $0 + ($1.values[index] ?? 0) } }
      let index = group.max { sum($0) < sum($1) } ?? first
      let start = x.place(course.seconds[first])
      let end = group.upperBound < course.seconds.count ? x.place(course.seconds[group.upperBound]) : start + 4
      let values = (course.areas + course.lines).compactMap { series in
        series.values[index].map { "\(series.name) \(Figures.memorySize(Int($0)))" }
      }
      return hit(
        start, top, end - start, bottom - top,
        "\(Axis.Unit.seconds.text(course.seconds[index])): \(values.joined(separator: ", "))")
    }.joined()
  }
}
