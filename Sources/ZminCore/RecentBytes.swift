/// The last three bytes that were processed: as many as an incomplete UTF-8 sequence can have.
package struct RecentBytes: Sendable {
  /// Number of bytes that are kept.
  package static let count = 3

  /// The last byte lowest. Bytes before the first count as 0.
  private var packed: UInt32 = 0

  package init() {}

  /// Notes the next bytes.
  package mutating func note(_ bytes: some BidirectionalCollection<UInt8>) {
    for byte in bytes.suffix(Self.count) { packed = packed << 8 | UInt32(byte) }
  }

  /// Names the first byte of the sequence that a byte breaks off.
  ///
  /// - Parameters:
  ///   - fault: The fault of the byte.
  ///   - bytes: The bytes between those noted and that byte.
  package func naming(_ fault: Fault, after bytes: some BidirectionalCollection<UInt8>) -> Fault {
    guard case .invalidUTF8(let found) = fault else { return fault }
    var recent = self
    recent.note(bytes)
    for tailBytes in 0..<Self.count {
      let byte = UInt8(truncatingIfNeeded: recent.packed >> UInt32(8 * tailBytes))
      if byte < 0x80 { break }
      if byte >= 0xC0 {
        // A complete sequence has nothing to do with the byte after it.
        return Self.sequenceBytes(from: byte) > tailBytes + 1 ? .brokenUTF8(lead: byte, found: found) : fault
      }
    }
    return fault
  }

  /// The length of the sequence that a byte from 0xC0 on begins.
  static func sequenceBytes(from lead: UInt8) -> Int { lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4 }
}
