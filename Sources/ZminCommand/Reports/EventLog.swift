import Synchronization
import SystemPackage
import ZminIO

/// Where events go, a JSON object a line: standard error or a file. Lines are written whole, several at a time.
final class EventLog: Sendable {
  private static let heldBytesMax = 16 << 10

  private struct State {
    var file: LineFile?
    /// Whether lines may be written: before, they are held, as the file may turn out to be an input.
    var isOpen: Bool
    var held: [UInt8] = []
    var failure: FileError?
  }

  /// Nil for standard error.
  private let path: FilePath?
  private let console: Console
  private let state: Mutex<State>

  /// - Parameters:
  ///   - path: The file that they are appended to, nil for standard error.
  ///   - console: What writes to standard error.
  init(at path: FilePath?, console: Console) {
    self.path = path
    self.console = console
    state = Mutex(State(isOpen: path == nil))
  }

  /// Opens the file, which is made if there is none. Until then nothing is written to it.
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

  /// Sees to it that all events so far are written.
  func flush() { state.withLock { write(&$0) } }

  /// Why something of the log is missing, if it is in a file; once.
  func takeFailure() -> FileError? { state.withLock { $0.failure.take() } }

  /// That a log cannot be written must not stop the work that it is about; it is told at the end.
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
