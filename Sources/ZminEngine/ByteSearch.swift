import Glibc
import ZminCore

extension UnsafeRawBufferPointer {
  /// The index of the last byte of that value in the first `end` bytes.
  func lastIndex(ofByte byte: UInt8, before end: Int) -> Int? {
    var index = end
    let eightTimes = UInt64(byte) &* 0x0101_0101_0101_0101
    while index >= 8 {
      let difference = loadUnaligned(fromByteOffset: index - 8, as: UInt64.self) ^ eightTimes
      // Zero if no byte of the difference is zero. Then eight bytes are skipped at once.
      if (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080 != 0 { break }
      index -= 8
    }
    while index > 0 {
      index -= 1
      if self[index] == byte { return index }
    }
    return nil
  }

  /// The index of the last byte below `bound`, which is at most 0x80.
  func lastIndex(below bound: UInt8) -> Int? {
    var index = count
    let eightTimes = UInt64(bound) &* 0x0101_0101_0101_0101
    while index >= 8 {
      let word = loadUnaligned(fromByteOffset: index - 8, as: UInt64.self)
      // Zero if no byte is below.
      if (word &- eightTimes) & ~word & 0x8080_8080_8080_8080 != 0 { break }
      index -= 8
    }
    return self[..<index].lastIndex { $0 < bound }
  }

  /// The index of the quote that opened the string at the end of the bytes, nil if it stands before them.
  ///
  /// It is the last quote that is not escaped.
  ///
  /// - Parameter lexeme: The state that the bytes start in.
  func lastOpeningQuote(startingIn lexeme: Lexeme) -> Int? {
    var end = count
    while let quote = lastIndex(ofByte: UInt8(ascii: "\""), before: end) {
      var backslashes = quote
      while backslashes > 0, self[backslashes - 1] == UInt8(ascii: "\\") { backslashes -= 1 }
      let escapes = (quote - backslashes) % 2 == 1
      let isEscaped = backslashes == 0 && lexeme == .escape ? !escapes : escapes
      if !isEscaped { return quote }
      end = backslashes
    }
    return nil
  }

  /// True if the bytes equal those of `other`.
  package func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    guard let first = baseAddress, let second = other.baseAddress else { return true }
    return memcmp(first, second, count) == 0
  }
}
