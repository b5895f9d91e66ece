/// Gzip member that tells its stored size in an extra field, so that the next one is found without decoding:
///
///     BGZF   1F 8B 08 04 | time xfl os | 6 0 | 'B' 'C' 2 0 | size of the member less 1 (2 bytes)
///     MiGz   1F 8B 08 04 | time xfl os | 8 0 | 'M' 'Z' 4 0 | size of the deflate data (4 bytes)
///
/// Section 4.1 of the SAM format specification, and `MiGzUtil` of github.com/linkedin/migz. The sizes are claims.
struct SizedMember {
  /// Bytes that tell whether a member has its size. No gzip member is shorter.
  static let headBytes = 20

  let storedBytes: Int
  /// True for BGZF, where an empty member ends the data, which shows that none was cut off.
  let isBGZF: Bool

  /// Reads the header of a member; nil if it has no size.
  init?(_ head: UnsafeRawBufferPointer) {
    guard head.count >= Self.headBytes else { return nil }
    isBGZF = BGZF.isMember(head)
    if isBGZF {
      storedBytes = Int(head.loadUnaligned(fromByteOffset: 16, as: UInt16.self).littleEndian) + 1
    } else {
      guard MiGz.isMember(head) else { return nil }
      let dataBytes = Int(head.loadUnaligned(fromByteOffset: 16, as: UInt32.self).littleEndian)
      storedBytes = MiGz.headerBytes + dataBytes + GzipFraming.trailerBytes
    }
    // A size too small for any deflate data is none.
    guard storedBytes > BGZF.headerBytes + GzipFraming.trailerBytes else { return nil }
  }

  /// Number of plain bytes that a member claims, by its last four bytes.
  func claimedPlainBytes(in member: UnsafeRawBufferPointer) -> Int {
    Int(member.loadUnaligned(fromByteOffset: storedBytes - 4, as: UInt32.self).littleEndian)
  }
}
