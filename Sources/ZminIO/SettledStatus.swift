import Glibc

// A file system stamps changes with a clock that stands still between two ticks: 1 to 10 ms on most, 1 s on ext3, 2 s
// on FAT. Two changes within one tick get the same stamp, so that an equal stamp proves nothing.
//
//     clock   |---- tick ----|---- tick ----|
//     change      ^ stamp t
//     status         ^ reads t: a later change in this tick would be stamped t, too
//     status                    ^ reads t: settled, as any later change gets another stamp
//
// So a status counts only if the clock had left the tick of its change time before the status was read. An input is
// read only after its status is settled. That costs a file that was just written one tick, and fails no run. The digits
// of a stamp tell the tick: whole seconds mean two seconds, a stamp that ends in zeros means the unit that they leave.
//
// The stamp is compared with the kernel's clock. A file server with a clock of its own is only as safe as both agree.

extension FileTime {
  /// An upper bound of the tick of the clock that made this time stamp, in nanoseconds.
  var tickNanoseconds: Int64 {
    if nanoseconds == 0 { return 2_000_000_000 }
    var tick = 1
    while nanoseconds % (tick * 10) == 0 { tick *= 10 }
    return Int64(tick)
  }

  /// The nanoseconds after `now` for which the tick of this time stamp lasts. 0 if it is over, and for a time so far
  /// ahead that another clock made it.
  func remainingTickNanoseconds(at now: FileTime) -> Int64 {
    guard seconds.subtractingReportingOverflow(now.seconds).partialValue.magnitude <= 4 else { return 0 }
    let left = Int64(seconds - now.seconds) * 1_000_000_000 + Int64(nanoseconds - now.nanoseconds) + tickNanoseconds
    return left > tickNanoseconds + Self.aheadNanosecondsMax ? 0 : max(0, left)
  }

  /// The most that a stamp of this machine is ahead of the kernel's clock: one tick.
  static let aheadNanosecondsMax: Int64 = 20_000_000
}

extension FileAccess {
  /// The most pauses for one stamp, of at least 2 ms each. A tick takes at most 10 ms, or one longer pause.
  private static let pausesMax = 16
  /// The number of changes during the wait from which a file counts as being written.
  private static let changesMax = 3

  /// The time stamp of a change now.
  package var timeStampNow: FileTime { FileTime(calls.timeStampClock()) }

  /// Waits until the status of an open regular file is settled. Other files need no wait.
  ///
  /// - Returns: The last status, and true if it is settled, false for a file that keeps changing.
  /// - Throws: ``FileError/system(_:)`` or ``FileError/interrupted(_:)``.
  func settledStatus(
    of descriptor: borrowing Descriptor, _ file: FileName
  ) throws(FileError) -> (status: FileStatus, isSettled: Bool) {
    // The clock is read first: the tick must have been over when the status was read.
    var now = timeStampNow
    var status = try self.status(of: descriptor, file)
    var (pauses, changes) = (0, 0)
    while true {
      let left = status.kind == .regular ? status.changeTime.remainingTickNanoseconds(at: now) : 0
      if left == 0 { return (status, true) }
      if pauses == Self.pausesMax || changes == Self.changesMax { return (status, false) }
      _ = try isReady(for: 0, on: -1, file, milliseconds: Int32(max(2, (left + 999_999) / 1_000_000)))
      now = timeStampNow
      let next = try self.status(of: descriptor, file)
      if next.changeTime != status.changeTime { (pauses, changes) = (0, changes + 1) } else { pauses += 1 }
      status = next
    }
  }

  /// Returns true if every change from now on gets another modification time than this one. It waits for a few
  /// milliseconds at most, and not for a longer tick.
  package func isSettled(_ time: FileTime) -> Bool {
    for _ in 0..<Self.pausesMax {
      let left = time.remainingTickNanoseconds(at: timeStampNow)
      if left == 0 { return true }
      if left > FileTime.aheadNanosecondsMax { return false }
      if (try? isReady(for: 0, on: -1, .standardInput, milliseconds: 2)) == nil { return false }
    }
    return false
  }
}
