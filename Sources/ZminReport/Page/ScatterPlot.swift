extension Plot {
  /// Points on axes that count in powers of ten: sizes below, something else upwards.
  package struct Points {
    package let name: String
    package let points: [(x: Double, y: Double, name: String)]
    /// Whether a line leads from each to the next.
    package let isLine: Bool

    package init(_ name: String, _ points: [(x: Double, y: Double, name: String)], isLine: Bool = false) {
      self.name = name
      self.points = points
      self.isLine = isLine
    }
  }

  /// - Parameters:
  ///   - axes: What both axes are of, in words.
  ///   - unit: What stands upwards; below there are bytes.
  ///   - mark: A size that is pointed out.
  package static func scatter(
    _ title: String, _ caption: String, _ series: [Points], axes: (x: String, y: String), _ unit: BarUnit,
    mark: (x: Double, text: String)? = nil
  ) -> Plot {
    var plot = Plot(title: title, caption: caption)
    let all = series.flatMap(\.points)
    guard !all.isEmpty else { return plot }
    let (left, right, top, bottom) = (84.0, width - 30, 24.0, 260.0)
    let yUnit: Axis.Unit =
      switch unit {
      case .bytes: .bytes
      case .seconds: .seconds
      case .count: .count
      case .plain(let text): .plain(text)
      }
    let x = Axis(all.map(\.x) + (mark.map { [$0.x] } ?? []), .plain("B"), .logarithmic, start: left, end: right)
    let y = Axis(all.map(\.y), yUnit, .logarithmic, start: bottom, end: top)
    for tick in y.ticks {
      plot.drawing += line(left, y.place(tick), right, y.place(tick), "grid")
      plot.drawing += text(yUnit.text(tick), left - 6, y.place(tick) + 4, "end")
    }
    for tick in x.ticks {
      plot.drawing += line(x.place(tick), top, x.place(tick), bottom, "grid")
      plot.drawing += text(Figures.size(Int(tick)), x.place(tick), bottom + 16, "middle")
    }
    if let mark {
      plot.drawing += line(x.place(mark.x), top, x.place(mark.x), bottom, "mark")
      plot.drawing += text(mark.text, x.place(mark.x) + 6, top + 10)
    }
    for (number, points) in series.enumerated() {
      let places = points.points.map { (x.place($0.x), y.place($0.y)) }
      if points.isLine {
        let line = places.map { "\(Markup.number($0.0)),\(Markup.number($0.1))" }.joined(separator: " ")
        plot.drawing += "<polyline points=\"\(line)\" class=\"line c\(number + 1)\"/>\n"
      }
      for (point, place) in zip(points.points, places) {
        plot.drawing +=
          "<circle cx=\"\(Markup.number(place.0))\" cy=\"\(Markup.number(place.1))\" r=\"4\" class=\"c\(number + 1)\"/>\n"
        plot.drawing += hit(
          place.0 - 6, place.1 - 6, 12, 12, "\(point.name): \(Figures.size(Int(point.x))), \(yUnit.text(point.y))")
      }
      plot.keys.append(Key(name: points.name, style: "c\(number + 1)"))
    }
    plot.drawing += text(axes.y, 4, 12) + text(axes.x, right, bottom + 34, "end")
    plot.height = bottom + 40
    plot.head = ["", axes.x, axes.y]
    plot.rows = series.flatMap { points in
      points.points.map { ["\(points.name) \($0.name)", "\(Int($0.x))", Axis.short($0.y)] }
    }
    return plot
  }
}
