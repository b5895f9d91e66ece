/// The machine that separates strings from the bytes outside them, for any bytes, valid JSON or not.
///
///     outside   on "  inString      on any other byte, a backslash too, outside
///     inString  on "  outside       on \  escaped       else inString
///     escaped   on any byte  inString
package enum StringState: UInt8, Sendable, CaseIterable {
  case outside
  case inString
  /// After a backslash in a string.
  case escaped

  /// Returns the state after `byte`.
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
  /// True if a byte was kept since the last kept LF, so that `ndjson` keeps the next LF outside strings.
  package var owesLineFeed = false

  package init() {}

  /// Advances past `byte`. Returns true if the byte is kept.
  ///
  /// This is the definition of unchecked minifying for `json` and `ndjson`.
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
