extension Plot {
  /// Makes a histogram over size classes. Class n holds the sizes up to 2^n bytes and above 2^(n-1).
  ///
  /// - Parameter classes: Counts by n. Empty classes between others are drawn as empty.
  package static func histogram(_ title: String, _ caption: String, classes: [Int: Int], of noun: String) -> Plot {
    var plot = Plot(title, caption)
    guard let first = classes.keys.min(), let last = classes.keys.max(), last - first < 64 else { return plot }
    let columns = (first...last).map { (name: sizeName($0), count: classes[$0, default: 0]) }
    plot.draw = { drawing in
      let (right, top, bottom) = (drawing.width - 14, 28.0, 200.0)
      let y = Axis(columns.map { Double($0.count) }, .count, start: bottom, end: top, tickSpace: 34)
      let left = y.margin
      drawing.add(upwards: y, from: left, to: right)
      drawing.add(text: noun, 4, 13)
      let step = (right - left) / Double(columns.count)
      let barWidth = min(step * 0.8, 48)
      // If not all names fit, only every `stride`-th class is named.
      let widest = columns.map { Drawing.width(of: $0.name) }.max() ?? 0
      let stride = Int(((widest + 6) / step).rounded(.up))
      for (number, column) in columns.enumerated() {
        let middle = left + step * (Double(number) + 0.5)
        let roof = y.coordinate(of: Double(column.count))
        if column.count > 0 {
          drawing.add(bar: middle - barWidth / 2, min(roof, bottom - 1), barWidth, max(bottom - roof, 1), "bar c1")
        }
        if number % stride == 0 { drawing.add(text: column.name, middle, bottom + 19, "middle") }
        drawing.add(
          hit: middle - step / 2, top, step, bottom - top, "up to \(column.name): \(column.count) \(noun)")
      }
      drawing.height = bottom + 28
    }
    plot.head = ["up to", noun]
    plot.rows = columns.map { [$0.name, "\($0.count)"] }
    return plot
  }

  private static func sizeName(_ exponent: Int) -> String {
    Axis.Unit.bytes.text(Double(sign: .plus, exponent: exponent, significand: 1))
  }
}
