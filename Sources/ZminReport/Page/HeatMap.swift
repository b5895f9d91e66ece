extension Plot {
  /// Makes a map of states over time: a row for each thing, a column for each moment.
  ///
  /// - Parameters:
  ///   - rows: The names of the things.
  ///   - states: The names of the states, indexed by the numbers in `cells`.
  ///   - seconds: The times of the moments, in order.
  ///   - cells: The state of each thing at each moment. Things that did not exist yet are missing at the end.
  package static func heatMap(
    _ title: String, _ caption: String, rows: [String], states: [String], seconds: [Double], cells: [[Int]]
  ) -> Plot {
    var plot = Plot(title, caption)
    guard !rows.isEmpty, !seconds.isEmpty, cells.contains(where: { !$0.isEmpty }) else { return plot }
    let drawing = HeatDrawing(rows: rows, states: states, seconds: seconds, cells: cells)
    plot.draw = { drawing.draw(on: &$0) }
    plot.keys = states.enumerated().map { Key(name: $1, style: "s\($0)") }
    if seconds.count > HeatDrawing.columnsMax {
      plot.notes.append(
        "There are more samples (\(seconds.count)) than columns. Each column shows its most frequent state.")
    }
    plot.head = ["seconds"] + states
    plot.rows = zip(seconds, cells).map { moment in
      [Axis.Unit.seconds.exact(moment.0)] + states.indices.map { state in "\(moment.1.count { $0 == state })" }
    }
    return plot
  }
}

private struct HeatDrawing {
  static let columnsMax = 160

  let rows: [String]
  let states: [String]
  let seconds: [Double]
  let cells: [[Int]]

  func draw(on drawing: inout Drawing) {
    let nameWidth = min(110, rows.map { Drawing.width(of: $0) }.max() ?? 0)
    let (left, right, top) = (nameWidth + 12, drawing.width - 14, 8.0)
    let rowHeight = max(4, min(18, 300 / Double(rows.count)))
    let bottom = top + rowHeight * Double(rows.count)
    let x = Axis(seconds, .seconds, .tight, start: left, end: right, tickSpace: 64)
    let columnsMax = min(Self.columnsMax, Int((right - left) / 3))
    let perColumn = (seconds.count + columnsMax - 1) / columnsMax
    let columns = stride(from: 0, to: seconds.count, by: perColumn).map { first in
      first..<min(first + perColumn, seconds.count)
    }
    let starts = columns.map { x.coordinate(of: seconds[$0.lowerBound]) } + [right]
    for row in rows.indices {
      let found = columns.map { state(of: row, in: $0) }
      var first = 0
      while first < columns.count {
        let next = found[first...].firstIndex { $0 != found[first] } ?? columns.count
        if let state = found[first] {
          let y = top + rowHeight * Double(row)
          drawing.add(bar: starts[first], y, max(starts[next] - starts[first], 1), rowHeight - 1, "s\(state)")
        }
        first = next
      }
    }
    for (number, column) in columns.enumerated() {
      let (start, end) = (starts[number], starts[number + 1])
      drawing.add(hit: start, top, end - start, bottom - top, words(for: column.lowerBound))
    }
    // If not all names fit, some are left out, never the first or the last.
    let stride = Int((14 / rowHeight).rounded(.up))
    for (row, name) in rows.enumerated() where row % stride == 0 && row + stride <= rows.count || row == rows.count - 1
    {
      let y = top + rowHeight * (Double(row) + 0.5) + 4
      drawing.add(text: Plot.shortened(name, nameWidth), left - 6, y, "end")
    }
    drawing.add(rightwards: x, from: top, to: bottom, hasLines: false)
    drawing.height = bottom + 28
  }

  /// The most frequent state of a thing during `moments`, nil if it did not exist.
  private func state(of row: Int, in moments: Range<Int>) -> Int? {
    var counts = [Int](repeating: 0, count: states.count)
    for moment in moments where row < cells[moment].count && states.indices.contains(cells[moment][row]) {
      counts[cells[moment][row]] += 1
    }
    guard let most = counts.max(), most > 0 else { return nil }
    return counts.firstIndex(of: most)
  }

  private func words(for moment: Int) -> String {
    let counts = states.indices.compactMap { state in
      let count = cells[moment].count { $0 == state }
      return count > 0 ? "\(count) \(states[state])" : nil
    }
    return "\(Axis.Unit.seconds.text(seconds[moment])): \(counts.isEmpty ? "none" : counts.joined(separator: ", "))"
  }
}
