import Synchronization
import ZminIO

/// How far a run over named inputs is.
final class InputProgress: ProgressSource {
  let fileCount: Int
  let storedBytes: Int?
  private let files: FileAccess
  private let state = Mutex((begun: 0, current: ""))

  /// - Parameters:
  ///   - fileCount: How many inputs there are.
  ///   - storedBytes: The size of all inputs on the disk, nil if it is not known.
  ///   - files: What counts the bytes that are read.
  init(fileCount: Int, storedBytes: Int?, files: FileAccess) {
    self.fileCount = fileCount
    self.storedBytes = storedBytes
    self.files = files
  }

  var progress: (files: Int, bytes: Int) {
    // Some of a file may be read twice.
    (max(0, state.withLock { $0.begun } - 1), min(storedBytes ?? .max, files.counter?.value ?? 0))
  }

  var current: String { state.withLock { $0.current } }

  /// Notes which input is begun: those before it are done.
  func begin(_ name: FileName) { state.withLock { $0 = ($0.begun + 1, "\(name)") } }
}
