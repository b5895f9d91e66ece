import Glibc
import Synchronization
import SystemPackage

/// The temporaries that were there when a directory was first looked into, so that many outputs in one directory need
/// one listing of it.
final class LeftoverIndex: Sendable {
  /// A walk goes from directory to directory; so many are remembered.
  private static let directoriesMax = 64
  private let names = Mutex<[FileIdentity: [FilePath.Component]]>([:])

  func names(in directory: OpenDirectory, list: () -> [FilePath.Component]) -> [FilePath.Component] {
    if let known = names.withLock({ $0[directory.identity] }) { return known }
    let listed = list()
    names.withLock {
      if $0.count >= Self.directoriesMax { $0 = [:] }
      $0[directory.identity] = listed
    }
    return listed
  }
}

extension FileAccess {
  /// Removes the temporaries of runs that did not live to do it, as far as they are of this destination and nobody
  /// holds their lock. What cannot be removed stays: it is in nobody's way.
  func removeLeftovers(of destination: Destination) {
    let directory = destination.directory
    guard directory.isReadable else { return }
    let names = leftovers.names(in: directory) {
      var temporaries: [FilePath.Component] = []
      try? calls.forEachEntry(of: directory.descriptor.number) {
        name, _ in
        if isTemporaryName(name) { temporaries.append(name) }
      }
      return temporaries
    }
    for name in names where TemporaryName.isTemporary(name, for: destination.name) {
      try? removeIfUnlocked(Destination(directory: directory, name: name))
    }
  }

  private func removeIfUnlocked(_ leftover: Destination) throws(Errno) {
    let directory = leftover.directory.descriptor.number
    let descriptor = try open(leftover.path, in: directory, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    let opened = FileStatus(try calls.status(of: descriptor.number))
    guard opened.kind == .regular else { return }
    // A shared lock is enough to meet its owner's, and NFS wants a file open for writing for more.
    try calls.lock(descriptor.number, exclusively: false)
    let named = FileStatus(try calls.status(of: leftover.path, in: directory, followingLinks: false))
    if named.identity == opened.identity { try calls.unlink(leftover.path, in: directory) }
  }
}
