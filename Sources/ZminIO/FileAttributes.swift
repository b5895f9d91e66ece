import CZminSystem
import Glibc
import SystemPackage

/// The permissions that a replacement may have.
///
/// Without the owner or group that they were given to, setuid and setgid go. A group that is another one gets no more
/// than everybody had, and everybody no more than the old group, whose members are among them now.
func permissions(_ mode: mode_t, keepingUser: Bool, keepingGroup: Bool) -> mode_t {
  var permissions = keepingUser && keepingGroup ? mode : mode & 0o777
  if !keepingGroup {
    let common = mode & mode >> 3 & 0o007
    permissions = permissions & ~0o077 | common << 3 | common
  }
  return permissions
}

/// A file that another will replace, open so that its attributes come from it whatever becomes of its name.
final class ReplacedFile: Sendable {
  let status: FileStatus
  /// As `chattr` sets them.
  let flags: UInt32
  /// The descriptor's number; nil if the file may not be read.
  let number: Int32?
  /// Whether access and modification time go over too.
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

  /// Gives the file at `number` the owner, attributes, permissions and, if asked, times of the one that it replaces.
  ///
  /// The permissions come late: until then nobody else may open the file, and a list of access rights, which a
  /// directory may have given it at birth, is in place or gone.
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

  /// Both user and group where permitted, else the group alone, else neither: none of it is an error.
  private func copyOwner(
    of old: FileStatus, to number: Int32, whichHas born: FileStatus, _ file: FileName
  ) throws(FileError) -> (user: Bool, group: Bool) {
    let (isSameUser, isSameGroup) = (old.user == born.user, old.group == born.group)
    if isSameUser && isSameGroup { return (true, true) }
    if try setOwner(number, user: old.user, group: old.group, file) { return (true, true) }
    if isSameGroup || isSameUser { return (isSameUser, isSameGroup) }
    return (false, try setOwner(number, user: nil, group: old.group, file))
  }

  /// Whether it was permitted.
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
      throw .system(SystemError(action: .setMode, file: file, errno: error))
    }
  }

  private func copyExtendedAttributes(of source: Int32?, to target: Int32) throws(Errno) {
    var hasAccessControlList = false
    for name in try attributeNames(of: source) {
      if name == Self.accessControlList { hasAccessControlList = true }
      do throws(Errno) {
        if let source { try copyExtendedAttribute(name, of: source, to: target) }
      } catch {
        // Those that the user gave must go over; those of the system's own making go as far as it lets them.
        if name.hasPrefix("user.") || name == Self.accessControlList { throw error }
      }
    }
    if !hasAccessControlList { try removeAccessControlList(of: target) }
  }

  /// Removes the list of access rights that a directory may have given a new file.
  func removeAccessControlList(of number: Int32) throws(Errno) {
    do throws(Errno) {
      try calls.removeAttribute(Self.accessControlList, of: number)
    } catch {
      switch error {
      case .noData, .notSupported: return
      // Not permitted, by a sandbox for example, or not known to the file system: no harm if there is nothing to remove.
      case .notPermitted, .invalidArgument: if hasAccessControlList(number) { throw error }
      default: throw error
      }
    }
  }

  /// The status of a directory with all that the permissions of its mirror depend on.
  package func statusForMode(of directory: OpenDirectory) -> FileStatus {
    statusForMode(directory.status, of: directory.descriptor.number)
  }

  /// Looks for an access control list only where the group has permissions that it could restrict.
  func statusForMode(_ status: FileStatus, of number: Int32) -> FileStatus {
    guard status.mode & 0o070 != 0, status.kind == .regular || status.kind == .directory else { return status }
    var status = status
    status.hasAccessControlList = hasAccessControlList(number)
    return status
  }

  /// Whether a file has an access control list; true where this cannot be found out.
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

  /// Empty where the file system has no attributes.
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

  /// Signatures of the contents, which change.
  private static let contentBoundAttributes: Set = ["security.evm", "security.ima"]

  private func copyExtendedAttribute(_ name: String, of source: Int32, to target: Int32) throws(Errno) {
    let value = try bytes { buffer throws(Errno) in try calls.attribute(name, of: source, into: buffer) }
    var result: Result<Void, Errno> = .success(())
    value.withUnsafeBytes { bytes in
      result = Result { () throws(Errno) in try calls.setAttribute(name, of: target, to: bytes) }
    }
    try result.get()
  }

  /// What a call gives that says how much there is when it is handed an empty buffer.
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
