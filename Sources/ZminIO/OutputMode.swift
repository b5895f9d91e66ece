package import Glibc
import SystemPackage

/// The permissions of a new file or directory: those that all its inputs have, less the umask.
///
/// Owner and group are those of the process. If the group is not that of an input, the group and others get only what
/// both had before: members of the input's group are among the others then.
package struct OutputMode: Sendable, Equatable {
  /// Common to all inputs.
  private var permissions: mode_t = 0o777
  /// The permissions of a file with another group.
  private var permissionsInOtherGroup: mode_t = 0o777
  /// The group of the inputs, nil if they have several.
  private var group: gid_t?
  /// True once an input with permissions was seen. Before, the umask alone decides.
  private(set) var isLimited = false

  /// Permissions of the owner that do not depend on the inputs.
  private let ownerPermissions: mode_t

  /// Makes the permissions of an output without inputs, which only the umask limits.
  ///
  /// - Parameter ownerPermissions: Permissions of the owner whatever the inputs have, for a file that is reopened
  ///   later.
  package init(ownerPermissions: mode_t = 0) { self.ownerPermissions = ownerPermissions }

  /// Removes permissions that an input does not have. Pipes, sockets and devices do not limit them.
  package mutating func limit(to input: FileStatus) {
    guard input.kind == .regular || input.kind == .directory else {
      permissions &= 0o666
      permissionsInOtherGroup &= 0o666
      return
    }
    group = isLimited && group != input.group ? nil : input.group
    isLimited = true
    // The group's bits are the mask of the access control list. The output has no list, so that its group could read
    // what the input's group cannot.
    let mode = input.hasAccessControlList ? input.mode & ~0o070 : input.mode
    permissions &= mode
    permissionsInOtherGroup &= ZminIO.permissions(mode, keepingUser: false, keepingGroup: false)
  }

  /// The permissions of a new file or directory, without setuid, setgid and sticky.
  ///
  /// - Parameters:
  ///   - made: The status of the new file or directory.
  ///   - mask: The umask.
  func permissions(for made: FileStatus, mask: mode_t) -> mode_t {
    var permissions = made.group == group ? permissions : permissionsInOtherGroup
    if !isLimited && made.kind != .directory { permissions &= 0o666 }
    return (permissions & ~mask | ownerPermissions) & 0o777
  }
}

extension FileAccess {
  /// The permissions of a new file or directory until its final mode is known. Nobody else may have it open before
  /// (CVE-2021-24031 of zstd).
  static let privateMode: mode_t = 0o600

  /// Gives a new private file or directory, the descriptor `number`, the permissions that its inputs allow.
  ///
  /// An inherited access control list is removed, since a mode would make it effective. If it cannot be removed, the
  /// file stays private. If the file system does not support the mode, the file keeps the one that it has.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func setMode(_ mode: OutputMode, of number: Int32, _ file: FileName) throws(FileError) {
    let made = try attempt(.inspect, file) { calls throws(Errno) in FileStatus(try calls.status(of: number)) }
    // A directory keeps setgid, which gives its files its group.
    let permissions = mode.permissions(for: made, mask: calls.creationMask()) | made.mode & S_ISGID
    try attempt(.setMode, file) { _ throws(Errno) in
      do throws(Errno) {
        try removeAccessControlList(of: number)
      } catch .notPermitted, .invalidArgument {
        // A list that stays has no effect as long as the file is private.
        return
      }
      if made.mode == permissions { return }
      do throws(Errno) {
        try calls.setMode(number, to: permissions)
      } catch {
        guard error == .notPermitted || error == .notSupported || error == .noFunction else { throw error }
      }
    }
  }
}
