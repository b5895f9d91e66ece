import ArgumentParser

/// SplitMix64 (Steele, Lea and Flood, 2014): small, seeded, the same everywhere.
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

  /// A number below `bound`.
  mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: next() >> 33) % bound }
}

/// A kind of generated document.
package enum DocumentKind: String, ExpressibleByArgument, CaseIterable, Sendable {
  case pretty, cjk, minified, numbers, fifth, half

  /// Those that kernels are timed on; the others differ in their share of whitespace alone.
  package static let ofKernels: [DocumentKind] = [.pretty, .cjk, .minified, .numbers]

  package var summary: String {
    switch self {
    case .pretty: "records, indented by four spaces"
    case .cjk: "records of Chinese and Japanese text, indented by two spaces"
    case .minified: "the records without whitespace"
    case .numbers: "arrays of coordinates without whitespace"
    case .fifth: "the records, indented by two spaces: a fifth of it is whitespace"
    case .half: "the records, indented by nine spaces: half of it is whitespace"
    }
  }
}

/// Writes seeded JSON documents of any size into an array.
package struct DocumentWriter {
  private(set) var bytes: [UInt8] = []
  private var random: SplitMix64
  private let indentation: Int?

  private init(seed: UInt64, indentation: Int?, byteCount: Int) {
    random = SplitMix64(seed: seed)
    self.indentation = indentation
    bytes.reserveCapacity(byteCount + 65_536)
  }

  /// A document of about `byteCount` bytes: an array of values until it is that long.
  package static func document(_ kind: DocumentKind, byteCount: Int, seed: UInt64) -> [UInt8] {
    let indentation =
      switch kind {
      case .pretty: 4
      case .cjk, .fifth: 2
      case .half: 9
      case .minified, .numbers: Int?.none
      }
    var writer = DocumentWriter(seed: seed, indentation: indentation, byteCount: byteCount)
    writer.put("[")
    var isFirst = true
    while writer.bytes.count < byteCount {
      if !isFirst { writer.put(",") }
      isFirst = false
      writer.newLine(1)
      switch kind {
      case .pretty, .minified, .fifth, .half: writer.record(ideographs: false)
      case .cjk: writer.record(ideographs: true)
      case .numbers: writer.polygon()
      }
    }
    writer.newLine(0)
    writer.put("]")
    return writer.bytes
  }

  // MARK: Values

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

  // MARK: Bytes

  private mutating func put(_ text: String) { bytes.append(contentsOf: text.utf8) }

  private mutating func newLine(_ level: Int) {
    guard let indentation else { return }
    bytes.append(UInt8(ascii: "\n"))
    for _ in 0..<(level * indentation) { bytes.append(UInt8(ascii: " ")) }
  }
}
