/// Chooses the samples that are drawn, where there are more than pixels.
enum Reduction {
  /// Returns the indices of the samples to draw: in each column of pixels the first, the last, and the minimum and
  /// maximum of each series. A line through these covers the same pixels as a line through all.
  ///
  /// - Parameters:
  ///   - columns: The column of each sample, in ascending order.
  ///   - series: The values of each series, one a sample.
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
