/// gzip files of many members of about 512 KiB, as MiGz writes them, which tell where the next member is.
///
/// The header of each member has the size of its deflate data, without header and trailer, in an extra field:
///
///     1F 8B 08 04 | time xfl os | 8 0 | 'M' 'Z' 4 0, size (4 bytes)
///
/// `MiGzUtil.java` of https://github.com/linkedin/migz.
enum MiGz {
  static let headerBytes = 20
  /// Plain bytes of a member, at most: the size for which MiGz's reader has its buffers.
  static let memberBytes = 512 << 10

  /// The header of a member.
  ///
  /// - Parameter dataBytes: Size of the deflate data, less than 4 GiB.
  static func header(dataBytes: Int) -> [UInt8] {
    GzipFraming.header(extraField: [0x4D, 0x5A, 4, 0] + littleEndian(UInt32(dataBytes)))
  }

  /// True if a member begins with the header of MiGz.
  static func isMember(_ head: some Collection<UInt8>) -> Bool {
    head.count >= headerBytes && head.starts(with: [0x1F, 0x8B, 0x08, 0x04])
      && head.dropFirst(10).starts(with: [8, 0, 0x4D, 0x5A, 4, 0])
  }
}
