import Glibc
package import SystemPackage

/// What kind of thing a file is.
package enum FileKind: Sendable {
  case regular, directory, symbolicLink, fifo, characterDevice, blockDevice, socket, unknown

  /// What an entry of a directory says of its file.
  init(directoryEntryType type: UInt8) {
    self =
      switch Int(type) {
      case Int(DT_REG): .regular
      case Int(DT_DIR): .directory
      case Int(DT_LNK): .symbolicLink
      case Int(DT_FIFO): .fifo
      case Int(DT_CHR): .characterDevice
      case Int(DT_BLK): .blockDevice
      case Int(DT_SOCK): .socket
      default: .unknown
      }
  }
}

/// What makes a file itself, whatever its name.
package struct FileIdentity: Sendable, Hashable {
  /// The file system.
  package let device: UInt64
  /// The number within it.
  package let inode: UInt64

  package init(device: UInt64, inode: UInt64) {
    self.device = device
    self.inode = inode
  }
}

/// A moment, as precise as the file system keeps it.
package struct FileTime: Sendable, Hashable {
  /// Seconds since 1970.
  package let seconds: Int
  /// Nanoseconds within the second.
  package let nanoseconds: Int

  init(_ time: timespec) {
    seconds = time.tv_sec
    nanoseconds = time.tv_nsec
  }

  var timespec: timespec { Glibc.timespec(tv_sec: seconds, tv_nsec: nanoseconds) }

  /// Nanoseconds since 1970, as far as 64 bits go.
  package var sinceEpochNanoseconds: Int64 {
    let (product, overflow) = Int64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
    return overflow ? (seconds < 0 ? .min : .max) : product &+ Int64(nanoseconds)
  }
}

/// What the system says about a file at one moment.
package struct FileStatus: Sendable, Equatable {
  package let kind: FileKind
  package let identity: FileIdentity
  /// In bytes; 0 for many files whose size is not known before they are read (see ``knownSize``).
  package let size: Int64
  /// Permissions with setuid, setgid and sticky, without the kind.
  package let mode: CInterop.Mode
  package let user: UInt32
  package let group: UInt32
  /// Number of names.
  package let linkCount: Int
  /// When the contents were last read, as far as the file system keeps it.
  package let accessTime: FileTime
  /// When the contents last changed.
  package let modificationTime: FileTime
  /// When contents, mode, owner or names last changed.
  package let changeTime: FileTime
  /// Set if permissions for single users or groups may be attached to the file, so that the group's bits of ``mode``
  /// are the most that any of them may have. Looked up only by ``OpenedFile/statusForMode`` and
  /// ``FileAccess/statusForMode(of:)``.
  package var hasAccessControlList = false

  /// The size in bytes of a regular file that has one; nil for others, and where the system says 0, as it does for what
  /// it makes up on reading (`/proc`).
  package var knownSize: Int64? { kind == .regular && size > 0 ? size : nil }

  init(_ status: stat) {
    kind =
      switch status.st_mode & S_IFMT {
      case S_IFREG: .regular
      case S_IFDIR: .directory
      case S_IFLNK: .symbolicLink
      case S_IFIFO: .fifo
      case S_IFCHR: .characterDevice
      case S_IFBLK: .blockDevice
      case S_IFSOCK: .socket
      default: .unknown
      }
    identity = FileIdentity(device: UInt64(status.st_dev), inode: UInt64(status.st_ino))
    size = Int64(status.st_size)
    mode = status.st_mode & 0o7777
    user = status.st_uid
    group = status.st_gid
    linkCount = Int(status.st_nlink)
    accessTime = FileTime(status.st_atim)
    modificationTime = FileTime(status.st_mtim)
    changeTime = FileTime(status.st_ctim)
  }

  /// Whether this is the same file with the same contents as when it had the status `earlier`, which must be settled
  /// (see ``FileAccess/settledStatus(of:_:)``).
  ///
  /// The change time of a file with several names also moves when one of them is added, renamed or removed, as a run
  /// does that replaces each name in turn. It proves nothing then, and the modification time, mode and owner decide.
  func hasSameContents(as earlier: FileStatus) -> Bool {
    guard identity == earlier.identity, size == earlier.size, modificationTime == earlier.modificationTime else {
      return false
    }
    if changeTime == earlier.changeTime { return true }
    return earlier.linkCount > 1 && linkCount <= earlier.linkCount && mode == earlier.mode && user == earlier.user
      && group == earlier.group
  }
}
