extension Plot {
  /// A row of bars, one after another.
  package struct Bar {
    package let name: String
    /// Their lengths, by the names of their parts.
    package let parts: [(name: String, value: Double)]
    /// What it could be at most.
    package let limit: Double?
    /// Said behind it.
    package let note: String

    package init(_ name: String, _ parts: [(name: String, value: Double)], limit: Double? = nil, note: String = "") {
      self.name = name
      self.parts = parts
      self.limit = limit
      self.note = note
    }

    var sum: Double { parts.reduce(0) { $0 + $1.value } }
  }

  /// What bars are lengths of.
  package enum BarUnit {
    case bytes, seconds, count
    case plain(String)

    fileprivate var axisUnit: Axis.Unit {
      switch self {
      case .bytes: .bytes
      case .seconds: .seconds
      case .count: .count
      case .plain(let unit): .plain(unit)
      }
    }
  }

  /// Horizontal bars, in the order given.
  package static func bars(_ title: String, _ caption: String, _ bars: [Bar], _ unit: BarUnit) -> Plot {
    var plot = Plot(title: title, caption: caption)
    guard !bars.isEmpty else { return plot }
    let unit = unit.axisUnit
    let partNames = bars.flatMap(\.parts).reduce(into: [String]()) { if !$0.contains($1.name) { $0.append($1.name) } }
    let (left, right, top, rowHeight) = (190.0, width - 130, 8.0, 26.0)
    let bottom = top + rowHeight * Double(bars.count)
    let x = Axis(bars.map(\.sum) + bars.compactMap(\.limit), unit, start: left, end: right)
    for tick in x.ticks {
      plot.drawing += line(x.place(tick), top, x.place(tick), bottom, "grid")
      plot.drawing += text(unit.text(tick), x.place(tick), bottom + 16, "middle")
    }
    for (row, bar) in bars.enumerated() {
      let y = top + rowHeight * Double(row)
      plot.drawing += text(shortened(bar.name, 28), left - 8, y + 17, "end")
      var sum = 0.0
      for part in bar.parts {
        let start = x.place(sum)
        sum += part.value
        let style = partNames.count == 1 ? "c1" : "c\((partNames.firstIndex(of: part.name) ?? 0) % 8)"
        plot.drawing += Self.bar(start, y + 4, x.place(sum) - start, rowHeight - 8, style)
        plot.drawing += hit(
          start, y, x.place(sum) - start, rowHeight,
          "\(bar.name)\(partNames.count > 1 ? ", \(part.name)" : ""): \(unit.text(part.value))")
      }
      if let limit = bar.limit {
        plot.drawing += line(x.place(limit), y + 1, x.place(limit), y + rowHeight - 1, "limit")
      }
      let note = bar.note.isEmpty ? unit.text(bar.sum) : bar.note
      plot.drawing += text(note, max(x.place(sum), bar.limit.map(x.place) ?? 0) + 6, y + 17)
    }
    if partNames.count > 1 {
      plot.keys = partNames.enumerated().map { Key(name: $1, style: "c\($0 % 8)") }
    }
    if bars.contains(where: { $0.limit != nil }) { plot.keys.append(Key(name: "limit", style: "key-line limit")) }
    plot.height = bottom + 24
    plot.head = [""] + partNames + (bars.contains { $0.limit != nil } ? ["limit"] : [])
    plot.rows = bars.map { bar in
      [bar.name]
        + partNames.map { name in bar.parts.first { $0.name == name }.map { unit.exact($0.value) } ?? "" }
        + (plot.head.last == "limit" ? [bar.limit.map(unit.exact) ?? "not measured"] : [])
    }
    return plot
  }
}

extension Axis.Unit {
  /// A value as it was measured.
  fileprivate func exact(_ value: Double) -> String {
    switch self {
    case .bytes, .count: "\(Int(value))"
    case .seconds: Figures.fixed(value, digits: 6)
    case .plain: Figures.fixed(value, digits: 3)
    }
  }
}
