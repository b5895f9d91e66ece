/// The three-state machine that tells what is inside a string on any bytes, valid JSON or not. Outside a string a
/// backslash is an ordinary byte.
package enum StringState: UInt8, Sendable, CaseIterable {
  case outside
  case inString
  /// After a backslash in a string.
  case escaped

  /// The state after `byte`.
  package func after(_ byte: UInt8) -> StringState {
    switch self {
    case .outside: byte == UInt8(ascii: "\"") ? .inString : .outside
    case .inString: byte == UInt8(ascii: "\"") ? .outside : byte == UInt8(ascii: "\\") ? .escaped : .inString
    case .escaped: .inString
    }
  }
}

/// The state of a document that is minified without a check.
package struct UncheckedState: Sendable, Equatable {
  package var stringState = StringState.outside
  /// Whether something was kept since the last LF that was, so that `ndjson` owes one.
  package var owesLineFeed = false

  package init() {}

  /// Whether `byte` is kept: the definition of what zmin does to unchecked input, `json` or `ndjson`.
  package mutating func keeps(_ byte: UInt8, format: Format) -> Bool {
    let wasOutside = stringState == .outside
    stringState = stringState.after(byte)
    guard wasOutside, ByteClass(byte) == .whitespace else {
      owesLineFeed = true
      return true
    }
    guard format == .ndjson, byte == UInt8(ascii: "\n"), owesLineFeed else { return false }
    owesLineFeed = false
    return true
  }
}
