/// SplitMix64 (Steele, Lea and Flood, 2014): a small seeded generator with the same numbers on every machine.
struct SplitMix64: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number in `0..<bound`.
  mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: next() >> 33) % bound }
}

/// A kind of generated document.
package enum DocumentKind: String, CaseIterable, Sendable {
  case pretty, cjk, minified, numbers, fifth, half, lines, text, nested, escapes

  /// The documents for timing kernels.
  package static let ofKernels: [DocumentKind] = [.pretty, .cjk, .minified, .numbers]

  /// The documents for timing programs.
  package static let ofPrograms: [DocumentKind] = [.pretty, .cjk, .minified, .numbers, .fifth, .half]

  /// The documents of `zmin bench`, each hard in a different way.
  package static let ofBench: [DocumentKind] = [
    .pretty, .minified, .lines, .text, .numbers, .nested, .cjk, .escapes,
  ]

  /// True if the document has one record a line instead of one array.
  package var isLines: Bool { self == .lines }

  package var summary: String {
    switch self {
    case .pretty: "records, indented by four spaces"
    case .cjk: "records of Chinese and Japanese text, indented by two spaces"
    case .minified: "the records without whitespace"
    case .numbers: "arrays of coordinates without whitespace"
    case .fifth: "the records, indented by two spaces (a fifth of it whitespace)"
    case .half: "the records, indented by nine spaces (half of it whitespace)"
    case .lines: "the records, one a line (ndjson)"
    case .text: "long texts, indented by two spaces"
    case .nested: "arrays and objects inside each other, hundreds deep"
    case .escapes: "records whose strings are mostly escapes"
    }
  }
}

/// Generates seeded JSON documents of any size, piece by piece.
package struct DocumentWriter {
  private let kind: DocumentKind
  private let byteCount: Int
  private var bytes: [UInt8] = []
  private var random: SplitMix64
  private let indentation: Int?
  /// Bytes of the pieces that were returned.
  private var returnedBytes = 0
  private var hasValue = false
  private var hasEnded = false

  private static let pieceBytes = 1 << 20

  /// Begins a document. It ends with the value that reaches `byteCount` bytes.
  package init(_ kind: DocumentKind, byteCount: Int, seed: UInt64) {
    self.kind = kind
    self.byteCount = byteCount
    random = SplitMix64(seed: seed)
    indentation =
      switch kind {
      case .pretty: 4
      case .cjk, .fifth, .text: 2
      case .half: 9
      case .minified, .numbers, .lines, .nested, .escapes: nil
      }
  }

  /// Generates a whole document.
  package static func document(_ kind: DocumentKind, byteCount: Int, seed: UInt64) -> [UInt8] {
    var writer = DocumentWriter(kind, byteCount: byteCount, seed: seed)
    var document: [UInt8] = []
    document.reserveCapacity(byteCount + 65_536)
    while let piece = writer.nextPiece() { document += piece }
    return document
  }

  /// The next piece of the document, nil after its end.
  package mutating func nextPiece() -> [UInt8]? {
    if hasEnded { return nil }
    bytes.removeAll(keepingCapacity: true)
    if !hasValue, !kind.isLines { put("[") }
    while returnedBytes + bytes.count < byteCount {
      if bytes.count >= Self.pieceBytes {
        returnedBytes += bytes.count
        return bytes
      }
      if hasValue, !kind.isLines { put(",") }
      hasValue = true
      newLine(1)
      value()
      if kind.isLines { bytes.append(UInt8(ascii: "\n")) }
    }
    hasEnded = true
    if !kind.isLines {
      newLine(0)
      put("]")
    }
    return bytes
  }

  // MARK: Values

  private mutating func value() {
    switch kind {
    case .pretty, .minified, .fifth, .half, .lines, .escapes: record(ideographs: false)
    case .cjk: record(ideographs: true)
    case .numbers: polygon()
    case .text: article()
    case .nested: tower()
    }
  }

  private mutating func record(ideographs: Bool) {
    put("{")
    member("id", first: true) { $0.put(String($0.random.below(1_000_000_000))) }
    member("name") { $0.text(words: 1 + $0.random.below(3), ideographs) }
    member("active") { $0.put(["true", "false", "null"][$0.random.below(3)]) }
    member("score") { $0.decimal() }
    member("description") { $0.text(words: 3 + $0.random.below(30), ideographs) }
    member("tags") { writer in
      writer.put("[")
      for index in 0..<writer.random.below(6) {
        if index > 0 { writer.put(",") }
        writer.newLine(3)
        writer.text(words: 1, ideographs)
      }
      writer.newLine(2)
      writer.put("]")
    }
    newLine(1)
    put("}")
  }

  private mutating func polygon() {
    put("[")
    for index in 0..<(8 + random.below(64)) {
      if index > 0 { put(",") }
      put("[")
      decimal()
      put(",")
      decimal()
      put("]")
    }
    put("]")
  }

  private mutating func article() {
    put("{")
    member("title", first: true) { $0.text(words: 2 + $0.random.below(8), false) }
    member("body") { $0.text(words: 200 + $0.random.below(800), false) }
    newLine(1)
    put("}")
  }

  /// Writes 64 to 511 containers inside each other.
  private mutating func tower() {
    let depth = 64 + random.below(448)
    var closers: [String] = []
    for level in 0..<depth {
      let isObject = random.below(2) == 0
      put(isObject ? "{\"k\":" : "[")
      if !isObject, random.below(2) == 0 { put("\(level),") }
      closers.append(isObject ? "}" : "]")
    }
    put("0")
    for closer in closers.reversed() { put(closer) }
  }

  private mutating func member(_ key: String, first: Bool = false, value: (inout DocumentWriter) -> Void) {
    if !first { put(",") }
    newLine(2)
    put("\"")
    put(key)
    put(indentation == nil ? "\":" : "\": ")
    value(&self)
  }

  private mutating func decimal() {
    if random.below(2) == 0 { put("-") }
    put(String(random.below(180)))
    put(".")
    put(String(random.below(1_000_000_000)))
    if random.below(16) == 0 { put(["e-7", "E+10", "e3"][random.below(3)]) }
  }

  private mutating func text(words: Int, _ ideographs: Bool) {
    put("\"")
    for index in 0..<words {
      if index > 0, !ideographs { put(" ") }
      if kind == .escapes {
        for _ in 0..<(2 + random.below(6)) { put(Self.escapes[random.below(Self.escapes.count)]) }
        continue
      }
      if random.below(24) == 0 { put(["\\n", "\\\"", "\\u00e9", "\\/"][random.below(4)]) }
      for _ in 0..<(2 + random.below(9)) {
        if ideographs {
          let scalar = 0x4E00 + UInt32(random.below(0x4000))
          bytes.append(UInt8(0xE0 | scalar >> 12))
          bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
          bytes.append(UInt8(0x80 | scalar & 0x3F))
        } else {
          bytes.append(UInt8(ascii: "a") + UInt8(random.below(26)))
        }
      }
    }
    put("\"")
  }

  private static let escapes = ["\\n", "\\t", "\\\"", "\\\\", "\\/", "\\u00e9", "\\ud83d\\ude00", "\\b"]

  // MARK: Bytes

  private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func newLine(_ level: Int) {
    guard let indentation else { return }
    bytes.append(UInt8(ascii: "\n"))
    for _ in 0..<(level * indentation) { bytes.append(UInt8(ascii: " ")) }
  }
}
