import Synchronization
import SystemPackage

/// The temporary files that exist, so that a process that must leave at once can remove them.
package final class TemporaryFiles: Sendable {
  private struct State {
    /// The directory of each file, by its name, which is random and so unique.
    var directories: [FilePath: OpenDirectory] = [:]
    var isClosed = false
  }

  private let state = Mutex(State())
  private let calls: any SystemCalls

  init(calls: any SystemCalls) {
    self.calls = calls
  }

  /// The number of temporary files.
  package var count: Int { state.withLock { $0.directories.count } }

  /// Removes all temporary files and prevents new ones, whose outputs fail. For a process that must leave at once.
  package func removeAll() {
    state.withLock {
      $0.isClosed = true
      for (name, directory) in $0.directories { try? calls.unlink(name, in: directory.descriptor.number) }
      $0.directories = [:]
    }
  }

  /// Adds a file that was just created.
  ///
  /// - Returns: False after ``removeAll()``. The caller removes the file then.
  func add(_ name: FilePath, in directory: OpenDirectory) -> Bool {
    state.withLock {
      if $0.isClosed { return false }
      $0.directories[name] = directory
      return true
    }
  }

  /// Removes a file that was renamed or deleted from the list.
  func remove(_ name: FilePath) {
    state.withLock { _ = $0.directories.removeValue(forKey: name) }
  }
}
