import Synchronization
package import SystemPackage

/// A file of the name that a temporary takes before it is exchanged with the file that it replaces.
package struct KeptFile: Sendable, Equatable {
  /// Why it is there.
  package enum Origin: Sendable {
    /// An earlier run was killed, or could not put back what another program had saved.
    case earlierRun
    /// It is what was replaced, and could not be removed.
    case replacedFile
  }

  /// The file that it is a version of.
  package let file: FileName
  /// Its own name, in the same directory.
  package let name: FilePath
  package let origin: Origin
}

/// The kept files that a run came across, for its report.
package final class KeptFiles: Sendable {
  /// More are not remembered. A killed run leaves at most one for each of its workers.
  private static let countMax = 1000
  private let files = Mutex<[KeptFile]>([])

  func add(_ file: KeptFile) {
    files.withLock { if $0.count < Self.countMax, !$0.contains(file) { $0.append(file) } }
  }

  /// Those that were added since the last call.
  package func take() -> [KeptFile] {
    files.withLock { files in
      defer { files = [] }
      return files
    }
  }
}
