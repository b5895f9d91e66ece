import Testing
import ZminFiles

@Suite("XXH64")
struct OutputHashTests {
  private func hash(_ bytes: [UInt8], pieces: Int = .max) -> UInt64 {
    var hash = OutputHash()
    var rest = bytes[...]
    while !rest.isEmpty {
      Array(rest.prefix(pieces)).withUnsafeBytes { hash.append($0) }
      rest = rest.dropFirst(pieces)
    }
    return hash.value
  }

  @Test(
    "The hash of a text is the published one",
    arguments: [
      ("", 0xEF46_DB37_51D8_E999), ("a", 0xD24E_C4F1_A98C_6E5B), ("abc", 0x44BC_2CF5_AD77_0999),
      ("Nobody inspects the spammish repetition", 0xFBCE_A83C_8A37_8BF1),
    ] as [(String, UInt64)])
  func values(_ text: String, _ value: UInt64) {
    #expect(hash(Array(text.utf8)) == value)
  }

  @Test("The hash does not depend on how the bytes are cut")
  func pieces() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
    for pieces in [1, 3, 31, 32, 33, 64, 999] { #expect(hash(bytes, pieces: pieces) == hash(bytes)) }
  }
}
