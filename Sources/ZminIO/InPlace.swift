import Glibc
import SystemPackage

/// The rules for replacing a file in place.
package struct InPlaceRules: Sendable {
  /// Replaces the target of a symbolic link, instead of refusing.
  package var followsSymbolicLinks = false
  /// Replaces a file with several names under one of them, instead of refusing.
  package var splitsHardLinks = false
  /// Keeps access and modification times, too.
  package var keepsTimes = false

  /// The strictest rules.
  package init() {}
}

extension OpenedFile {
  /// Checks that the file may be replaced in place.
  ///
  /// - Throws: ``FileError/refused(_:_:)`` with the reason, or ``FileError/system(_:)``.
  package func checkReplaceable(under rules: InPlaceRules) throws(FileError) {
    guard case .path(let path) = name else { throw .refused(name, .standardInput) }
    guard status.kind == .regular else { throw .refused(name, .notRegularFile) }
    if status.linkCount > 1 && !rules.splitsHardLinks { throw .refused(name, .hardLinks(status.linkCount)) }
    // Opening a directory entry refuses links.
    if rules.followsSymbolicLinks || entry != nil { return }
    let named = try access.attempt(.inspect, name) { calls throws(Errno) in
      FileStatus(try calls.status(of: path, in: AT_FDCWD, followingLinks: false))
    }
    if named.kind == .symbolicLink { throw .refused(name, .symbolicLink) }
  }

  /// Checks that neither `chattr` nor a mount protects the file from being replaced.
  ///
  /// - Throws: ``FileError/refused(_:_:)``, ``FileError/system(_:)``.
  package func checkUnprotected() throws(FileError) {
    let descriptor = try duplicateDescriptor()
    if access.flags(of: descriptor.number) & FileFlags.protecting != 0 { throw .refused(name, .protected) }
    guard case .path(let path) = name else { return }
    let destination = if let entry { entry } else { try access.resolve(path) }
    if access.isMountPoint(destination) { throw .refused(name, .mountPoint) }
  }
}

extension FileAccess {
  /// Returns true if another file is mounted over a name. False also if the kernel does not know.
  func isMountPoint(_ destination: Destination) -> Bool {
    let isMounted = try? retrying { calls throws(Errno) in
      try calls.isMountPoint(destination.path, in: destination.directory.descriptor.number)
    }
    return isMounted == true
  }
}
