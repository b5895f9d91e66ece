import Synchronization
import ZminIO

/// Where events go, a JSON object a line: standard error or a file. Lines are written whole, several at a time.
final class EventLog: Sendable {
  private static let heldBytesMax = 16 << 10

  /// Nil for standard error.
  private let file: LineFile?
  private let console: Console
  private let held = Mutex<[UInt8]>([])
  private let failure = Mutex<FileError?>(nil)

  /// - Parameters:
  ///   - file: The file that they are appended to, nil for standard error.
  ///   - console: What writes to standard error.
  init(file: LineFile?, console: Console) {
    self.file = file
    self.console = console
  }

  /// Logs an event, now or soon.
  func log(_ event: JSONLine) {
    held.withLock {
      $0 += event.line
      if $0.count >= Self.heldBytesMax { write(&$0) }
    }
  }

  /// Sees to it that all events so far are written.
  func flush() { held.withLock { write(&$0) } }

  /// Why something of the log is missing, if it is in a file; once.
  func takeFailure() -> FileError? { failure.withLock { $0.take() } }

  /// That a log cannot be written must not stop the work that it is about; it is told at the end.
  private func write(_ bytes: inout [UInt8]) {
    guard !bytes.isEmpty else { return }
    if let file {
      do throws(FileError) { try file.append(bytes) } catch { failure.withLock { $0 = $0 ?? error } }
    } else {
      console.write(bytes: bytes)
    }
    bytes = []
  }
}
