import Glibc
import SystemPackage
import ZminIO

/// A file of a bulk run: 32 bytes and its name.
package struct FileEntry: BitwiseCopyable, Sendable {
  /// The way to open the file, or the reason to skip it.
  package enum Access: UInt8, BitwiseCopyable, Sendable {
    case entry

    /// By its path: a file that was named by the user and is not regular, or missing.
    case path
    /// A symbolic link that a walk has found and does not follow.
    case unfollowedLink
    /// A symbolic link to a file that the run has by another name.
    case linkToTakenFile
    /// A file that a walk has found and that is neither regular nor a directory.
    case special
  }

  /// An upper bound of the length of names.
  static let nameBytesMax = Int(UInt16.max)
  private static let noDirectory: Int32 = -1

  let nameOffset: Int
  /// The size on the disk when the file was listed, in bytes; 0 if it is not a regular file.
  package let storedBytes: Int64
  /// The modification time in nanoseconds since 1970.
  package let modifiedNanoseconds: Int64
  // An optional would take eight bytes more.
  private let directoryNumber: Int32
  let nameBytes: UInt16
  /// The way to open the file.
  package internal(set) var access: Access

  init(nameOffset: Int, nameBytes: Int, directory: Int32?, status: FileStatus?, access: Access) {
    self.nameOffset = nameOffset
    self.nameBytes = UInt16(nameBytes)
    directoryNumber = directory ?? Self.noDirectory
    storedBytes = status.map { $0.kind == .regular ? $0.size : 0 } ?? 0
    modifiedNanoseconds = status.map { $0.modificationTime.sinceEpochNanoseconds } ?? 0
    self.access = access
  }

  /// The number of its directory, nil if its name is the whole path.
  var directory: Int32? { directoryNumber == Self.noDirectory ? nil : directoryNumber }
}
