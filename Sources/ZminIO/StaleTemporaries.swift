import Glibc
import Synchronization
import SystemPackage

/// The temporaries and kept files that were there when a directory was first looked into, so that many outputs in one
/// directory need one listing of it.
final class StaleTemporaryIndex: Sendable {
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
  /// holds their lock. What cannot be removed stays: it is in nobody's way. Kept files are noted.
  func removeStaleTemporaries(of destination: Destination, _ file: FileName) {
    for name in ownNames(in: destination.directory) where TemporaryName.isTemporary(name, for: destination.name) {
      try? removeIfUnlocked(Destination(directory: destination.directory, name: name))
    }
    noteKeptFiles(of: destination, file)
  }

  /// Notes the kept files of a destination, each of which may be the only copy of what somebody saved there.
  func noteKeptFiles(of destination: Destination, _ file: FileName) {
    for name in ownNames(in: destination.directory) where TemporaryName.isKept(name, for: destination.name) {
      let kept = Destination(directory: destination.directory, name: name)
      if isStale(kept) { keptFiles.add(KeptFile(file: file, name: kept.path, origin: .earlierRun)) }
    }
  }

  /// The temporaries and kept files of a directory that may be listed.
  private func ownNames(in directory: OpenDirectory) -> [FilePath.Component] {
    guard directory.isReadable else { return [] }
    return staleTemporaries.names(in: directory) {
      var names: [FilePath.Component] = []
      try? calls.forEachEntry(of: directory.descriptor.number) { name, _ in
        if isTemporaryName(name) { names.append(name) }
      }
      return names
    }
  }

  /// Whether a kept file is still there, and no other run is about to exchange it.
  private func isStale(_ kept: Destination) -> Bool {
    let descriptor: Descriptor
    do throws(Errno) {
      descriptor = try open(
        kept.path, in: kept.directory.descriptor.number, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    } catch {
      return error != .noSuchFileOrDirectory
    }
    do throws(Errno) {
      try calls.lock(descriptor.number, exclusively: false)
    } catch {
      return error != .wouldBlock
    }
    return true
  }

  private func removeIfUnlocked(_ staleTemporary: Destination) throws(Errno) {
    let directory = staleTemporary.directory.descriptor.number
    let descriptor = try open(staleTemporary.path, in: directory, flags: O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
    let opened = FileStatus(try calls.status(of: descriptor.number))
    guard opened.kind == .regular else { return }
    // A shared lock is enough to meet its owner's, and NFS wants a file open for writing for more.
    try calls.lock(descriptor.number, exclusively: false)
    let named = FileStatus(try calls.status(of: staleTemporary.path, in: directory, followingLinks: false))
    if named.identity == opened.identity { try calls.unlink(staleTemporary.path, in: directory) }
  }
}

extension OpenedFile {
  /// Notes the kept files of an input that is not replaced after all.
  package func noteKeptFiles() {
    guard case .path(let path) = name, let destination = entry ?? (try? access.resolve(path)) else { return }
    access.noteKeptFiles(of: destination, name)
  }
}
