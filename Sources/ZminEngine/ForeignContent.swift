import ZminCore

/// Something that is known, but is not JSON.
enum ForeignContent: Sendable, Equatable {
  case compressed(format: String, command: String)
  case encoding(String)
  case notANumber
  case infinity
  case comment
  case recordSeparator
  case byteOrderMark

  /// How many bytes at the start of the input, and from the error on, it takes to tell.
  static let signatureBytes = 8

  /// What the input is known to be, nil if nothing is.
  ///
  /// - Parameters:
  ///   - head: The first ``signatureBytes`` of the input, or all of it.
  ///   - offset: Where the first error is.
  ///   - next: ``signatureBytes`` from the error on, or all that is left.
  init?(head: [UInt8], fault: Fault, at offset: Int, next: [UInt8]) {
    if let atStart = ForeignContent(head: head), offset < Self.signatureBytes {
      self = atStart
      return
    }
    switch fault {
    case .unexpected, .missingDigit(after: .minus, found: _): break
    default: return nil
    }
    if next.starts(with: "NaN".utf8) {
      self = .notANumber
    } else if next.starts(with: "Inf".utf8) {
      self = .infinity
    } else if next.starts(with: "//".utf8) || next.starts(with: "/*".utf8) || next.first == UInt8(ascii: "#") {
      self = .comment
    } else if next.first == 0x1E {
      self = .recordSeparator
    } else if next.starts(with: [0xEF, 0xBB, 0xBF]) {
      self = .byteOrderMark
    } else {
      return nil
    }
  }

  /// By the magic numbers of RFC 1952 (gzip), RFC 8878 (zstd), the xz file format and bzip2; Unicode encodings by the
  /// pattern of NULs that two ASCII characters, or one and the end, leave (RFC 4627 section 3).
  private init?(head: [UInt8]) {
    let pattern = head.prefix(4).map { $0 == 0 }
    if head.starts(with: [0x1F, 0x8B]) {
      self = .compressed(format: "gzip", command: "gzip -dc")
    } else if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
      self = .compressed(format: "zstd", command: "zstd -dc")
    } else if head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) {
      self = .compressed(format: "xz", command: "xz -dc")
    } else if head.starts(with: "BZh".utf8) {
      self = .compressed(format: "bzip2", command: "bzip2 -dc")
    } else if head.starts(with: [0xFF, 0xFE, 0, 0]) || pattern == [false, true, true, true] {
      self = .encoding("UTF-32LE")
    } else if head.starts(with: [0, 0, 0xFE, 0xFF]) || pattern == [true, true, true, false] {
      self = .encoding("UTF-32BE")
    } else if head.starts(with: [0xFF, 0xFE]) || pattern.starts(with: [false, true]) {
      self = .encoding("UTF-16LE")
    } else if head.starts(with: [0xFE, 0xFF]) || pattern.starts(with: [true, false]) {
      self = .encoding("UTF-16BE")
    } else {
      return nil
    }
  }

  var message: String {
    switch self {
    case .compressed(let format, let command): "\(format) data, not JSON: \(command) FILE | zmin"
    case .encoding(let name): "\(name) text; JSON is UTF-8: iconv -f \(name) -t UTF-8 FILE | zmin"
    case .notANumber: "NaN is not JSON"
    case .infinity: "Infinity is not JSON"
    case .comment: "comments are not JSON"
    case .recordSeparator: "record separators (RFC 7464) are not JSON: tr -d '\\036' < FILE | zmin --format concat"
    case .byteOrderMark: "byte order mark inside the input"
    }
  }
}
