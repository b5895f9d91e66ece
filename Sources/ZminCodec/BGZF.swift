/// gzip files of many members, as bgzip writes them. An empty member ends them, which shows that none was cut off.
///
/// The header of each member has its size in an extra field:
///
///     1F 8B 08 04 | time xfl os | 6 0 | 'B' 'C' 2 0, size of the member less 1 (2 bytes)
///
/// Section 4.1 of the SAM format specification.
enum BGZF {
  static let headerBytes = 18
  /// Plain bytes of a member, at most, as in bgzip. A member of bytes that do not compress stays within 64 KiB.
  static let memberBytes = 0xFF00
  /// Most bytes of a member, since its size less 1 has 16 bits.
  static let storedMemberBytesMax = 1 << 16

  /// The empty member that ends a file.
  static let endMarker: [UInt8] =
    header(storedBytes: 28) + [0x03, 0x00] + GzipFraming.trailer(checksum: 0, plainBytes: 0)

  /// The header of a member.
  ///
  /// - Parameter storedBytes: Size of the member, header and trailer included, at most ``storedMemberBytesMax``.
  static func header(storedBytes: Int) -> [UInt8] {
    GzipFraming.header(extraField: [0x42, 0x43, 2, 0] + littleEndian(UInt16(storedBytes - 1)))
  }

  /// True if a member begins with the header of BGZF.
  static func isMember(_ head: some Collection<UInt8>) -> Bool {
    head.count >= headerBytes && head.starts(with: [0x1F, 0x8B, 0x08, 0x04])
      && head.dropFirst(10).starts(with: [6, 0, 0x42, 0x43, 2, 0])
  }
}
