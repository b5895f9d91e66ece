import ArgumentParser

/// Flags of which one at most may be given.
///
/// The parser's own way to exclude them says so in terms of flags that set values.
protocol ExclusiveFlag: EnumerableFlag {
  /// The flag as it is written in full.
  var optionName: String { get }
}

extension Array where Element: ExclusiveFlag {
  /// The flag that was given, however often, nil if none was.
  ///
  /// - Throws: ``UsageError`` if there are several.
  func one() throws(UsageError) -> Element? {
    if let first, let other = self.first(where: { $0 != first }) {
      throw UsageError("\(first.optionName) and \(other.optionName) cannot be used together")
    }
    return first
  }
}
