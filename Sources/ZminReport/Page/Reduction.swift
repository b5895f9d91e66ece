/// Which of many samples are drawn.
enum Reduction {
  /// Of each column of a drawing the first sample, the last, and those at which a series is least and most: a line
  /// through these covers the same pixels as one through all.
  ///
  /// - Parameter columns: For each sample the column that it falls into, never less than that of the one before.
  static func kept(_ columns: [Int], _ series: [[Double?]]) -> [Int] {
    var kept: [Int] = []
    var first = 0
    while first < columns.count {
      let next = columns[first...].firstIndex { $0 != columns[first] } ?? columns.count
      var indices: Set = [first, next - 1]
      for values in series {
        let known = (first..<next).filter { values[$0] != nil }
        let value = { (index: Int) in values[index] ?? 0 }
        if let least = known.min(by: { value($0) < value($1) }) { indices.insert(least) }
        if let most = known.max(by: { value($0) < value($1) }) { indices.insert(most) }
      }
      kept += indices.sorted()
      first = next
    }
    return kept
  }
}
