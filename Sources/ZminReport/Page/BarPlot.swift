extension Plot {
  /// One row of a bar plot: a bar made of parts.
  package struct Bar {
    package let name: String
    /// The lengths of the parts, in the order in which they are drawn.
    package let parts: [(name: String, value: Double)]
    /// The highest value that was possible, drawn as a line.
    package let limit: Double?
    /// The name of the limit.
    package let limitName: String?
    /// The lowest and the highest measured value of the whole bar.
    package let range: ClosedRange<Double>?
    /// A text behind the bar. If it is empty, the sum of the parts is shown.
    package let note: String

    package init(
      _ name: String, _ parts: [(name: String, value: Double)], limit: Double? = nil, limitName: String? = nil,
      range: ClosedRange<Double>? = nil,
      note: String = ""
    ) {
      self.name = name
      self.parts = parts
      self.limit = limit
      self.limitName = limitName
      self.range = range
      self.note = note
    }

    var sum: Double { parts.reduce(0) { $0 + $1.value } }
  }

  /// The quantity that the bars show.
  package enum BarUnit {
    case bytes, seconds, count
    case plain(String)

    var axisUnit: Axis.Unit {
      switch self {
      case .bytes: .bytes
      case .seconds: .seconds
      case .count: .count
      case .plain(let unit): .plain(unit)
      }
    }
  }

  /// The name of the part that the other parts leave over. It is drawn grey and last.
  package static let restName = "not accounted for"

  /// Horizontal bars, in the order given.
  package static func bars(_ title: String, _ caption: String, _ bars: [Bar], _ unit: BarUnit) -> Plot {
    var plot = Plot(title, caption)
    guard !bars.isEmpty else { return plot }
    let unit = unit.axisUnit
    let drawing = BarDrawing(bars, unit)
    plot.draw = { drawing.draw(on: &$0) }
    let hasLimits = bars.contains { $0.limit != nil }
    let hasRanges = bars.contains { $0.range != nil }
    if drawing.partNames.count > 1 {
      plot.keys = drawing.partNames.map { Key(name: $0, style: drawing.style(of: $0)) }
    }
    if hasLimits { plot.keys.append(Key(name: "limit", style: "key-line limit")) }
    if hasRanges { plot.keys.append(Key(name: "lowest and highest measurement", style: "key-line range")) }
    plot.head = [""] + drawing.partNames + (hasLimits ? ["limit"] : []) + (hasRanges ? ["lowest", "highest"] : [])
    plot.rows = bars.map { bar in
      let parts = drawing.partNames.map { name in bar.parts.first { $0.name == name }?.value }
      let limit = hasLimits ? [bar.limit] : []
      let range = hasRanges ? [bar.range?.lowerBound, bar.range?.upperBound] : []
      return [bar.name] + (parts + limit + range).map { $0.map(unit.exact) ?? "not measured" }
    }
    return plot
  }
}

private struct BarDrawing {
  private let bars: [Plot.Bar]
  private let unit: Axis.Unit
  /// In order of first appearance.
  let partNames: [String]

  init(_ bars: [Plot.Bar], _ unit: Axis.Unit) {
    self.bars = bars
    self.unit = unit
    let names = bars.flatMap(\.parts).reduce(into: [String]()) { if !$0.contains($1.name) { $0.append($1.name) } }
    partNames = names.filter { $0 != Plot.restName } + names.filter { $0 == Plot.restName }
  }

  func style(of partName: String) -> String {
    partName == Plot.restName ? "c0" : Plot.style(partNames.firstIndex(of: partName) ?? 0)
  }

  private func note(_ bar: Plot.Bar) -> String {
    bar.note.isEmpty ? bar.parts.isEmpty ? "not measured" : unit.text(bar.sum) : bar.note
  }

  func draw(on drawing: inout Drawing) {
    // A wide drawing has names and notes beside the bars, a narrow one above them.
    let isNarrow = drawing.isNarrow
    let nameWidth = min(180, bars.map { Drawing.width(of: $0.name) }.max() ?? 0)
    let noteWidth = min(180, bars.map { Drawing.width(of: note($0)) }.max() ?? 0)
    let left = isNarrow ? 8 : nameWidth + 14
    let right = drawing.width - (isNarrow ? 14 : noteWidth + 14)
    let rowHeight = isNarrow ? 40.0 : 28
    let top = 6.0
    let bottom = top + rowHeight * Double(bars.count)
    let values = bars.map(\.sum) + bars.compactMap(\.limit) + bars.compactMap(\.range?.upperBound)
    let x = Axis(values, unit, start: left, end: right, tickSpace: 76)
    drawing.add(rightwards: x, from: top, to: bottom)
    for (row, bar) in bars.enumerated() {
      let y = top + rowHeight * Double(row)
      let barTop = isNarrow ? y + 19 : y + 5
      let barHeight = 18.0
      if isNarrow {
        let note = Plot.shortened(note(bar), drawing.width * 0.6)
        drawing.add(
          text: Plot.shortened(bar.name, drawing.width - 30 - Drawing.width(of: note)), left, y + 14, "strong")
        drawing.add(text: note, drawing.width - 8, y + 14, "end")
      } else {
        drawing.add(text: Plot.shortened(bar.name, nameWidth), left - 8, y + 18, "end strong")
        drawing.add(text: Plot.shortened(note(bar), noteWidth), right + 10, y + 18)
      }
      var sum = 0.0
      for part in bar.parts {
        let start = x.coordinate(of: sum)
        sum += part.value
        // The smallest part stays visible. A gap separates it from the next.
        let width = x.coordinate(of: sum) - start
        if part.value > 0 {
          drawing.add(
            bar: start, barTop, max(partNames.count > 1 ? width - 1 : width, 1), barHeight,
            "bar \(style(of: part.name))")
        }
      }
      if let range = bar.range {
        let middle = barTop + barHeight / 2
        let (start, end) = (x.coordinate(of: range.lowerBound), x.coordinate(of: range.upperBound))
        drawing.add(lineFrom: start, middle, to: end, middle, "range")
        for tip in [start, end] { drawing.add(lineFrom: tip, middle - 4, to: tip, middle + 4, "range") }
      }
      if let limit = bar.limit {
        drawing.add(
          lineFrom: x.coordinate(of: limit), barTop - 2, to: x.coordinate(of: limit), barTop + barHeight + 2, "limit")
      }
      addHits(bar, x, y, rowHeight, on: &drawing)
    }
    drawing.height = bottom + 28
  }

  private func addHits(_ bar: Plot.Bar, _ x: Axis, _ y: Double, _ height: Double, on drawing: inout Drawing) {
    let limit = bar.limit.map { ", limit \(unit.text($0))\(bar.limitName.map { " (\($0))" } ?? "")" } ?? ""
    let range = bar.range.map { ", from \(unit.text($0.lowerBound)) to \(unit.text($0.upperBound))" } ?? ""
    guard partNames.count > 1, !bar.parts.isEmpty else {
      let value = bar.parts.isEmpty ? "not measured" : unit.text(bar.sum)
      drawing.add(hit: x.start, y, x.end - x.start, height, "\(bar.name): \(value)\(range)\(limit)")
      return
    }
    var sum = 0.0
    for part in bar.parts {
      let start = x.coordinate(of: sum)
      sum += part.value
      drawing.add(
        hit: start, y, x.coordinate(of: sum) - start, height,
        "\(bar.name), \(part.name): \(unit.text(part.value)) of \(unit.text(bar.sum))")
    }
  }
}
