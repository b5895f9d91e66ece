import Synchronization
import ZminIO

/// The progress of a run over named inputs.
final class InputProgress: ProgressSource {
  let fileCount: Int
  let storedBytes: Int?
  private let files: FileAccess
  private let state = Mutex((begun: 0, current: ""))

  /// - Parameters:
  ///   - fileCount: The number of inputs.
  ///   - storedBytes: The size of all inputs on the disk, nil if it is unknown.
  ///   - files: Counts the bytes read.
  init(fileCount: Int, storedBytes: Int?, files: FileAccess) {
    self.fileCount = fileCount
    self.storedBytes = storedBytes
    self.files = files
  }

  var progress: (files: Int, bytes: Int) {
    // Parts of a file may be read twice.
    (max(0, state.withLock { $0.begun } - 1), min(storedBytes ?? .max, files.counter?.value ?? 0))
  }

  var current: String { state.withLock { $0.current } }

  /// Records the start of an input. All inputs before it are finished.
  func begin(_ name: FileName) { state.withLock { $0 = ($0.begun + 1, "\(name)") } }
}
