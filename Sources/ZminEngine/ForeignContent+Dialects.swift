import ZminCore

/// Spellings of Python, JavaScript and their configuration formats, and files of Git LFS.
extension ForeignContent {
  /// Bytes kept from the start of the input.
  static let headBytes = 24

  /// The beginning of each Git LFS pointer.
  static let gitLFSHead = Array("version https://git-lfs".utf8)

  /// True if more bytes of the input may name an error that the first ``signatureBytes`` do not.
  static func mayBeNamed(byMoreThan head: [UInt8], at offset: Int) -> Bool {
    offset == 0 && head.count < gitLFSHead.count && gitLFSHead.starts(with: head)
  }

  /// Literals of other languages whose first letter is no beginning of a value, in lower case.
  private static let literals = [
    "true": "true", "false": "false", "null": "null", "none": "null", "nil": "null", "undefined": "null",
  ]

  /// Recognises the spelling at an unexpected byte, nil if it is unknown.
  ///
  /// - Parameters:
  ///   - next: ``signatureBytes`` from the error on, or fewer.
  ///   - expected: The bytes that may come instead.
  static func dialect(_ next: [UInt8], expected: Expectation) -> ForeignContent? {
    switch expected {
    case .firstKey, .key:
      if next.first == UInt8(ascii: "'") { return .singleQuotes }
      return isUnquotedKey(next) ? .unquotedKey : nil
    case .start, .value, .firstElement:
      return next.first == UInt8(ascii: "'") ? .singleQuotes : literal(next)
    default: return nil
    }
  }

  private static func literal(_ next: [UInt8]) -> ForeignContent? {
    let word = String(decoding: next.prefix(while: isWordByte), as: UTF8.self)
    // The last letter of undefined lies past the bytes that are known.
    if word == "undefine", next.count == signatureBytes { return .literal("undefined", json: "null") }
    return literals[word.lowercased()].map { .literal(word, json: $0) }
  }

  /// True for a name with a colon after it, or one that is longer than the bytes that are known.
  private static func isUnquotedKey(_ next: [UInt8]) -> Bool {
    let name = next.prefix(while: isWordByte)
    guard let first = name.first, !isDigit(first) else { return false }
    if name.count == signatureBytes { return true }
    return next[name.endIndex...].first { $0 != UInt8(ascii: " ") } == UInt8(ascii: ":")
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & 0xDF) || isDigit(byte) || "_$".utf8.contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
