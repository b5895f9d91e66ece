import Glibc
import SystemPackage

/// What may be replaced in place, and how.
package struct InPlaceRules: Sendable {
  /// Replace what a symbolic link leads to, instead of refusing.
  package var followsSymbolicLinks = false
  /// Replace a file of several names under one of them, instead of refusing.
  package var splitsHardLinks = false
  /// Keep access and modification times too.
  package var keepsTimes = false

  /// The careful ones.
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

  /// Checks that `chattr` does not protect the file from being replaced.
  ///
  /// - Throws: ``FileError/refused(_:_:)``.
  package func checkUnprotected() throws(FileError) {
    let descriptor = try duplicateDescriptor()
    if access.flags(of: descriptor.number) & FileFlags.protecting != 0 { throw .refused(name, .protected) }
  }
}
