/// Makes random changes to documents, which may or may not stay valid.
package struct Mutator {
  /// Bytes that the rules of JSON mention, and some that no rule allows.
  package static let nastyBytes: [UInt8] =
    Array("{}[]:,\"\\ \t\r\n0123-+.eEtruefalsn/aAu'".utf8)
    + [0x00, 0x01, 0x1F, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xE0, 0xED, 0xEF, 0xF0, 0xF4]
    + [0xF5, 0xFE, 0xFF]

  package var random: SplitMix64

  package init(seed: UInt64) { random = SplitMix64(seed: seed) }

  /// `document` after one to three random changes.
  package mutating func mutation(of document: [UInt8]) -> [UInt8] {
    var bytes = document
    for _ in 0...random.below(3) { change(&bytes) }
    return bytes
  }

  /// Random bytes of ``nastyBytes``.
  package mutating func soup(byteCount: Int) -> [UInt8] {
    (0..<byteCount).map { _ in random.pick(Self.nastyBytes) }
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return bytes.append(random.pick(Self.nastyBytes)) }
    let index = random.below(bytes.count)
    let end = min(bytes.count, index + 1 + random.below(8))
    switch random.below(7) {
    case 0: bytes[index] = random.pick(Self.nastyBytes)
    case 1: bytes.insert(random.pick(Self.nastyBytes), at: index)
    case 2: bytes.removeSubrange(index..<end)
    case 3: bytes.swapAt(index, random.below(bytes.count))
    case 4: bytes[index] ^= 1 << UInt8(random.below(8))
    case 5: bytes.removeSubrange(index...)
    default: bytes.insert(contentsOf: bytes[index..<end], at: random.below(bytes.count))
    }
  }
}
