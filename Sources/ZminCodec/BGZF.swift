/// gzip files of many members, as bgzip writes them. An empty member ends them, which shows that none was cut off.
///
/// The header of each member has its size in an extra field:
///
///     1F 8B 08 04 | time xfl os | 6 0 | 'B' 'C' 2 0, size of the member less 1 (2 bytes)
///
/// Section 4.1 of the SAM format specification.
enum BGZF {
  static let headerBytes = 18

  /// True if a member begins with the header of BGZF.
  static func isMember(_ head: UnsafeRawBufferPointer) -> Bool {
    head.count >= headerBytes && head.starts(with: [0x1F, 0x8B, 0x08, 0x04])
      && head.dropFirst(10).starts(with: [6, 0, 0x42, 0x43, 2, 0])
  }
}
