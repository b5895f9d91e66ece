package import ZminCore

/// Generates random valid documents in different shapes.
package struct DocumentGenerator {
  /// The main content of a document.
  package enum Shape: CaseIterable, Sendable {
    case mixed, pretty, minified, deep, numbers, escapes, multibyte, wide, emptyContainers
  }

  package var random: SplitMix64
  private var format = Format.json
  private var shape = Shape.mixed
  private var bytes: [UInt8] = []
  private var indentation = 0

  package init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// A valid document in a random shape.
  package mutating func document(_ format: Format) -> [UInt8] {
    document(format, random.pick(Shape.allCases))
  }

  /// A valid document of this shape.
  package mutating func document(_ format: Format, _ shape: Shape) -> [UInt8] {
    self.format = format
    self.shape = shape
    bytes = []
    switch format {
    case .json:
      blank()
      value(levels: levels())
      blank()
    case .ndjson: records()
    case .concat: values()
    }
    return bytes
  }

  // MARK: Formats

  private mutating func records() {
    let count = random.below(6)
    for index in 0..<count {
      blank()
      value(levels: levels())
      blank()
      if random.once(in: 3) { append("\r") }
      if index < count - 1 || !random.once(in: 3) { append("\n") }
      if random.once(in: 4) { append(random.pick(["\n", "\r\n", " \t\n"])) }
    }
  }

  private mutating func values() {
    for _ in 0..<random.below(6) {
      let end = bytes.count
      value(levels: levels())
      if end > 0, Self.isScalar(bytes[end - 1]), Self.isScalar(bytes[end]) {
        bytes.insert(random.pick(Array(" \t\r\n".utf8)), at: end)
      }
      blank()
    }
  }

  private static func isScalar(_ byte: UInt8) -> Bool { !" \t\r\n{}[]:,\"".utf8.contains(byte) }

  // MARK: Values

  private mutating func levels() -> Int { shape == .deep ? 20 + random.below(200) : random.below(5) }

  private mutating func value(levels: Int) {
    if shape == .deep, levels > 0 { return container(levels: levels) }
    switch random.below(levels > 0 ? 10 : 6) {
    case 0, 1: shape == .numbers ? number() : string()
    case 2, 3: number()
    case 4: append(random.pick(["true", "false", "null"]))
    case 5: shape == .emptyContainers ? append(random.pick(["[]", "{}", "[ ]", "{\t}"])) : string()
    default: container(levels: levels)
    }
  }

  private mutating func container(levels: Int) {
    let isObject = shape == .numbers ? random.once(in: 8) : random.once(in: 2)
    let count =
      switch shape {
      case .deep: 1 + (random.once(in: 10) ? 1 : 0)
      case .wide: random.below(levels > 2 ? 3 : 40)
      case .emptyContainers: random.once(in: 3) ? 2 : 0
      default: random.below(5)
      }
    append(isObject ? "{" : "[")
    indentation += 1
    for index in 0..<count {
      if index > 0 { append(",") }
      lineBreak()
      if isObject {
        string()
        blank()
        append(":")
        blank()
      }
      // Only the first member of a deep document goes deep. Otherwise it would be as wide as deep.
      value(levels: index == 0 || shape != .deep ? levels - 1 : 0)
      blank()
    }
    indentation -= 1
    if count > 0 { lineBreak() } else { blank() }
    append(isObject ? "}" : "]")
  }

  private mutating func number() {
    let digits = { (random: inout SplitMix64) in String(random.below(random.once(in: 2) ? 10 : 1_000_000_000)) }
    var text = random.once(in: 3) ? "-" : ""
    text += digits(&random)
    if random.once(in: 3) { text += "." + String(repeating: "0", count: random.below(3)) + digits(&random) }
    if random.once(in: 4) { text += random.pick(["e", "E", "e+", "E-"]) + digits(&random) }
    append(text)
  }

  private mutating func string() {
    append("\"")
    for _ in 0..<random.below(random.once(in: 12) ? 90 : 9) {
      switch shape {
      case .escapes: escape()
      case .multibyte: multibyte()
      default:
        switch random.below(12) {
        case 0: escape()
        case 1: multibyte()
        case 2: append(random.pick(["{", "}", "[", "]", ":", ",", " ", "//"]))
        default: bytes.append(random.pick(UInt8(ascii: "a")...UInt8(ascii: "z")))
        }
      }
    }
    append("\"")
  }

  private mutating func escape() {
    append(
      random.pick([
        "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u00e9", "\\uD83d\\uDE00", "\\ud800",
      ]))
  }

  private mutating func multibyte() {
    append(
      random.pick([
        "é", "ß", "€", "漢", "字", "한", "\u{D7FF}", "\u{E000}", "\u{FFFF}", "😀", "\u{10FFFF}", "\u{800}",
      ]))
  }

  // MARK: Whitespace

  private mutating func blank() {
    guard shape != .minified else { return }
    while random.once(in: 3) { append(random.pick(format == .ndjson ? [" ", "\t", "\r"] : [" ", "\t", "\r", "\n"])) }
  }

  private mutating func lineBreak() {
    guard shape == .pretty, format != .ndjson else { return blank() }
    append(random.once(in: 10) ? "\r\n" : "\n")
    append(String(repeating: "  ", count: indentation))
  }

  private mutating func append(_ text: String) { bytes += text.utf8 }
}
