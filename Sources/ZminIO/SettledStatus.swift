import Glibc

// A file system stamps changes with a clock that stands still between two ticks: 1 to 10 ms on most, 1 s on ext3, 2 s
// on FAT. A change within the tick of the stamp that was seen last leaves the same stamp, so an equal stamp proves
// nothing. The rule: a status counts only if, before it was asked for, the clock had left the tick of its change time.
// Then every later change gets another stamp. An input is not read before its status is settled, which costs a file that
// was just written one tick and fails no run. The stamp's digits tell the tick: whole seconds stand for two, a stamp
// that ends in zeros for the unit that they leave.
//
// The kernel's own clock is compared, so a file server with a clock of its own is only as safe as both agree.

extension FileTime {
  /// The tick of the clock that made this time stamp, in nanoseconds, and never less than it is.
  var tickNanoseconds: Int64 {
    if nanoseconds == 0 { return 2_000_000_000 }
    var tick = 1
    while nanoseconds % (tick * 10) == 0 { tick *= 10 }
    return Int64(tick)
  }

  /// How long the tick of this time stamp lasts after `now`, in nanoseconds; 0 if it is over, and for a time so far
  /// ahead that another clock made it.
  func remainingTickNanoseconds(at now: FileTime) -> Int64 {
    guard seconds.subtractingReportingOverflow(now.seconds).partialValue.magnitude <= 4 else { return 0 }
    let left = Int64(seconds - now.seconds) * 1_000_000_000 + Int64(nanoseconds - now.nanoseconds) + tickNanoseconds
    return left > tickNanoseconds + Self.aheadNanosecondsMax ? 0 : max(0, left)
  }

  /// As far as a stamp of this machine is ahead of the kernel's clock: a tick at most.
  static let aheadNanosecondsMax: Int64 = 20_000_000
}

extension FileAccess {
  /// Pauses for one stamp, of 2 ms at least each; a tick takes 10 ms at most, or is slept through at once.
  private static let pausesMax = 16
  /// A file that changed so often while it was waited for is being written.
  private static let changesMax = 3

  /// The time that a change would be stamped with now.
  package var timeStampNow: FileTime { FileTime(calls.timeStampClock()) }

  /// The status of an open file once its change time proves something; what is not a regular file is not waited for.
  ///
  /// - Returns: The last status, and whether it is settled: false for a file that keeps changing.
  /// - Throws: ``FileError/system(_:)`` or ``FileError/interrupted(_:)``.
  func settledStatus(
    of descriptor: borrowing Descriptor, _ file: FileName
  ) throws(FileError) -> (status: FileStatus, isSettled: Bool) {
    // The clock is asked first: the tick must have been over when the status was taken.
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

  /// Whether a change from now on gets another modification time than this, after a wait of a few milliseconds at most.
  /// A tick that is longer is not waited for.
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
