extension Plot {
  /// A series of points in a scatter plot. `x` is a size in bytes.
  package struct Points {
    package let name: String
    package let points: [(x: Double, y: Double, name: String)]
    /// True if lines connect the points.
    package let isLine: Bool

    package init(_ name: String, _ points: [(x: Double, y: Double, name: String)], isLine: Bool = false) {
      self.name = name
      self.points = points
      self.isLine = isLine
    }
  }

  /// The largest ratio between y values that still get a linear axis.
  private static let linearRatioMax = 20.0

  /// Makes a scatter plot over file sizes, which have a logarithmic axis.
  ///
  /// - Parameters:
  ///   - axes: The names of the axes.
  ///   - unit: The unit of the y axis.
  ///   - mark: A size that is marked with a line and a text.
  package static func scatter(
    _ title: String, _ caption: String, _ series: [Points], axes: (x: String, y: String), _ unit: BarUnit,
    mark: (x: Double, text: String)? = nil
  ) -> Plot {
    var plot = Plot(title, caption)
    let all = series.flatMap(\.points)
    guard !all.isEmpty else { return plot }
    let unit = unit.axisUnit
    let values = all.map(\.y).filter { $0 > 0 }
    let isLogarithmic = (values.max() ?? 1) / (values.min() ?? 1) > linearRatioMax
    plot.draw = { drawing in
      let (right, top, bottom) = (drawing.width - 16, mark == nil ? 28.0 : 46, 280.0)
      let y = Axis(all.map(\.y), unit, isLogarithmic ? .logarithmic : .linear, start: bottom, end: top, tickSpace: 30)
      let left = y.margin
      let x = Axis(
        all.map(\.x) + (mark.map { [$0.x] } ?? []), .sizes, .logarithmic, start: left, end: right, tickSpace: 64)
      drawing.add(upwards: y, from: left, to: right)
      drawing.add(rightwards: x, from: top, to: bottom)
      drawing.add(text: axes.y, 4, 13)
      drawing.add(text: axes.x, right, bottom + 38, "end")
      for (number, points) in series.enumerated() where points.isLine {
        drawing.add(
          path: points.points.map { (x.coordinate(of: $0.x), y.coordinate(of: $0.y)) }, "line \(style(number))")
      }
      if let mark {
        let markX = x.coordinate(of: mark.x)
        let isRight = markX > (left + right) / 2
        drawing.add(lineFrom: markX, top - 8, to: markX, bottom, "mark")
        drawing.add(text: mark.text, isRight ? markX - 6 : markX + 6, top - 8, isRight ? "end strong" : "strong")
      }
      for (number, points) in series.enumerated() {
        for point in points.points {
          let (pointX, pointY) = (x.coordinate(of: point.x), y.coordinate(of: point.y))
          drawing.add(sign: number, pointX, pointY, "sign \(style(number))")
          let name = series.count > 1 && point.name != points.name ? "\(points.name), \(point.name)" : point.name
          drawing.add(
            hit: pointX - 8, pointY - 8, 16, 16, "\(name): \(Axis.Unit.sizes.text(point.x)), \(unit.text(point.y))")
        }
      }
      drawing.height = bottom + 46
    }
    if series.count > 1 { plot.keys = series.enumerated().map { Key(name: $1.name, style: style($0)) } }
    if let mark { plot.notes.append("\(mark.text): \(Axis.Unit.sizes.exact(mark.x)) bytes.") }
    plot.head = ["", "\(axes.x), bytes", axes.y]
    plot.rows = series.flatMap { points in
      points.points.map { point in
        let name = point.name == points.name || series.count == 1 ? point.name : "\(points.name) \(point.name)"
        return [name, Axis.Unit.sizes.exact(point.x), unit.exact(point.y)]
      }
    }
    return plot
  }
}
