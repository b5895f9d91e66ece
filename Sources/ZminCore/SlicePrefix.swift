import Glibc

/// How a slice begins: its first token as far as the slice tells, and with it what a kernel is to expect of the rest.
///
/// A kernel goes on from a known state, and what stands before a slice is not known. But the first token tells which
/// states there can be, and those that it leaves are the same to what follows, but for the level of nesting. Whether
/// the token fits what does stand before is for the joining to say (``TokenRun``).
package struct SlicePrefix: Equatable, Sendable {
  /// Where in a token a slice is assumed to start.
  package enum Start: UInt8, Sendable {
    case between
    /// In the plain text of a string.
    case string

    package var lexeme: Lexeme { self == .between ? .between : .string }
  }

  /// Bytes of whitespace before the first token. Those of a slice without a token are all of it.
  package let blankByteCount: Int
  /// The first token, nil if there is none.
  package let first: Token?
  /// What is expected where the first token begins or, in a string, after it.
  package let expectation: Expectation
  /// What the first token may stand in.
  package let levels: LevelSet

  /// Looks at the beginning of `bytes`: up to the first token and, if that is a string, up to the token after it.
  ///
  /// - Complexity: O(*n*), by `memchr` for *n* bytes of string.
  package init(_ bytes: UnsafeRawBufferPointer, startingIn start: Start, _ format: Format) {
    var blankByteCount = 0
    let first: Token?
    if start == .string {
      first = unsafe Token.restOfString.decided(in: bytes, contentFrom: 0, format)
    } else {
      blankByteCount = unsafe bytes.endOfBlanks
      let blanks = unsafe UnsafeRawBufferPointer(rebasing: bytes[..<blankByteCount])
      if format == .ndjson, unsafe blanks.index(of: UInt8(ascii: "\n"), from: 0) != nil {
        first = .lineFeed
      } else if blankByteCount == bytes.count {
        first = nil
      } else {
        first = unsafe (Token(delimiter: bytes[blankByteCount], format) ?? .value).decided(
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
  /// What a string is by the token after it, if the slice has that; any other token as it is.
  ///
  /// - Parameter contentIndex: Where the string's content begins, or goes on.
  fileprivate func decided(
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
  /// The index of the first byte of that value from `start` on.
  fileprivate func index(of byte: UInt8, from start: Int) -> Int? {
    guard start < count, let base = baseAddress,
      let found = unsafe memchr(base + start, Int32(byte), count - start)
    else { return nil }
    return unsafe UnsafeRawPointer(found) - base
  }

  /// The index of the first byte that is no whitespace, or the end.
  fileprivate var endOfBlanks: Int {
    var index = 0
    // Whitespace that is long is spaces.
    while count - index >= 8, unsafe loadUnaligned(fromByteOffset: index, as: UInt64.self) == 0x2020_2020_2020_2020 {
      index += 8
    }
    while index < count, unsafe ByteClass(self[index]) == .whitespace { index += 1 }
    return index
  }

  /// The index of the quote that closes the string whose content `start` lies in, not after a backslash.
  fileprivate func closingQuote(from start: Int) -> Int? {
    var index = start
    while let quote = unsafe self.index(of: UInt8(ascii: "\""), from: index) {
      var backslashes = quote
      while backslashes > index, unsafe self[backslashes - 1] == UInt8(ascii: "\\") { backslashes -= 1 }
      if (quote - backslashes) % 2 == 0 { return quote }
      index = quote + 1
      // Escaped quotes come in crowds: while they do, a search for each would cost more than a look at each byte.
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
