import CZminSystem
import Glibc
import SystemPackage

/// The permissions of a replacement.
///
/// Setuid and setgid are removed unless the replacement has the same owner and group. Another group gets only what both
/// the old group and others had, and so do others: the members of the old group are among them now.
func permissions(_ mode: mode_t, keepingUser: Bool, keepingGroup: Bool) -> mode_t {
  var permissions = keepingUser && keepingGroup ? mode : mode & 0o777
  if !keepingGroup {
    let common = mode & mode >> 3 & 0o007
    permissions = permissions & ~0o077 | common << 3 | common
  }
  return permissions
}

/// A file that will be replaced. It is open, so that its attributes can be copied whatever becomes of its name.
final class ReplacedFile: Sendable {
  let status: FileStatus
  /// The flags of `chattr`.
  let flags: UInt32
  /// The descriptor's number; nil if the file may not be read.
  let number: Int32?
  /// True if access and modification time are copied, too.
  let keepsTimes: Bool
  private let descriptor: Descriptor?

  init(status: FileStatus, flags: UInt32, descriptor: consuming Descriptor?, keepsTimes: Bool) {
    self.status = status
    self.flags = flags
    self.keepsTimes = keepsTimes
    number = Self.number(of: descriptor)
    self.descriptor = descriptor
  }

  private static func number(of descriptor: borrowing Descriptor?) -> Int32? {
    switch descriptor {
    case .some(let descriptor): descriptor.number
    case .none: nil
    }
  }
}

extension FileAccess {
  private static let accessControlList = "system.posix_acl_access"

  /// Gives the open file `number` the owner, attributes, permissions and, if asked, times of the file that it replaces.
  ///
  /// Permissions come after the access control list, which is copied or removed: until then nobody else can open the
  /// file.
  func copyAttributes(
    of replaced: ReplacedFile, to number: Int32, _ file: FileName
  ) throws(FileError) {
    let old = replaced.status
    let born = try attempt(.inspect, file) { calls throws(Errno) in FileStatus(try calls.status(of: number)) }
    let kept = try copyOwner(of: old, to: number, whichHas: born, file)
    let source = replaced.number
    try attempt(.copyAttributes, file) { _ throws(Errno) in
      try copyExtendedAttributes(of: source, to: number)
    }
    let mode = permissions(old.mode, keepingUser: kept.user, keepingGroup: kept.group)
    let now = try attempt(.inspect, file) { calls throws(Errno) in FileStatus(try calls.status(of: number)) }
    if now.mode != mode {
      try attempt(.setMode, file) { calls throws(Errno) in try calls.setMode(number, to: mode) }
    }
    if replaced.keepsTimes {
      try attempt(.setTimes, file) { calls throws(Errno) in
        try calls.setTimes(
          number, access: old.accessTime.timespec, modification: old.modificationTime.timespec)
      }
    }
  }

  /// Copies user and group if permitted, else the group alone, else neither. A lack of permission is no error.
  private func copyOwner(
    of old: FileStatus, to number: Int32, whichHas born: FileStatus, _ file: FileName
  ) throws(FileError) -> (user: Bool, group: Bool) {
    let (isSameUser, isSameGroup) = (old.user == born.user, old.group == born.group)
    if isSameUser && isSameGroup { return (true, true) }
    if try setOwner(number, user: old.user, group: old.group, file) { return (true, true) }
    if isSameGroup || isSameUser { return (isSameUser, isSameGroup) }
    return (false, try setOwner(number, user: nil, group: old.group, file))
  }

  /// Returns false if it is not permitted.
  private func setOwner(
    _ number: Int32, user: uid_t?, group: gid_t?, _ file: FileName
  ) throws(FileError) -> Bool {
    do throws(Errno) {
      try retrying { calls throws(Errno) in try calls.setOwner(number, user: user, group: group) }
      return true
    } catch .notPermitted, .invalidArgument {
      // EINVAL: the owner has no number in this user namespace.
      return false
    } catch {
      throw .system(SystemError(action: .setOwner, file: file, errno: error))
    }
  }

  private func copyExtendedAttributes(of source: Int32?, to target: Int32) throws(Errno) {
    var hasAccessControlList = false
    for name in try attributeNames(of: source) {
      if name == Self.accessControlList { hasAccessControlList = true }
      do throws(Errno) {
        if let source { try copyExtendedAttribute(name, of: source, to: target) }
      } catch {
        // Attributes of the user must be copied. Attributes of the system are copied as far as it permits.
        if name.hasPrefix("user.") || name == Self.accessControlList { throw error }
      }
    }
    if !hasAccessControlList { try removeAccessControlList(of: target) }
  }

  /// Removes the access control list that a new file may have inherited from its directory.
  func removeAccessControlList(of number: Int32) throws(Errno) {
    do throws(Errno) {
      try calls.removeAttribute(Self.accessControlList, of: number)
    } catch {
      switch error {
      case .noData, .notSupported: return
      // Removal is not permitted, as in a sandbox, or unsupported: no error if there is no list.
      case .notPermitted, .invalidArgument: if hasAccessControlList(number) { throw error }
      default: throw error
      }
    }
  }

  /// The status of a directory, with the access control list that the permissions of its mirror depend on.
  package func statusForMode(of directory: OpenDirectory) -> FileStatus {
    statusForMode(directory.status, of: directory.descriptor.number)
  }

  /// Adds the access control list to a status, if the group has permissions that a list could restrict.
  func statusForMode(_ status: FileStatus, of number: Int32) -> FileStatus {
    guard status.mode & 0o070 != 0, status.kind == .regular || status.kind == .directory else { return status }
    var status = status
    status.hasAccessControlList = hasAccessControlList(number)
    return status
  }

  /// Returns true if a file has an access control list, or if that is unknown.
  private func hasAccessControlList(_ number: Int32) -> Bool {
    do throws(Errno) {
      let byteCount = try retrying { calls throws(Errno) in
        try calls.attribute(
          Self.accessControlList, of: number, into: UnsafeMutableRawBufferPointer(start: nil, count: 0))
      }
      return byteCount > 0
    } catch {
      return error != .noData && error != .notSupported
    }
  }

  /// The names of the attributes, none if the file system does not support them.
  private func attributeNames(of source: Int32?) throws(Errno) -> [String] {
    guard let source else { return [] }
    let list: [UInt8]
    do throws(Errno) {
      list = try bytes { buffer throws(Errno) in try calls.attributeNames(of: source, into: buffer) }
    } catch .notSupported {
      return []
    }
    return list.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
      .filter { !Self.contentBoundAttributes.contains($0) }
  }

  /// Signatures of the contents, which are not copied.
  private static let contentBoundAttributes: Set = ["security.evm", "security.ima"]

  private func copyExtendedAttribute(_ name: String, of source: Int32, to target: Int32) throws(Errno) {
    let value = try bytes { buffer throws(Errno) in try calls.attribute(name, of: source, into: buffer) }
    var result: Result<Void, Errno> = .success(())
    value.withUnsafeBytes { bytes in
      result = Result { () throws(Errno) in try calls.setAttribute(name, of: target, to: bytes) }
    }
    try result.get()
  }

  /// The bytes of a call that returns their number for an empty buffer.
  private func bytes(
    from call: (UnsafeMutableRawBufferPointer) throws(Errno) -> Int
  ) throws(Errno) -> [UInt8] {
    let count = try call(UnsafeMutableRawBufferPointer(start: nil, count: 0))
    if count == 0 { return [] }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: count, alignment: 1)
    defer { buffer.deallocate() }
    return Array(buffer[..<(try call(buffer))])
  }
}
