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

  /// Says something. That nobody may be listening is no error.
  func say(_ message: String) {
    if let events {
      var event = JSONLine(event: "message")
      event.add("message", message)
      events.log(event)
    } else {
      progress.clear()
      write("zmin: \(message)\n")
    }
  }

  /// Says what is wrong with the command line, and where to find what is right.
  func sayUsageError(_ message: String) {
    let line = Self.onOneLine(message)
    if events == nil { write("zmin: \(line)\nTry 'zmin --help'.\n") } else { say(line) }
  }

  /// Sees to it that what was said is written.
  func flush() { events?.flush() }

  /// Writes text as it is.
  func write(_ text: String) { write(bytes: Array(text.utf8)) }

  /// Writes bytes as they are.
  func write(bytes: [UInt8]) { ErrorStream.write(bytes) }

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
  static func write(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { bytes in
      var rest = bytes
      while !rest.isEmpty, let count = try? LinuxSystemCalls().write(STDERR_FILENO, rest), count > 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      }
    }
  }
}

/// Lines of a terminal that are drawn again and again.
private final class ProgressLine: Sendable {
  /// How wide each of the lines is that are shown.
  private let shownWidths = Mutex<[Int]>([])

  func show(_ text: String) {
    shownWidths.withLock { widths in
      guard !widths.isEmpty || !text.isEmpty else { return }
      // The cursor is at the end of the last one. Lines that no longer fit, as the terminal is narrower now, are broken.
      let columns = TerminalSize.columns
      let rows = widths.reduce(0) { $0 + max(1, ($1 + columns - 1) / columns) }
      let erasure = "\r\u{1B}[K" + String(repeating: "\u{1B}[A\u{1B}[K", count: max(0, rows - 1))
      ErrorStream.write(Array((erasure + text).utf8))
      widths =
        text.isEmpty
        ? [] : text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.unicodeScalars.count }
    }
  }

  func clear() { show("") }
}
