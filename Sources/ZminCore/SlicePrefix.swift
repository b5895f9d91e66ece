import Glibc

/// The beginning of a slice: its first token as far as the slice shows, and the kernel state that follows from it.
///
/// A kernel needs a start state, but the state before a slice is unknown. The first token narrows the possible states
/// to ones that differ only in the nesting, so that one of them serves for all:
///
///     first token      kernel starts expecting   in levels
///     :                a colon                   object
///     , ] }            a token after a value     containers, array, object
///     "a" before :     a first key               object
///     LF in ndjson     a record                  top
///     [ { 1 true       a value                   any
///
/// The join checks that the token fits the state before the slice (``TokenRun``).
package struct SlicePrefix: Equatable, Sendable {
  /// The assumed position of a slice's start: between tokens or in a string.
  package enum Start: UInt8, Sendable {
    case between
    /// In the plain text of a string, not within an escape or a UTF-8 sequence.
    case string

    package var lexeme: Lexeme { self == .between ? .between : .string }
  }

  /// Bytes of whitespace before the first token, or all bytes if there is no token.
  package let blankByteCount: Int
  /// The first token, nil if there is none.
  package let first: Token?
  /// The expectation before the first token. If the slice starts in a string, the expectation after it.
  package let expectation: Expectation
  /// The levels that the first token may stand in.
  package let levels: LevelSet

  /// Scans `bytes` up to the first token and, if that is a string, up to the token after it.
  ///
  /// - Complexity: O(*n*). Strings are searched with `memchr`.
  package init(_ bytes: UnsafeRawBufferPointer, startingIn start: Start, _ format: Format) {
    var blankByteCount = 0
    let first: Token?
    if start == .string {
      first = unsafe Token.restOfString.resolved(in: bytes, contentFrom: 0, format)
    } else {
      blankByteCount = unsafe bytes.endOfBlanks
      let blanks = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<blankByteCount])
      if format == .ndjson, unsafe blanks.index(of: UInt8(ascii: "\n"), from: 0) != nil {
        first = .lineFeed
      } else if blankByteCount == bytes.count {
        first = nil
      } else {
        first = unsafe (Token(delimiter: bytes[blankByteCount], format) ?? .value).resolved(
          in: bytes, contentFrom: blankByteCount + 1, format)
      }
    }
    self.blankByteCount = blankByteCount
    self.first = first
    levels = first == .lineFeed ? .top : first?.levels ?? .any
    expectation =
      switch first {
      case .colon, .restOfName: .colon
      case .comma, .arrayCloser, .objectCloser, .restOfString, .restOfValue: .afterValue
      case .name: .firstKey
      case .lineFeed: .start
      case .arrayOpener, .objectOpener, .value, .string, nil: .value
      }
  }
}

extension Token {
  /// Resolves a string to a name or a value by the token after it, if the slice contains that. Returns other tokens
  /// unchanged.
  ///
  /// - Parameter contentIndex: The first index of the string's content in the slice.
  fileprivate func resolved(
    in bytes: UnsafeRawBufferPointer, contentFrom contentIndex: Int, _ format: Format
  ) -> Token {
    guard self == .string || self == .restOfString, let quote = unsafe bytes.closingQuote(from: contentIndex) else {
      return self
    }
    var next = quote + 1
    while next < bytes.count, unsafe ByteClass(bytes[next]) == .whitespace,
      unsafe Token(delimiter: bytes[next], format) == nil
    {
      next += 1
    }
    guard next < bytes.count else { return self }
    let isName = unsafe bytes[next] == UInt8(ascii: ":")
    return self == .string ? isName ? .name : .value : isName ? .restOfName : .restOfValue
  }
}

extension UnsafeRawBufferPointer {
  /// The index of the first byte equal to `byte` from `start` on.
  fileprivate func index(of byte: UInt8, from start: Int) -> Int? {
    guard start < count, let base = baseAddress,
      let found = unsafe memchr(base + start, Int32(byte), count - start)
    else { return nil }
    return unsafe UnsafeRawPointer(found) - base
  }

  /// The index of the first byte that is not whitespace, or `count`.
  fileprivate var endOfBlanks: Int {
    var index = 0
    // Long whitespace usually consists of spaces.
    while count - index >= 8, unsafe loadUnaligned(fromByteOffset: index, as: UInt64.self) == 0x2020_2020_2020_2020 {
      index += 8
    }
    while index < count, unsafe ByteClass(self[index]) == .whitespace { index += 1 }
    return index
  }

  /// The index of the unescaped quote that closes the string with content at `start`.
  fileprivate func closingQuote(from start: Int) -> Int? {
    var index = start
    while let quote = unsafe self.index(of: UInt8(ascii: "\""), from: index) {
      var backslashes = quote
      while backslashes > index, unsafe self[backslashes - 1] == UInt8(ascii: "\\") { backslashes -= 1 }
      if (quote - backslashes) % 2 == 0 { return quote }
      index = quote + 1
      // Escaped quotes come in clusters. Within one, a byte loop is faster than a memchr for each quote.
      var plainCount = 0
      while index < count, plainCount < 16 {
        switch unsafe self[index] {
        case UInt8(ascii: "\""): return index
        case UInt8(ascii: "\\"):
          index += 2
          plainCount = 0
        default:
          index += 1
          plainCount += 1
        }
      }
    }
    return nil
  }
}
