import SystemPackage
import ZminBase

/// Disk space that is reserved for a new file ahead of its writes, a step at a time, where that makes them faster.
///
/// Errors are ignored: a write without space fails by itself.
struct DiskReservation {
  private static let stepBytes: Int64 = 64 << 20
  /// The size from which reserving is worth its calls.
  private static let expectedBytesMin: Int64 = 8 << 20
  /// ext4, where the gain was measured. Other file systems may lose: Btrfs does not compress reserved space.
  private static let fileSystemType = 0xEF53

  private let access: FileAccess
  private let number: Int32
  /// The largest size that the file can have.
  private var expectedEnd: Int64 = 0
  private var reservedEnd: Int64 = 0
  /// True if no more is reserved; nil before the file system was looked up.
  private var isOver: Bool?

  init(_ number: Int32, using access: FileAccess) {
    self.access = access
    self.number = number
  }

  /// Announces that at most `byteCount` more bytes come.
  mutating func expect(byteCount: Int64, after writtenBytes: Int64) {
    guard byteCount >= Self.expectedBytesMin else { return }
    if isOver == nil { isOver = (try? access.calls.fileSystemType(of: number)) != Self.fileSystemType }
    expectedEnd = writtenBytes.addingSaturated(byteCount)
  }

  /// Reserves the space up to `end` and a step ahead of it, as far as it is missing.
  mutating func reserve(upTo end: Int64) {
    guard isOver == false, min(end, expectedEnd) > reservedEnd else { return }
    let (calls, offset) = (access.calls, reservedEnd)
    let byteCount = min(max(end - offset, Self.stepBytes), expectedEnd - offset)
    // A call that fails may have reserved a part.
    reservedEnd += byteCount
    isOver = (try? calls.reserve(number, from: offset, byteCount: byteCount)) == nil
  }

  /// Releases space that was not written to. The size of the file does not change.
  func release(after writtenBytes: Int64) {
    if reservedEnd > writtenBytes { try? access.calls.truncate(number, to: writtenBytes) }
  }
}
