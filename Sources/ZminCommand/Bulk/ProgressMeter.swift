import Glibc
import Zmin
import ZminIO

/// Shows people how far a run is, and logs it for programs, on a thread of its own.
final class ProgressMeter: Sendable {
  private static let stackBytes = 256 << 10
  private static let drawMilliseconds: Int32 = 250
  /// Shorter runs show nothing.
  private static let quietSeconds = 1.0
  private static let logSeconds = 10.0

  private let context: BulkContext
  private let isDrawn: Bool
  private let end: Interruption
  private let start = MonotonicClock.seconds()

  /// - Parameter isDrawn: Whether there is a terminal to draw on.
  /// - Throws: The system's error if there is no descriptor left.
  init(_ context: BulkContext, isDrawn: Bool) throws {
    self.context = context
    self.isDrawn = isDrawn
    end = try Interruption()
  }

  /// Calls `body` and shows how far it is.
  func run(_ body: () -> Void) {
    let thread = SystemThread(stackBytes: Self.stackBytes) { self.watch() }
    body()
    end.request(.cancelled)
    thread?.join()
    context.reporter.console.show(progress: "")
  }

  private func watch() {
    var loggedSeconds = 0.0
    while !end.wait(milliseconds: Self.drawMilliseconds) {
      let seconds = MonotonicClock.seconds() - start
      let progress = context.progress
      if isDrawn, seconds > Self.quietSeconds {
        context.reporter.console.show(
          progress: ProgressText(
            filesDone: progress.files, fileCount: context.list.count, bytesDone: progress.bytes,
            byteCount: context.queue.byteCount, seconds: seconds, current: context.current
          ).line(columns: TerminalSize.columns))
      }
      if seconds - loggedSeconds >= Self.logSeconds {
        loggedSeconds = seconds
        context.reporter.logProgress(
          filesDone: progress.files, of: context.list.count, bytesDone: progress.bytes, of: context.queue.byteCount,
          seconds: seconds)
      }
      context.reporter.flushLog()
    }
  }
}

/// The terminal that standard error is.
private enum TerminalSize {
  /// How wide it is, as most are if it does not tell.
  static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
