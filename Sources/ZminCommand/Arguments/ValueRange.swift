/// The error about a value that an option does not accept.
struct ValueRange: Error, CustomStringConvertible {
  let description: String

  /// - Parameter description: The values that the option accepts, after "expected".
  init(_ description: String) {
    self.description = description
  }

  /// Parses an argument.
  ///
  /// - Throws: This error if `parse` returns nil.
  func value<Value>(of argument: String, _ parse: (String) -> Value?) throws -> Value {
    guard let value = parse(argument) else { throw self }
    return value
  }
}
