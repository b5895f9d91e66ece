import SystemPackage
import ZminBase

/// Room that a new file takes on the disk ahead of the writing, a step at a time, where that makes writing faster.
///
/// It is advice: where there is no room, the writing itself will say so.
struct DiskReservation {
  private static let stepBytes: Int64 = 64 << 20
  /// Smaller files are not worth the calls.
  private static let expectedBytesMin: Int64 = 8 << 20
  /// ext4, where it was measured. On some other file systems it costs more than it gains: what is reserved on Btrfs is
  /// written without compression.
  private static let fileSystemType = 0xEF53

  private let access: FileAccess
  private let number: Int32
  /// As far as the file will reach at most.
  private var expectedEnd: Int64 = 0
  private var reservedEnd: Int64 = 0
  /// Whether nothing is reserved any more; nil before the file system was looked at.
  private var isOver: Bool?

  init(_ number: Int32, using access: FileAccess) {
    self.access = access
    self.number = number
  }

  /// Says how much is to come at most.
  mutating func expect(byteCount: Int64, after writtenBytes: Int64) {
    guard byteCount >= Self.expectedBytesMin else { return }
    if isOver == nil { isOver = (try? access.calls.fileSystemType(of: number)) != Self.fileSystemType }
    expectedEnd = writtenBytes.addingSaturated(byteCount)
  }

  /// Reserves what is missing for writing as far as `end`, and more ahead of it.
  mutating func reserve(upTo end: Int64) {
    guard isOver == false, min(end, expectedEnd) > reservedEnd else { return }
    let (calls, offset) = (access.calls, reservedEnd)
    let byteCount = min(max(end - offset, Self.stepBytes), expectedEnd - offset)
    // Where it fails, a part of it may be there.
    reservedEnd += byteCount
    isOver = (try? calls.reserve(number, from: offset, byteCount: byteCount)) == nil
  }

  /// Gives back what was not written to. The file has its size already.
  func release(after writtenBytes: Int64) {
    if reservedEnd > writtenBytes { try? access.calls.truncate(number, to: writtenBytes) }
  }
}
