import Synchronization
package import SystemPackage

/// A file with the name of a temporary that is about to be exchanged with the file that it replaces.
package struct KeptFile: Sendable, Equatable {
  /// The reason why it exists.
  package enum Origin: Sendable {
    /// An earlier run was killed, or could not restore a file that another program had saved.
    case earlierRun
    /// The file that was replaced could not be removed.
    case replacedFile
  }

  /// The file of which it is a version.
  package let file: FileName
  /// The name of the kept file, in the same directory.
  package let name: FilePath
  package let origin: Origin
}

/// The kept files that a run has found, for its report.
package final class KeptFiles: Sendable {
  /// Further files are not remembered. A killed run leaves at most one for each worker.
  private static let countMax = 1000
  private let files = Mutex<[KeptFile]>([])

  func add(_ file: KeptFile) {
    files.withLock { if $0.count < Self.countMax, !$0.contains(file) { $0.append(file) } }
  }

  /// Returns the files that were added since the last call.
  package func take() -> [KeptFile] {
    files.withLock { files in
      defer { files = [] }
      return files
    }
  }
}
