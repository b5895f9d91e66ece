import Glibc
import ZminBase
import ZminIO
import ZminMemory

/// What knows how far a run is.
protocol ProgressSource: Sendable {
  /// Files that are done, and bytes that were read.
  var progress: (files: Int, bytes: Int) { get }
  var fileCount: Int { get }
  /// The size of all files on the disk in bytes, nil if it is not known.
  var storedBytes: Int? { get }
  /// The input that was begun last.
  var current: String { get }
}

/// Shows people how far a run is, and logs it for programs, on a thread of its own.
final class ProgressMeter: Sendable {
  private static let stackBytes = 256 << 10
  private static let drawMilliseconds: Int32 = 250
  /// Shorter runs show nothing.
  private static let quietSeconds = 1.0
  private static let logSeconds = 10.0

  private let source: any ProgressSource
  private let reporter: RunReporter
  private let ledger: MemoryLedger
  private let isDrawn: Bool
  private let end: Interruption
  private let start = MonotonicClock.seconds()

  /// - Parameters:
  ///   - source: What knows how far the run is.
  ///   - reporter: Where it is said.
  ///   - isShown: Whether people are shown.
  ///   - ledger: The book that the thread's stack is entered in.
  /// - Throws: The system's error if there is no descriptor left.
  init(_ source: any ProgressSource, _ reporter: RunReporter, isShown: Bool, ledger: MemoryLedger) throws {
    self.source = source
    self.reporter = reporter
    self.ledger = ledger
    isDrawn = isShown && reporter.console.drawsInPlace(beside: reporter.task)
    end = try Interruption()
  }

  /// Calls `body` and shows how far it is.
  func run(_ body: () -> Void) {
    let display = begin()
    body()
    display.end()
  }

  /// A meter that shows how far the run is, until it is told that the run is over.
  struct Display {
    fileprivate let meter: ProgressMeter
    fileprivate let thread: SystemThread?

    /// Shows no more.
    func end() {
      meter.end.request(.cancelled)
      thread?.join()
      meter.reporter.console.show(progress: "")
    }
  }

  /// Begins to show how far the run is.
  func begin() -> Display {
    Display(meter: self, thread: SystemThread(stackBytes: Self.stackBytes, ledger: ledger) { self.watch() })
  }

  private func watch() {
    var loggedSeconds = 0.0
    while !end.wait(milliseconds: Self.drawMilliseconds) {
      let seconds = MonotonicClock.seconds() - start
      let progress = source.progress
      if isDrawn, seconds > Self.quietSeconds {
        reporter.console.show(
          progress: ProgressText(
            filesDone: progress.files, fileCount: source.fileCount, bytesDone: progress.bytes,
            byteCount: source.storedBytes, seconds: seconds, current: source.current
          ).line(columns: TerminalSize.columns))
      }
      if seconds - loggedSeconds >= Self.logSeconds {
        loggedSeconds = seconds
        reporter.logProgress(
          filesDone: progress.files, of: source.fileCount, bytesDone: progress.bytes, of: source.storedBytes,
          seconds: seconds)
      }
      reporter.flushLog()
    }
  }
}

/// The terminal that standard error is.
enum TerminalSize {
  /// How wide it is, as most are if it does not tell.
  static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
