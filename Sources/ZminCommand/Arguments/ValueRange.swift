/// What values an option takes: said where it was given another one.
struct ValueRange: Error, CustomStringConvertible {
  let description: String

  /// - Parameter description: A noun phrase.
  init(_ description: String) {
    self.description = description
  }

  /// The value that an argument stands for, where `parse` finds one.
  ///
  /// - Throws: The range.
  func value<Value>(of argument: String, _ parse: (String) -> Value?) throws -> Value {
    guard let value = parse(argument) else { throw self }
    return value
  }
}
