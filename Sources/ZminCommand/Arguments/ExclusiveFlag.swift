import ArgumentParser

/// Flags of which at most one may be given.
///
/// The parser can exclude flags itself, but its message is about flags that set values.
protocol ExclusiveFlag: EnumerableFlag {
  /// The long name of the flag, with its dashes.
  var optionName: String { get }
}

extension Array where Element: ExclusiveFlag {
  /// The flag that was given, nil if none was.
  ///
  /// - Throws: ``UsageError`` if different flags were given.
  func one() throws(UsageError) -> Element? {
    if let first, let other = self.first(where: { $0 != first }) {
      throw UsageError("\(first.optionName) and \(other.optionName) cannot be used together")
    }
    return first
  }
}
