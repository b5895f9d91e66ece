import Glibc
import Synchronization
import ZminIO

/// Where the program talks to people: lines on standard error, each written at once and with the program's name.
struct Console: Sendable {
  /// Where all lines go instead, as events.
  private let events: EventLog?
  private let progress = ProgressLine()

  init(events: EventLog? = nil) { self.events = events }

  /// Whether lines go to a log of events.
  var isEvents: Bool { events != nil }

  /// Whether lines may be drawn again and again: standard error is a terminal, and what the task writes does not come
  /// between on the same one.
  func drawsInPlace(beside task: Plan.Task) -> Bool {
    let calls = LinuxSystemCalls()
    return !isEvents && calls.isTerminal(STDERR_FILENO)
      && !(task.writesStandardOutput && calls.isTerminal(STDOUT_FILENO))
  }

  /// Says something. That nobody may be listening is no error.
  func say(_ message: String) {
    if let events {
      var event = JSONLine(event: "message")
      event.add("message", message)
      events.log(event)
    } else {
      progress.say("zmin: \(message)\n")
    }
  }

  /// Writes a text of many lines, or logs the event that says the same.
  func report(_ text: String, or event: @autoclosure () -> JSONLine) {
    if let events { events.log(event()) } else { progress.say(text) }
  }

  /// Says what is wrong with the command line, and where to find what is right.
  func sayUsageError(_ message: String) {
    let line = Self.onOneLine(message)
    if events == nil { write("zmin: \(line)\nTry 'zmin --help'.\n") } else { say(line) }
  }

  /// Sees to it that what was said is written.
  func flush() { events?.flush() }

  /// Writes text as it is; false if it cannot all be written.
  @discardableResult
  func write(_ text: String) -> Bool { write(bytes: Array(text.utf8)) }

  /// Writes bytes as they are; false if they cannot all be written.
  @discardableResult
  func write(bytes: [UInt8]) -> Bool { ErrorStream.write(bytes) }

  /// Leaves the lines that are shown where they are: others have written since.
  func forgetProgress() { progress.forget() }

  /// Shows how far the run is, on the terminal's last lines; an empty text clears them.
  func show(progress text: String) { progress.show(text) }

  /// What came from the command line may hold anything.
  private static func onOneLine(_ message: String) -> String {
    message.unicodeScalars.reduce(into: "") { text, scalar in
      if scalar.properties.generalCategory == .control {
        text += scalar.escaped(asASCII: true)
      } else {
        text.unicodeScalars.append(RawArgument.isStoredByte(scalar) ? "\u{FFFD}" : scalar)
      }
    }
  }
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

/// Lines of a terminal that are drawn again and again.
private final class ProgressLine: Sendable {
  /// How wide each of the lines is that are shown.
  private let shownWidths = Mutex<[Int]>([])

  /// Shows these lines in place of those that are shown.
  func show(_ text: String) {
    shownWidths.withLock { widths in
      guard !widths.isEmpty || !text.isEmpty else { return }
      ErrorStream.write(Array((Self.erasure(of: widths) + text).utf8))
      widths =
        text.isEmpty
        ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.unicodeScalars.count }
    }
  }

  /// Writes text that stays, in place of the lines that are shown.
  func say(_ text: String) {
    shownWidths.withLock { widths in
      ErrorStream.write(Array((Self.erasure(of: widths) + text).utf8))
      widths = []
    }
  }

  /// Knows no more of lines that are shown.
  func forget() { shownWidths.withLock { $0 = [] } }

  /// What clears lines, with the cursor at the end of the last one. Those that no longer fit, as the terminal is
  /// narrower now, are broken.
  private static func erasure(of widths: [Int]) -> String {
    if widths.isEmpty { return "" }
    let columns = TerminalSize.columns
    let rows = widths.reduce(0) { $0 + max(1, ($1 + columns - 1) / columns) }
    return "\r\u{1B}[K" + String(repeating: "\u{1B}[A\u{1B}[K", count: max(0, rows - 1))
  }
}
