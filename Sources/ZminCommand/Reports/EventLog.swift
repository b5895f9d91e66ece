import Synchronization
import SystemPackage
import ZminIO

/// A log of events, one JSON object a line, on standard error or in a file. Complete lines are written, several at a
/// time.
final class EventLog: Sendable {
  private static let heldBytesMax = 16 << 10

  private struct State {
    var file: LineFile?
    /// True if lines may be written. Until then they are held, because the file may turn out to be an input.
    var isOpen: Bool
    var held: [UInt8] = []
    var failure: FileError?
  }

  /// Nil for standard error.
  private let path: FilePath?
  private let console: Console
  private let state: Mutex<State>

  /// - Parameters:
  ///   - path: The file to append to, nil for standard error.
  ///   - console: Writes to standard error.
  init(at path: FilePath?, console: Console) {
    self.path = path
    self.console = console
    state = Mutex(State(isOpen: path == nil))
  }

  /// Opens the file, or creates it, and permits writing.
  ///
  /// - Throws: ``FileError/system(_:)``.
  func open() throws(FileError) {
    guard let path, state.withLock({ !$0.isOpen }) else { return }
    let file = try LineFile(path, using: FileAccess())
    state.withLock { state in
      state.file = file
      state.isOpen = true
    }
  }

  /// Logs an event, now or soon.
  func log(_ event: JSONLine) {
    state.withLock { state in
      state.held += event.line
      if state.held.count >= Self.heldBytesMax { write(&state) }
    }
  }

  /// Writes all held events.
  func flush() { state.withLock { write(&$0) } }

  /// Returns the first error of writing to the file once, then nil.
  func takeFailure() -> FileError? { state.withLock { $0.failure.take() } }

  /// Writes held lines. An error does not stop the run. It is kept until the end.
  private func write(_ state: inout State) {
    guard state.isOpen, !state.held.isEmpty else { return }
    if let file = state.file {
      do throws(FileError) { try file.append(state.held) } catch { state.failure = state.failure ?? error }
    } else {
      console.write(bytes: state.held)
    }
    state.held = []
  }
}
