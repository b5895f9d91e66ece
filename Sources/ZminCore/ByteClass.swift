/// The class of a byte outside strings (RFC 8259 section 2).
package enum ByteClass: UInt8 {
  /// Space, tab, LF, CR: insignificant outside strings.
  case whitespace
  /// One of `{ } [ ] : ,`.
  case structural
  /// A quotation mark.
  case quote
  /// Any other byte. It is part of a number or a literal, or invalid.
  case scalar

  package init(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): self = .whitespace
    case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: ":"),
      UInt8(ascii: ","):
      self = .structural
    case UInt8(ascii: "\""): self = .quote
    default: self = .scalar
    }
  }
}

extension UInt8 {
  var isDigit: Bool { self >= UInt8(ascii: "0") && self <= UInt8(ascii: "9") }

  var isHexadecimalDigit: Bool {
    isDigit || (self | 0x20 >= UInt8(ascii: "a") && self | 0x20 <= UInt8(ascii: "f"))
  }

  /// True if the byte may follow a backslash in a string. Excludes `u`.
  var isSimpleEscape: Bool {
    switch self {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
      UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
      true
    default: false
    }
  }
}
