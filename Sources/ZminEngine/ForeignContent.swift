import ZminCore

/// Recognised content that is not JSON.
package enum ForeignContent: Sendable, Hashable {
  /// A compressed stream or an archive.
  package enum Compression: String, Sendable, CaseIterable {
    case gzip, zstd, xz, bzip2, lz4, zlib, snappy, zip
  }

  /// An encoding of Unicode, by its name for `iconv`.
  package enum Encoding: String, Sendable, CaseIterable {
    case utf16LittleEndian = "UTF-16LE"
    case utf16BigEndian = "UTF-16BE"
    case utf32LittleEndian = "UTF-32LE"
    case utf32BigEndian = "UTF-32BE"
  }

  case compressed(Compression)
  case encoding(Encoding)
  /// NUL bytes alone, as in a file whose length was set and whose bytes were never written.
  case nulBytes
  case bson
  /// Records with their lengths before them.
  case lengthPrefixed
  case recordSeparator
  /// The file that Git LFS leaves in place of one that it stores elsewhere.
  case gitLFSPointer
  case notANumber
  case infinity
  case comment
  /// A literal that another language spells in this way, and JSON in that.
  case literal(String, json: String)
  /// A string in single quotes.
  case singleQuotes
  case unquotedKey
  case byteOrderMark

  /// Bytes needed from the error on. With fewer, less content is recognised.
  package static let signatureBytes = 8

  /// Recognises the content at the first error of an input, nil if it is unknown.
  ///
  /// - Parameters:
  ///   - head: The first ``headBytes`` of the input, or fewer.
  ///   - offset: Offset of the first error.
  ///   - next: ``signatureBytes`` from the error on, or fewer.
  init?(head: [UInt8], fault: Fault, at offset: Int, next: [UInt8]) {
    // The second byte of a code unit or a length cannot be JSON, if the first one can.
    if offset <= 1, let whole = ForeignContent(head: Array(head.prefix(Self.signatureBytes))) {
      self = whole
      return
    }
    if offset == 0, head.starts(with: Self.gitLFSHead) {
      self = .gitLFSPointer
      return
    }
    switch fault {
    case .unexpected(_, let expected):
      if let dialect = Self.dialect(next, expected: expected) {
        self = dialect
        return
      }
    case .missingDigit(after: .minus, found: _): break
    default: return nil
    }
    let word = next.prefix { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0 & 0xDF) }
    if word.elementsEqual("NaN".utf8) {
      self = .notANumber
    } else if word.count >= 3, "Infinity".utf8.starts(with: word) || "infinity".utf8.starts(with: word) {
      self = .infinity
    } else if Self.isComment(next) {
      self = .comment
    } else if next.first == Self.separator {
      self = .recordSeparator
    } else if next.starts(with: [0xEF, 0xBB, 0xBF]) {
      self = .byteOrderMark
    } else if Self.isNULs(next) {
      self = .nulBytes
    } else {
      return nil
    }
  }

  /// Recognises the content of an input by its first bytes, nil if they may begin JSON, or lines of which some are
  /// JSON.
  ///
  /// One or two torn bytes in text are no evidence. Nil is also returned if the other bytes could be text.
  ///
  /// - Parameter head: The first ``signatureBytes`` of an input whose first or second byte is an error, or fewer.
  package init?(head: [UInt8]) {
    if head.first == Self.separator {
      self = .recordSeparator
    } else if let compression = Compression(head: head) {
      self = .compressed(compression)
    } else if let encoding = Encoding(head: head) {
      self = .encoding(encoding)
    } else if Self.isNULs(head) {
      self = .nulBytes
    } else if Self.isBSON(head) {
      self = .bson
    } else if Self.isLengthPrefixed(head) {
      self = .lengthPrefixed
    } else {
      return nil
    }
  }

  /// RS, which begins each record of RFC 7464.
  private static let separator: UInt8 = 0x1E

  private static func isNULs(_ bytes: [UInt8]) -> Bool { bytes.count >= 4 && bytes.allSatisfy { $0 == 0 } }

  /// True for `//`, `/*`, and a `#` that begins a comment and not a colour, an anchor or a tag.
  private static func isComment(_ next: [UInt8]) -> Bool {
    if next.starts(with: "//".utf8) || next.starts(with: "/*".utf8) { return true }
    guard next.count >= 2, next[0] == UInt8(ascii: "#") else { return false }
    return isSpace(next[1]) || next[1] == UInt8(ascii: "!") || next[1] == UInt8(ascii: "#")
  }

  /// True for a little-endian length of 4 bytes, a type, and a name that ends with NUL (bsonspec.org).
  private static func isBSON(_ head: [UInt8]) -> Bool {
    guard head.count >= 6, head[3] == 0, (1...0x13).contains(head[4]) else { return false }
    // The smallest document has a type, a name of one character, its NUL and the NUL at the end.
    let length = Int(head[0]) | Int(head[1]) << 8 | Int(head[2]) << 16
    let name = head[5...].prefix { $0 != 0 }
    guard length >= 8, let first = name.first, !"{}[]\",:".utf8.contains(first),
      name.allSatisfy({ (0x20...0x7E).contains($0) })
    else { return false }
    // Three of the types are whitespace, which may begin a line of text. After these the name must end.
    return !isSpace(head[4]) || head[2] == 0 && head[5...].contains(0)
  }

  /// True for a length of 4 bytes, two of them 0, before an array or object. It is big-endian, with or without the flag
  /// of gRPC before it, or little-endian.
  private static func isLengthPrefixed(_ head: [UInt8]) -> Bool {
    guard head.count > 4 else { return false }
    if head[0] == 0, head[1] == 0, isRecord(head[4...], high: head[2], low: head[3]) { return true }
    if head[0] <= 1, head[1] == 0, head[2] == 0, isRecord(head[5...], high: head[3], low: head[4]) { return true }
    // FF FE begins the byte order mark of UTF-32LE, and the rest of it may be missing.
    guard head[2] == 0, head[3] == 0, !head.starts(with: [0xFF, 0xFE]) else { return false }
    return isRecord(head[4...], high: head[1], low: head[0])
  }

  /// True for the beginning of an array or object that fits the two bytes of a length.
  private static func isRecord(_ bytes: ArraySlice<UInt8>, high: UInt8, low: UInt8) -> Bool {
    let length = Int(high) << 8 | Int(low)
    // An LF may end a line of NULs, and two bytes of text may be text.
    guard length >= 2, high != 0 || low != UInt8(ascii: "\n"), !isText(high) || !isText(low) else { return false }
    let record = bytes.prefix(length)
    let close: UInt8
    switch record.first {
    case UInt8(ascii: "{"): close = UInt8(ascii: "}")
    case UInt8(ascii: "["): close = UInt8(ascii: "]")
    default: return false
    }
    if record.count == length { return record.last == close }
    guard let next = record.dropFirst().first else { return true }
    if isSpace(next) || next == UInt8(ascii: "\"") { return true }
    return close == UInt8(ascii: "]") && beginsJSON(UInt32(next))
  }

  /// The content in one clause.
  var message: String {
    switch self {
    case .compressed(.zip): "zip archive, not JSON"
    case .compressed(let compression): "\(compression.rawValue) data, not JSON"
    case .encoding(let encoding): "\(encoding.rawValue) text, but JSON is UTF-8"
    case .nulBytes: "NUL bytes, not JSON"
    case .bson: "BSON, not JSON"
    case .lengthPrefixed: "records with their lengths before them, not JSON"
    case .recordSeparator: "record separators (RFC 7464) are not JSON"
    case .gitLFSPointer: "Git LFS pointer, not JSON"
    case .notANumber: "NaN is not JSON"
    case .infinity: "Infinity is not JSON"
    case .comment: "comments are not JSON"
    case .literal(let word, let json): "\(word) is not JSON, which has \(json)"
    case .singleQuotes: "single quotes are not JSON, which has double quotes"
    case .unquotedKey: "keys without double quotes are not JSON"
    case .byteOrderMark: "byte order mark inside the input"
    }
  }
}

extension ForeignContent.Compression {
  /// Uses the magic numbers of RFC 1952 (gzip), RFC 8878 (zstd), the xz, bzip2, lz4 and zip file formats, RFC 1950
  /// (zlib) and Snappy's framing format.
  fileprivate init?(head: [UInt8]) {
    if head.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
      self = .zstd
    } else if head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
      self = .xz
    } else if Self.isBzip2(head) {
      self = .bzip2
    } else if head.starts(with: [0x04, 0x22, 0x4D, 0x18]) || head.starts(with: [0x02, 0x21, 0x4C, 0x18]) {
      self = .lz4
    } else if Self.isZlib(head) {
      self = .zlib
    } else if head.starts(with: [0xFF, 0x06, 0, 0] + Array("sNaP".utf8)) {
      self = .snappy
    } else if head.starts(with: [0x50, 0x4B, 3, 4]) || head.starts(with: [0x50, 0x4B, 5, 6]) {
      self = .zip
    } else {
      return nil
    }
  }

  /// True for `BZh`, a level, and the first bytes of the magic number of a block or of the end.
  private static func isBzip2(_ head: [UInt8]) -> Bool {
    guard head.count >= 8, head.starts(with: "BZh".utf8), (0x31...0x39).contains(head[3]) else { return false }
    return head[4..<8].elementsEqual("1AY&".utf8) || head[4..<8].elementsEqual([0x17, 0x72, 0x45, 0x38])
  }

  /// True for a window of 32 KiB, a header that is a multiple of 31, and a first block of a valid type. A header may
  /// also be text (`x^`, `x` and half a character). Then bytes that are not text must follow.
  private static func isZlib(_ head: [UInt8]) -> Bool {
    guard head.count >= 3, head[0] == 0x78, (Int(head[0]) << 8 | Int(head[1])) % 31 == 0, head[1] & 0x20 == 0,
      head[2] & 6 != 6
    else { return false }
    // 0x01 and 0x9C begin no character; 0xDA begins one of two bytes.
    return !ForeignContent.isText(head[(head[1] >= 0xC0 ? 1 : 2)...])
  }
}

extension ForeignContent.Encoding {
  /// Decodes the first code units, which must be JSON up to the first quote.
  fileprivate init?(head: [UInt8]) {
    for encoding in [Self.utf32LittleEndian, .utf32BigEndian, .utf16LittleEndian, .utf16BigEndian]
    where encoding.decodesToJSON(head) {
      self = encoding
      return
    }
    return nil
  }

  private var unitBytes: Int {
    switch self {
    case .utf16LittleEndian, .utf16BigEndian: 2
    case .utf32LittleEndian, .utf32BigEndian: 4
    }
  }

  private func decodesToJSON(_ head: [UInt8]) -> Bool {
    let units = (0..<head.count / unitBytes).map { unit($0, of: head) }
    guard units.count >= 2 else { return false }
    if units[0] == 0xFEFF { return ForeignContent.beginsJSON(units[1]) }
    if units[0] == UInt32(UInt8(ascii: "\"")), !Self.isASCII(units[1]) { return decodesToString(head, units) }
    // Whitespace alone is no evidence: each line may have lost a byte.
    guard let begin = units.first(where: { !ForeignContent.isSpace($0) }), ForeignContent.beginsJSON(begin) else {
      return false
    }
    return units.prefix { $0 != UInt32(UInt8(ascii: "\"")) }.allSatisfy(Self.isASCII)
  }

  /// True for a quote and characters of which the first is not ASCII. A later one must be, or the bytes must not be
  /// text in another encoding.
  private func decodesToString(_ head: [UInt8], _ units: [UInt32]) -> Bool {
    if unitBytes == 4 { return units[1] >= 0x20 && units[1] < 0x40000 && !(0xD800..<0xE000).contains(units[1]) }
    var index = 1
    while index < units.count {
      switch units[index] {
      case 0xD800..<0xDC00:
        if index + 1 < units.count, !(0xDC00..<0xE000).contains(units[index + 1]) { return false }
        index += 2
      case 0xDC00..<0xE000: return false
      case let unit:
        // A line of the file may end within the head.
        if unit < 0x20, index == 1 || !ForeignContent.isSpace(unit) { return false }
        index += 1
      }
    }
    if units.dropFirst(2).contains(where: Self.isASCII) { return true }
    return units.count == 4 && !ForeignContent.isText(head[2...])
  }

  private static func isASCII(_ unit: UInt32) -> Bool {
    (0x20...0x7E).contains(unit) || ForeignContent.isSpace(unit)
  }

  /// The code unit of that number.
  private func unit(_ number: Int, of head: [UInt8]) -> UInt32 {
    let bytes = head[number * unitBytes..<(number + 1) * unitBytes]
    let isLittleEndian = self == .utf16LittleEndian || self == .utf32LittleEndian
    return (isLittleEndian ? bytes.reversed() : Array(bytes)).reduce(0) { $0 << 8 | UInt32($1) }
  }
}

extension ForeignContent {
  fileprivate static func isSpace(_ character: some BinaryInteger) -> Bool {
    character == 0x20 || character == 0x09 || character == 0x0A || character == 0x0D
  }

  /// True for ASCII without control characters other than whitespace.
  fileprivate static func isText(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) || isSpace(byte) }

  /// True for UTF-8, with whitespace as its only control characters. The last character may be cut off.
  fileprivate static func isText(_ bytes: ArraySlice<UInt8>) -> Bool {
    guard bytes.allSatisfy({ $0 >= 0x80 || isText($0) }) else { return false }
    var whole = bytes
    if let lead = bytes.lastIndex(where: { !(0x80..<0xC0).contains($0) }), bytes[lead] >= 0xC0 {
      let characterBytes = bytes[lead] < 0xE0 ? 2 : bytes[lead] < 0xF0 ? 3 : 4
      if bytes.endIndex - lead < characterBytes { whole = bytes[..<lead] }
    }
    return String(validating: whole, as: UTF8.self) != nil
  }

  /// True for a character that may begin a JSON text.
  fileprivate static func beginsJSON(_ character: UInt32) -> Bool {
    isSpace(character) || (0x30...0x39).contains(character)
      || "{[\"-tfn".unicodeScalars.contains { $0.value == character }
  }
}
