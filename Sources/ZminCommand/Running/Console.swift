import Glibc
import Synchronization
import ZminIO

/// The messages of the program to people: lines on standard error with its name, each written at once.
struct Console: Sendable {
  /// The log that receives all lines as events, nil without one on standard error.
  private let events: EventLog?
  private let progress = ProgressLine()

  init(events: EventLog? = nil) { self.events = events }

  /// True if lines go to a log of events.
  var isEvents: Bool { events != nil }

  /// True if lines can be redrawn: standard error is a terminal, the task writes no output to it, and no other program
  /// of a pipeline may own it.
  ///
  /// - Parameter isAskedFor: True if the user wants to see the lines beside other programs too.
  func drawsInPlace(beside task: Plan.Task, isAskedFor: Bool) -> Bool {
    let calls = LinuxSystemCalls()
    return !isEvents && calls.isTerminal(STDERR_FILENO)
      && !(task.writesStandardOutput && calls.isTerminal(STDOUT_FILENO))
      && (isAskedFor || !Self.standardOutputIsPipe)
  }

  /// True if another program may read standard output.
  private static var standardOutputIsPipe: Bool {
    guard let status = try? LinuxSystemCalls().status(of: STDOUT_FILENO) else { return false }
    return [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }

  /// Prints a message. A closed standard error is not an error.
  func say(_ message: String) {
    if let events {
      var event = JSONLine(event: "message")
      event.add("message", message)
      events.log(event)
    } else {
      progress.say("zmin: \(message)\n")
    }
  }

  /// Writes a text of several lines, or logs an event with the same content.
  func report(_ text: String, or event: @autoclosure () -> JSONLine) {
    if let events { events.log(event()) } else { progress.say(text) }
  }

  /// Prints an error of the command line and the call that prints the help.
  func sayUsageError(_ message: String, help: String = "zmin --help") {
    // A command line may contain any character.
    let line = RawArgument.readable(message)
    if events == nil { write("zmin: \(line)\nTry '\(help)'.\n") } else { say(line) }
  }

  /// Flushes the log.
  func flush() { events?.flush() }

  /// Writes text unchanged. Returns false if not all of it was written.
  @discardableResult
  func write(_ text: String) -> Bool { write(bytes: Array(text.utf8)) }

  /// Writes bytes unchanged. Returns false if not all of them were written.
  @discardableResult
  func write(bytes: [UInt8]) -> Bool { ErrorStream.write(bytes) }

  /// Leaves the shown lines in place, because another program has written since.
  func forgetProgress() { progress.forget() }

  /// Shows progress on the last lines of the terminal. An empty text clears them.
  func show(progress text: String) { progress.show(text) }
}

/// Standard error.
private enum ErrorStream {
  @discardableResult
  static func write(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes
      while !rest.isEmpty, let count = try? LinuxSystemCalls().write(STDERR_FILENO, rest), count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      }
      return rest.isEmpty
    }
  }
}

/// The last lines of a terminal, which are redrawn.
private final class ProgressLine: Sendable {
  /// The widths of the shown lines.
  private let shownWidths = Mutex<[Int]>([])

  /// Replaces the shown lines.
  func show(_ text: String) {
    shownWidths.withLock { widths in
      guard !widths.isEmpty || !text.isEmpty else { return }
      ErrorStream.write(Array((Self.erasure(of: widths) + text).utf8))
      widths =
        text.isEmpty
        ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.unicodeScalars.count }
    }
  }

  /// Replaces the shown lines by text that stays.
  func say(_ text: String) {
    shownWidths.withLock { widths in
      ErrorStream.write(Array((Self.erasure(of: widths) + text).utf8))
      widths = []
    }
  }

  /// Forgets the shown lines.
  func forget() { shownWidths.withLock { $0 = [] } }

  /// The control sequence that clears lines, with the cursor at the end of the last one. A line that is wider than the
  /// terminal occupies several rows.
  private static func erasure(of widths: [Int]) -> String {
    if widths.isEmpty { return "" }
    let columns = TerminalSize.columns
    let rows = widths.reduce(0) { $0 + max(1, ($1 + columns - 1) / columns) }
    return "\r\u{1B}[K" + String(repeating: "\u{1B}[A\u{1B}[K", count: max(0, rows - 1))
  }
}
