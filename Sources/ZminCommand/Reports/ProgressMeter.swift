import Glibc
import ZminBase
import ZminIO
import ZminMemory

/// A source of the progress of a run.
protocol ProgressSource: Sendable {
  /// The finished files and the bytes read.
  var progress: (files: Int, bytes: Int) { get }
  var fileCount: Int { get }
  /// The size of all files on the disk in bytes, nil if it is unknown.
  var storedBytes: Int? { get }
  /// The name of the input that was started last.
  var current: String { get }
}

/// A thread that shows the progress of a run to people and logs it for programs.
final class ProgressMeter: Sendable {
  private static let stackBytes = 256 << 10
  private static let drawMilliseconds: Int32 = 250
  /// The time before progress is shown.
  private static let quietSeconds = 1.0
  private static let logSeconds = 10.0

  private let source: any ProgressSource
  private let reporter: RunReporter
  private let ledger: MemoryLedger
  private let isDrawn: Bool
  private let end: Interruption
  private let start = MonotonicClock.seconds()

  /// - Parameters:
  ///   - source: The progress of the run.
  ///   - reporter: Receives the progress.
  ///   - isShown: True to show the progress to people.
  ///   - isAskedFor: True to show it on the terminal of other programs of a pipeline too.
  ///   - ledger: Records the stack of the thread.
  /// - Throws: The system's error if no descriptor is left.
  init(
    _ source: any ProgressSource, _ reporter: RunReporter, isShown: Bool, isAskedFor: Bool, ledger: MemoryLedger
  ) throws {
    self.source = source
    self.reporter = reporter
    self.ledger = ledger
    isDrawn = isShown && reporter.console.drawsInPlace(beside: reporter.task, isAskedFor: isAskedFor)
    end = try Interruption()
  }

  /// Calls `body` and shows its progress.
  func run(_ body: () -> Void) {
    let display = begin()
    body()
    display.end()
  }

  /// A running meter.
  struct Display {
    fileprivate let meter: ProgressMeter
    fileprivate let thread: SystemThread?

    /// Stops the meter and clears its line.
    func end() {
      meter.end.request(.cancelled)
      thread?.join()
      meter.reporter.console.show(progress: "")
    }
  }

  /// Starts the meter.
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

/// The terminal on standard error.
enum TerminalSize {
  /// The width in columns, 80 if the terminal does not report one.
  static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }
}
