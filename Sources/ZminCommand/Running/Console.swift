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

  /// Shows how far the run is, on the terminal's last line; an empty text clears it.
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

/// A line of a terminal that is drawn again and again.
private final class ProgressLine: Sendable {
  private let isShown = Mutex(false)

  func show(_ text: String) {
    isShown.withLock {
      guard $0 || !text.isEmpty else { return }
      ErrorStream.write(Array("\r\u{1B}[K\(text)".utf8))
      $0 = !text.isEmpty
    }
  }

  func clear() { show("") }
}
