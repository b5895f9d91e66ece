extension JSONValue {
  /// The whitespace between the tokens of a value.
  package enum Layout: Sendable {
    /// No whitespace.
    case compact
    /// One member or element a line, indented by two spaces a level. Arrays without nested containers stay on one line.
    case indented
  }

  /// The value as JSON in UTF-8, without an LF at the end.
  ///
  /// Numbers read back as the same value. Infinity and NaN become null. `</` and `<!` are escaped, because they would
  /// end or confuse a `script` element: the text can be embedded in a page unchanged.
  package func bytes(_ layout: Layout = .compact) -> [UInt8] {
    var writer = JSONWriter(layout: layout)
    writer.write(self)
    return writer.bytes
  }

  /// The value as JSON: ``bytes(_:)`` as a string.
  package func text(_ layout: Layout = .compact) -> String { String(decoding: bytes(layout), as: UTF8.self) }
}

private struct JSONWriter {
  let layout: JSONValue.Layout
  private(set) var bytes: [UInt8] = []
  private var depth = 0

  init(layout: JSONValue.Layout) { self.layout = layout }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .integer(let value): bytes += "\(value)".utf8
    case .number(let value): bytes += (value.isFinite ? "\(value)" : "null").utf8
    case .string(let text): write(text)
    case .array(let elements):
      let isFlat = elements.allSatisfy(\.isPlain)
      writeList(elements, in: "[", "]", isFlat: isFlat) { $0.write($1) }
    case .object(let members):
      writeList(members, in: "{", "}", isFlat: false) { writer, member in
        writer.write(member.key)
        writer.bytes += (writer.layout == .indented ? ": " : ":").utf8
        writer.write(member.value)
      }
    }
  }

  private mutating func writeList<Item>(
    _ items: [Item], in opener: Character, _ closer: Character, isFlat: Bool, write: (inout Self, Item) -> Void
  ) {
    let breaksLines = layout == .indented && !isFlat && !items.isEmpty
    bytes += opener.utf8
    depth += 1
    for (index, item) in items.enumerated() {
      if index > 0 { bytes += (layout == .indented && !breaksLines ? ", " : ",").utf8 }
      if breaksLines { breakLine() }
      write(&self, item)
    }
    depth -= 1
    if breaksLines { breakLine() }
    bytes += closer.utf8
  }

  private mutating func breakLine() {
    bytes.append(UInt8(ascii: "\n"))
    bytes += repeatElement(UInt8(ascii: " "), count: 2 * depth)
  }

  private mutating func write(_ text: String) {
    let digits = Array("0123456789abcdef".utf8)
    var previous: UInt8 = 0
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case UInt8(ascii: "\n"): bytes += "\\n".utf8
      case UInt8(ascii: "\r"): bytes += "\\r".utf8
      case UInt8(ascii: "\t"): bytes += "\\t".utf8
      case 0..<0x20: bytes += Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      case UInt8(ascii: "/") where previous == UInt8(ascii: "<"): bytes += "\\/".utf8
      case UInt8(ascii: "!") where previous == UInt8(ascii: "<"): bytes += "\\u0021".utf8
      default: bytes.append(byte)
      }
      previous = byte
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension JSONValue {
  /// True unless the value is an array or an object.
  fileprivate var isPlain: Bool {
    switch self {
    case .array, .object: false
    default: true
    }
  }
}
