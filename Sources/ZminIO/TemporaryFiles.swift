import Synchronization
import SystemPackage

/// The temporary files that are alive, so that whoever must leave at once can remove them first.
package final class TemporaryFiles: Sendable {
  private struct State {
    /// By name, which is random and so unique.
    var directories: [FilePath: OpenDirectory] = [:]
    var isClosed = false
  }

  private let state = Mutex(State())
  private let calls: any SystemCalls

  init(calls: any SystemCalls) {
    self.calls = calls
  }

  /// How many there are now.
  package var count: Int { state.withLock { $0.directories.count } }

  /// Removes all that there are, and lets no new ones be made: their outputs fail. For leaving at once.
  package func removeAll() {
    state.withLock {
      $0.isClosed = true
      for (name, directory) in $0.directories { try? calls.unlink(name, in: directory.descriptor.number) }
      $0.directories = [:]
    }
  }

  /// Enters a file that was just made; false if it is too late, and the file must go.
  func add(_ name: FilePath, in directory: OpenDirectory) -> Bool {
    state.withLock {
      if $0.isClosed { return false }
      $0.directories[name] = directory
      return true
    }
  }

  /// Strikes out a file that was renamed or removed.
  func remove(_ name: FilePath) {
    state.withLock { _ = $0.directories.removeValue(forKey: name) }
  }
}
