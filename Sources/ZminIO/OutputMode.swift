package import Glibc
import SystemPackage

/// The permissions that a new file or directory may have: those that all its inputs have, less the umask.
///
/// Owner and group are those of whoever runs the program. Where the group is another one than an input's, neither it
/// nor everybody else gets more than both had before: members of the input's group count among everybody else then.
package struct OutputMode: Sendable, Equatable {
  /// Common to all inputs.
  private var permissions: mode_t = 0o777
  /// The same for a file that is not of the inputs' group.
  private var permissionsInOtherGroup: mode_t = 0o777
  /// The group of the inputs; nil if they are of several.
  private var group: gid_t?
  /// Set once an input has permissions. Without any, the umask alone decides.
  private(set) var isLimited = false

  /// What the owner is allowed in any case.
  private let ownerPermissions: mode_t

  /// The permissions of an output without inputs, which the umask alone limits.
  ///
  /// - Parameter ownerPermissions: What the owner is allowed whatever the inputs say, for a file that is written to again.
  package init(ownerPermissions: mode_t = 0) { self.ownerPermissions = ownerPermissions }

  /// Takes away what an input by name does not allow. Pipes, sockets and devices allow what the umask allows.
  package mutating func limit(to input: FileStatus) {
    guard input.kind == .regular || input.kind == .directory else {
      permissions &= 0o666
      permissionsInOtherGroup &= 0o666
      return
    }
    group = isLimited && group != input.group ? nil : input.group
    isLimited = true
    // The group's bits are the mask of an access control list then. The output has no list, so that its group could
    // read what the input's group cannot.
    let mode = input.hasAccessControlList ? input.mode & ~0o070 : input.mode
    permissions &= mode
    permissionsInOtherGroup &= ZminIO.permissions(mode, keepingUser: false, keepingGroup: false)
  }

  /// The permissions of what was made, without setuid, setgid and sticky.
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
  /// The permissions that a file or directory is made with whose mode depends on its inputs, until it is known. Nobody
  /// else must have it open before (CVE-2021-24031 of zstd).
  static let privateMode: mode_t = 0o600

  /// Gives a new file or directory, open at `number` and made private, the permissions that its inputs allow.
  ///
  /// A list of access rights that its directory gave it at birth goes: a mode would make that list effective. Where the
  /// list cannot be removed, the file stays private. Where the file system keeps no modes, or not this one, it stays
  /// private or as the file system has it.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func setMode(_ mode: OutputMode, of number: Int32, _ file: FileName) throws(FileError) {
    let made = try attempt(.inspect, file) { calls throws(Errno) in FileStatus(try calls.status(of: number)) }
    // A directory keeps what makes its files be of its group.
    let permissions = mode.permissions(for: made, mask: calls.creationMask()) | made.mode & S_ISGID
    try attempt(.setMode, file) { _ throws(Errno) in
      do throws(Errno) {
        try removeAccessControlList(of: number)
      } catch .notPermitted, .invalidArgument {
        // A list that stays opens the file to nobody as long as it is private.
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
