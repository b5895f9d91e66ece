import ZminCore

/// Content that is known, but is not JSON.
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
  /// NUL bytes alone, as in a file that was given its length and not its bytes.
  case nulBytes
  case bson
  /// Records of which each has its length before it.
  case lengthPrefixed
  case recordSeparator
  case notANumber
  case infinity
  case comment
  case byteOrderMark

  /// How many bytes at the start of the input, and from the error on, it takes to tell. With fewer, less is known.
  package static let signatureBytes = 8

  /// The content of the input, nil if it is not known.
  ///
  /// - Parameters:
  ///   - head: The first ``signatureBytes`` of the input, or fewer.
  ///   - offset: Offset of the first error.
  ///   - next: ``signatureBytes`` from the error on, or fewer.
  init?(head: [UInt8], fault: Fault, at offset: Int, next: [UInt8]) {
    if offset < Self.signatureBytes, let whole = ForeignContent(head: head) {
      self = whole
      return
    }
    switch fault {
    case .unexpected, .missingDigit(after: .minus, found: _): break
    default: return nil
    }
    let word = next.prefix { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0 & 0xDF) }
    if word.elementsEqual("NaN".utf8) {
      self = .notANumber
    } else if word.count >= 3, "Infinity".utf8.starts(with: word) || "infinity".utf8.starts(with: word) {
      self = .infinity
    } else if next.starts(with: "//".utf8) || next.starts(with: "/*".utf8) || next.first == UInt8(ascii: "#") {
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

  /// The content of an input as a whole, by its first bytes; nil if they may begin JSON, or lines of which some are JSON.
  ///
  /// - Parameter head: The first ``signatureBytes`` of the input, or fewer.
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

  /// A length from the least significant byte on, a type, and the first character of a name (bsonspec.org).
  private static func isBSON(_ head: [UInt8]) -> Bool {
    guard head.count >= 6, head[3] == 0, head[0] | head[1] | head[2] != 0 else { return false }
    return (1...0x13).contains(head[4]) && (0x20...0x7E).contains(head[5])
  }

  /// A length of 4 bytes before an array or object: from the most significant byte on, with or without a byte 0 before it
  /// (gRPC), or from the least significant one on.
  private static func isLengthPrefixed(_ head: [UInt8]) -> Bool {
    func beginsValue(at index: Int) -> Bool {
      index < head.count && (head[index] == UInt8(ascii: "{") || head[index] == UInt8(ascii: "["))
    }
    guard head.count > 4 else { return false }
    if head[0] == 0, beginsValue(at: 4) { return head[1] | head[2] | head[3] != 0 }
    if head[0] == 0, head[1] == 0, beginsValue(at: 5) { return head[2] | head[3] | head[4] != 0 }
    // FF FE is the byte order mark of UTF-32LE, of which the rest may not be there yet.
    return head[0] != 0 && head[2] < 0x20 && head[3] == 0 && beginsValue(at: 4) && !head.starts(with: [0xFF, 0xFE])
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
    case .notANumber: "NaN is not JSON"
    case .infinity: "Infinity is not JSON"
    case .comment: "comments are not JSON"
    case .byteOrderMark: "byte order mark inside the input"
    }
  }
}

extension ForeignContent.Compression {
  /// By the magic numbers of RFC 1952 (gzip), RFC 8878 (zstd), the xz, bzip2, lz4 and zip file formats, RFC 1950 (zlib)
  /// and Snappy's framing format.
  fileprivate init?(head: [UInt8]) {
    if head.starts(with: [0x1F, 0x8B]) {
      self = .gzip
    } else if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
      self = .zstd
    } else if head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
      self = .xz
    } else if head.count >= 4, head.starts(with: "BZh".utf8), (0x31...0x39).contains(head[3]) {
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

  /// A window of 32 KiB, a header that is a multiple of 31, and a first block of a type that there is. One level's header
  /// is the text `x^`, and then a byte that is no text must follow.
  private static func isZlib(_ head: [UInt8]) -> Bool {
    guard head.count >= 3, head[0] == 0x78, (Int(head[0]) << 8 | Int(head[1])) % 31 == 0, head[1] & 0x20 == 0,
      head[2] & 6 != 6
    else { return false }
    return head[1] != UInt8(ascii: "^") || head.contains { $0 >= 0x80 || $0 < 0x20 && !ForeignContent.isSpace($0) }
  }
}

extension ForeignContent.Encoding {
  /// By the first two code units: the first begins JSON or is a byte order mark, the second may follow it in JSON.
  fileprivate init?(head: [UInt8]) {
    for encoding in [Self.utf32LittleEndian, .utf32BigEndian, .utf16LittleEndian, .utf16BigEndian]
    where encoding.decodesToJSON(head) {
      self = encoding
      return
    }
    return nil
  }

  private func decodesToJSON(_ head: [UInt8]) -> Bool {
    guard let first = unit(0, of: head), let second = unit(1, of: head) else { return false }
    if first == 0xFEFF { return ForeignContent.beginsJSON(second) }
    return ForeignContent.beginsJSON(first) && ((0x20...0x7E).contains(second) || ForeignContent.isSpace(second))
  }

  /// The code unit of that number, nil if there are not so many.
  private func unit(_ number: Int, of head: [UInt8]) -> UInt32? {
    let byteCount =
      switch self {
      case .utf16LittleEndian, .utf16BigEndian: 2
      case .utf32LittleEndian, .utf32BigEndian: 4
      }
    guard head.count >= (number + 1) * byteCount else { return nil }
    let bytes = head[number * byteCount..<(number + 1) * byteCount]
    let isLittleEndian = self == .utf16LittleEndian || self == .utf32LittleEndian
    return (isLittleEndian ? bytes.reversed() : Array(bytes)).reduce(0) { $0 << 8 | UInt32($1) }
  }
}

extension ForeignContent {
  fileprivate static func isSpace(_ character: some BinaryInteger) -> Bool {
    character == 0x20 || character == 0x09 || character == 0x0A || character == 0x0D
  }

  /// Whether a JSON text may begin with the character.
  fileprivate static func beginsJSON(_ character: UInt32) -> Bool {
    isSpace(character) || (0x30...0x39).contains(character)
      || "{[\"-tfn".unicodeScalars.contains { $0.value == character }
  }
}
