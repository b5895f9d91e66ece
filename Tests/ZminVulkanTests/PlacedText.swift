import ZminCore
import ZminTestSupport

/// Random text of one kind, valid or not, near an edge between threads, workgroups or tiles.
struct PlacedText {
  enum Kind: CaseIterable {
    case numbers, longNumbers, tokens, highBytes, elements, literals, utf8, escapes, documents, mutations
  }

  var random: SplitMix64
  private let kind: Kind
  private let edges: [Int]
  private var generator: DocumentGenerator
  private var mutator: Mutator

  init(_ kind: Kind, _ way: Way, seed: UInt64) {
    self.kind = kind
    edges = [28, 56, 84, 32, 64, 28 * way.threads, way.tileBytes, 2 * way.tileBytes]
    random = SplitMix64(seed: seed)
    generator = DocumentGenerator(seed: seed + 1)
    mutator = Mutator(seed: seed + 2)
  }

  /// Returns a document with random text of the kind.
  mutating func next() -> [UInt8] {
    let text = text()
    let start = max(3, random.pick(edges) - random.below(min(text.count, 60) + 6))
    let before: [UInt8]
    switch random.below(4) {
    case 0:
      // All skeleton.
      var numbers = Array("[".utf8)
      while numbers.count + 2 <= start { numbers += "0,".utf8 }
      if numbers.count < start { numbers.insert(UInt8(ascii: "1"), at: 1) }
      if numbers.last == UInt8(ascii: "1") { numbers.append(UInt8(ascii: ",")) }
      return numbers + text + Array("]".utf8)
    case 1: before = Array(("[\"" + String(repeating: "x", count: max(0, start - 4)) + "\",").utf8)
    case 2: return [UInt8](repeating: UInt8(ascii: " "), count: start) + text
    default: before = Array(("[\"" + String(repeating: "é", count: max(0, start - 4) / 2) + "\",").utf8)
    }
    return before + text + Array("]".utf8)
  }

  private mutating func text() -> [UInt8] {
    switch kind {
    case .numbers: pieces(Array("019-+.eE").map(String.init), count: 1 + random.below(6))
    case .longNumbers: Array(longNumber().utf8)
    case .tokens:
      pieces(
        ["[", "]", "{", "}", ",", ":", "\"a\"", "\"\"", "1", "true", " ", "\n"], count: 1 + random.below(6))
    case .highBytes: highBytes()
    case .elements: Array(elements().utf8)
    case .literals: literal()
    case .utf8: utf8()
    case .escapes: escapes()
    case .documents: generator.document(.json)
    case .mutations: mutator.mutation(of: generator.document(.json))
    }
  }

  private mutating func pieces(_ choices: [String], count: Int) -> [UInt8] {
    (0..<count).flatMap { _ in Array(random.pick(choices).utf8) }
  }

  private mutating func digits() -> String {
    let count = 1 + (random.once(in: 3) ? random.below(200) : random.below(70))
    return String((0..<count).map { random.pick(Array($0 == 0 ? "123456789" : "0123456789")) })
  }

  /// A number whose points and exponents are up to and past the look-back of a thread apart.
  private mutating func longNumber() -> String {
    var text = (random.once(in: 2) ? "-" : "") + digits()
    for _ in 0..<random.below(4) {
      let mark = random.pick([".", "e", "E", "."])
      text += mark + (mark != "." && random.once(in: 3) ? random.pick(["+", "-"]) : "") + digits()
    }
    return text
  }

  /// Bytes past ASCII outside strings, some with the low bits of a character that would be valid there.
  private mutating func highBytes() -> [UInt8] {
    var text = Array(random.pick(["1", "[1,2]", "true", "{\"a\":1}", "1.5e3", "[[],{}]"]).utf8)
    for _ in 0...random.below(2) {
      let index = random.below(text.count)
      if random.once(in: 2) { text[index] |= 0x80 } else { text.insert(random.pick(0x80...0xFF), at: index) }
    }
    return text
  }

  /// A container whose elements all claim the same kind of container, except at most one.
  private mutating func elements() -> String {
    let isObject = random.once(in: 2)
    let count = 1 + random.below(6)
    let wrong = random.once(in: 3) ? nil : random.below(count)
    let values = ["1", "\"s\"", "{}", "[]", "[1,2]", "{\"a\":1,\"b\":2}", "0", "\"\""]
    let members = (0..<count).map { index in
      (isObject != (index == wrong) ? random.pick(["\"k\":", "\"\":"]) : "") + random.pick(values)
    }
    return (isObject ? "{" : "[") + members.joined(separator: random.once(in: 6) ? ", " : ",") + (isObject ? "}" : "]")
  }

  private mutating func literal() -> [UInt8] {
    var text = Array(random.pick(["true", "false", "null"]).utf8)
    for _ in 0...random.below(3) {
      let byte = random.pick(Array("truefalsn0.e-+,[]{}: \"x\u{7F}TFN\\/".utf8) + [0x80, UInt8(random.below(256))])
      let index = random.below(text.count + 1)
      switch random.below(3) {
      case 0: text.insert(byte, at: index)
      case 1 where index < text.count: text[index] = byte
      default: if index < text.count { text.remove(at: index) }
      }
    }
    return text
  }

  private mutating func utf8() -> [UInt8] {
    let lead = UInt8(0x7E + random.below(130))
    let next = random.once(in: 2) ? UInt8(0x7E + random.below(130)) : random.pick(Self.continuations)
    let rest = (0..<random.below(4)).map { _ in random.pick(random.once(in: 2) ? [0x80, 0xBF] : Self.continuations) }
    return [UInt8(ascii: "\""), lead, next] + rest + [UInt8(ascii: "\"")]
  }

  private static let continuations: [UInt8] = [0x80, 0xBF, 0x7F, 0xC0, 0x8F, 0x90, 0x9F, 0xA0]

  private mutating func escapes() -> [UInt8] {
    var text = [UInt8(ascii: "\"")]
    text += pieces(["\\\\", "\\\\", "a"], count: random.below(6))
    switch random.below(5) {
    case 0: text += [UInt8(ascii: "\\"), UInt8(random.below(256))]
    case 1:
      text += "\\u".utf8 + pieces(["0", "9", "a", "f", "A", "F"], count: 4)
      if random.once(in: 2) { text[text.count - 1 - random.below(4)] = UInt8(random.below(256)) }
    case 2: text.append(UInt8(random.below(40)))
    case 3: text += "\\u12".utf8 + Array(random.pick(["\\u1234", "3", ""]).utf8)
    default: text += [UInt8](repeating: UInt8(ascii: "\\"), count: random.below(70))
    }
    return text + pieces(["\\n", "\\n", "\\\""], count: random.below(4)) + [UInt8(ascii: "\"")]
  }
}
