import Glibc
import SystemPackage
import ZminIO

/// A file of a run, in 32 bytes and its name.
package struct FileEntry: BitwiseCopyable, Sendable {
  /// How it is reached, or why not.
  package enum Access: UInt8, BitwiseCopyable, Sendable {
    case entry

    /// By its path, as what was named by hand and is no regular file, or not there.
    case path
    /// A symbolic link that a walk has met, which is not followed.
    case unfollowedLink
    /// A symbolic link to a file that is taken by another name.
    case linkToTakenFile
    /// What a walk has met and is neither a file nor a directory.
    case special
  }

  /// Longer names than any system takes.
  static let nameBytesMax = Int(UInt16.max)
  private static let noDirectory: Int32 = -1

  let nameOffset: Int
  /// The size on the disk when the file was listed, in bytes; 0 if it is not a regular file.
  package let storedBytes: Int64
  /// When it was last changed, in nanoseconds since 1970.
  package let modifiedNanoseconds: Int64
  // An optional would take eight bytes more.
  private let directoryNumber: Int32
  let nameBytes: UInt16
  /// How it is reached.
  package internal(set) var access: Access

  init(nameOffset: Int, nameBytes: Int, directory: Int32?, status: FileStatus?, access: Access) {
    self.nameOffset = nameOffset
    self.nameBytes = UInt16(nameBytes)
    directoryNumber = directory ?? Self.noDirectory
    storedBytes = status.map { $0.kind == .regular ? $0.size : 0 } ?? 0
    modifiedNanoseconds = status.map { $0.modificationTime.sinceEpochNanoseconds } ?? 0
    self.access = access
  }

  /// The size of the contents in bytes, nil if it is not known before they are read.
  package var plainBytes: Int64? { storedBytes }

  /// The number of its directory, nil if its name is the whole path.
  var directory: Int32? { directoryNumber == Self.noDirectory ? nil : directoryNumber }
}
