extension Plot {
  /// A map of states: a row for each thing, a column for each moment.
  ///
  /// - Parameters:
  ///   - rows: The names of the things.
  ///   - states: What a state is called, by its number.
  ///   - seconds: The moments.
  ///   - cells: For each moment the states of the things, by number; things that were not there yet are missing.
  package static func heatMap(
    _ title: String, _ caption: String, rows: [String], states: [String], seconds: [Double], cells: [[Int]]
  ) -> Plot {
    var plot = Plot(title: title, caption: caption)
    guard !rows.isEmpty, !seconds.isEmpty else { return plot }
    let (left, right, top) = (100.0, width - 30, 8.0)
    let rowHeight = max(4, min(18, 300 / Double(rows.count)))
    let bottom = top + rowHeight * Double(rows.count)
    let x = Axis(seconds, .seconds, start: left, end: right)
    // Of several moments in one column the busiest is drawn.
    let columnsMax = 240
    let perColumn = max(1, (seconds.count + columnsMax - 1) / columnsMax)
    for first in stride(from: 0, to: seconds.count, by: perColumn) {
      let group = first..<min(first + perColumn, seconds.count)
      let start = x.place(seconds[first])
      let end = group.upperBound < seconds.count ? x.place(seconds[group.upperBound]) : right
      for row in rows.indices {
        let found = group.compactMap { cells[$0].indices.contains(row) ? cells[$0][row] : nil }
        guard let state = found.max() else { continue }
        let y = top + rowHeight * Double(row)
        plot.drawing += bar(start, y, max(end - start, 1), rowHeight - 1, "s\(state)")
      }
      let counts = states.indices.map { state in cells[group.lowerBound].count { $0 == state } }
      let said = zip(states, counts).filter { $0.1 > 0 }.map { "\($0.1) \($0.0)" }.joined(separator: ", ")
      plot.drawing += hit(
        start, top, end - start, bottom - top,
        "\(Axis.Unit.seconds.text(seconds[first])): \(said.isEmpty ? "no slots" : said)")
    }
    for (row, name) in rows.enumerated() where rowHeight >= 10 || row == 0 || row == rows.count - 1 {
      plot.drawing += text(name, left - 6, top + rowHeight * (Double(row) + 0.5) + 4, "end")
    }
    for tick in x.ticks { plot.drawing += text(x.unit.text(tick), x.place(tick), bottom + 16, "middle") }
    plot.keys = states.enumerated().map { Key(name: $1, style: "s\($0)") }
    plot.height = bottom + 24
    plot.head = ["seconds"] + rows
    plot.rows = zip(seconds, cells).map { moment in
      [Figures.fixed(moment.0, digits: 3)]
        + rows.indices.map { moment.1.indices.contains($0) ? states[moment.1[$0]] : "" }
    }
    return plot
  }
}
