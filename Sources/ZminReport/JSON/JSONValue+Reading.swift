/// An error in a text that should be JSON.
package struct JSONSyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The offset of the byte that is wrong, from 0.
  package let offset: Int
  /// The reason, in a few words.
  package let reason: String

  package var description: String { "not valid JSON: \(reason) (byte \(offset))" }
}

extension JSONValue {
  /// The deepest nesting that is read. Reports of zmin nest far less.
  package static let depthMax = 128

  /// Reads a text that holds one value, with whitespace around it.
  ///
  /// Follows RFC 8259 strictly. Two things that the grammar allows are errors, because a ``JSONValue`` cannot hold
  /// them: numbers too large for a `Double`, and escaped surrogates that form no pair.
  package init(reading bytes: [UInt8]) throws(JSONSyntaxError) {
    var reader = JSONReader(bytes)
    self = try reader.readDocument()
  }

  /// Reads one value, as ``init(reading:)-([UInt8])`` does.
  package init(reading text: String) throws(JSONSyntaxError) { try self.init(reading: Array(text.utf8)) }
}

private struct JSONReader {
  private let bytes: [UInt8]
  private var offset = 0
  private var depth = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next byte, nil at the end.
  private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  mutating func readDocument() throws(JSONSyntaxError) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { offset = 3 }
    let value = try readValue()
    guard next == nil else { throw fault("unexpected content after the value") }
    return value
  }

  /// Reads a value and the whitespace around it.
  private mutating func readValue() throws(JSONSyntaxError) -> JSONValue {
    skipWhitespace()
    let value: JSONValue =
      switch next {
      case UInt8(ascii: "{"): try readObject()
      case UInt8(ascii: "["): try readArray()
      case UInt8(ascii: "\""): .string(try readString())
      case UInt8(ascii: "t"): try readLiteral("true", as: .bool(true))
      case UInt8(ascii: "f"): try readLiteral("false", as: .bool(false))
      case UInt8(ascii: "n"): try readLiteral("null", as: .null)
      case let byte? where byte == UInt8(ascii: "-") || byte.isDigit: try readNumber()
      default: throw fault("expected a value")
      }
    skipWhitespace()
    return value
  }

  private mutating func readObject() throws(JSONSyntaxError) -> JSONValue {
    try descend()
    var members: [JSONValue.Member] = []
    skipWhitespace()
    if !take(UInt8(ascii: "}")) {
      repeat {
        skipWhitespace()
        guard next == UInt8(ascii: "\"") else { throw fault("expected the name of a member") }
        let key = try readString()
        skipWhitespace()
        guard take(UInt8(ascii: ":")) else { throw fault("expected ':'") }
        members.append(JSONValue.Member(key, try readValue()))
      } while take(UInt8(ascii: ","))
      guard take(UInt8(ascii: "}")) else { throw fault("expected ',' or '}'") }
    }
    depth -= 1
    return .object(members)
  }

  private mutating func readArray() throws(JSONSyntaxError) -> JSONValue {
    try descend()
    var elements: [JSONValue] = []
    skipWhitespace()
    if !take(UInt8(ascii: "]")) {
      repeat { elements.append(try readValue()) } while take(UInt8(ascii: ","))
      guard take(UInt8(ascii: "]")) else { throw fault("expected ',' or ']'") }
    }
    depth -= 1
    return .array(elements)
  }

  /// Skips an opening bracket or brace.
  private mutating func descend() throws(JSONSyntaxError) {
    guard depth < JSONValue.depthMax else { throw fault("nested deeper than \(JSONValue.depthMax) levels") }
    depth += 1
    offset += 1
  }

  private mutating func readLiteral(_ text: String, as value: JSONValue) throws(JSONSyntaxError) -> JSONValue {
    guard bytes[offset...].starts(with: text.utf8) else { throw fault("expected a value") }
    offset += text.utf8.count
    return value
  }

  private mutating func readNumber() throws(JSONSyntaxError) -> JSONValue {
    let start = offset
    var isInteger = true
    _ = take(UInt8(ascii: "-"))
    if !take(UInt8(ascii: "0")) { try skipDigits() }
    if take(UInt8(ascii: ".")) {
      isInteger = false
      try skipDigits()
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isInteger = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try skipDigits()
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    // `Int` has no minus zero.
    if isInteger, text != "-0", let value = Int(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else { throw fault("number too large", at: start) }
    return .number(value)
  }

  private mutating func skipDigits() throws(JSONSyntaxError) {
    guard let byte = next, byte.isDigit else { throw fault("expected a digit") }
    while let byte = next, byte.isDigit { offset += 1 }
  }

  private mutating func readString() throws(JSONSyntaxError) -> String {
    offset += 1
    var text: [UInt8] = []
    let start = offset
    while let byte = next {
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else {
          throw fault("string is not valid UTF-8", at: start)
        }
        offset += 1
        return string
      case UInt8(ascii: "\\"): text += try readEscape()
      case 0..<0x20: throw fault("control character in a string")
      default:
        text.append(byte)
        offset += 1
      }
    }
    throw fault("unterminated string")
  }

  /// Reads an escape and returns the UTF-8 of the character it stands for.
  private mutating func readEscape() throws(JSONSyntaxError) -> [UInt8] {
    let start = offset
    offset += 1
    guard let byte = next else { throw fault("unterminated string") }
    offset += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [0x08]
    case UInt8(ascii: "f"): return [0x0C]
    case UInt8(ascii: "n"): return [0x0A]
    case UInt8(ascii: "r"): return [0x0D]
    case UInt8(ascii: "t"): return [0x09]
    case UInt8(ascii: "u"): break
    default: throw fault("unknown escape", at: start)
    }
    var units = [try readHexadecimalUnit()]
    if UTF16.isLeadSurrogate(units[0]), take(UInt8(ascii: "\\")) {
      guard take(UInt8(ascii: "u")) else { throw fault("unpaired surrogate escape", at: start) }
      units.append(try readHexadecimalUnit())
    }
    guard let text = String(validating: units, as: UTF16.self) else {
      throw fault("unpaired surrogate escape", at: start)
    }
    return Array(text.utf8)
  }

  private mutating func readHexadecimalUnit() throws(JSONSyntaxError) -> UInt16 {
    var unit: UInt16 = 0
    for _ in 0..<4 {
      guard let byte = next, let digit = Character(UnicodeScalar(byte)).hexDigitValue else {
        throw fault("expected a hexadecimal digit")
      }
      unit = unit << 4 | UInt16(digit)
      offset += 1
    }
    return unit
  }

  private mutating func skipWhitespace() {
    while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { offset += 1 }
  }

  /// Skips the next byte if it is `byte`.
  private mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte else { return false }
    offset += 1
    return true
  }

  private func fault(_ reason: String, at offset: Int? = nil) -> JSONSyntaxError {
    JSONSyntaxError(offset: offset ?? self.offset, reason: reason)
  }
}

extension UInt8 {
  fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
}
