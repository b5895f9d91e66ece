import SystemPackage
import ZminIO

/// The directories that a walk has found, by identity.
///
/// They are too many to be held open. A directory may be removed during the walk, and another one get its device and
/// inode, so an equal identity alone proves nothing. Before two count as one, the path of the earlier one is opened
/// while the later one is held open. If both have the identity at the same moment, they are one directory.
struct KnownDirectories {
  private struct Known {
    /// One number for all paths to the directory.
    let id: Int32
    /// Its latest number in the list.
    let number: Int32
  }

  private var known: [FileIdentity: Known] = [:]
  private var idCount: Int32 = 0

  /// The ID of a directory that is held open, nil if it is new.
  ///
  /// - Throws: ``FileError/system(_:)`` if it is unknown whether it is new.
  func id(of directory: OpenDirectory, in list: FileList, using files: FileAccess) throws(FileError) -> Int32? {
    guard let known = known[directory.identity] else { return nil }
    do throws(FileError) {
      return try list.open(known.number, using: files).identity == directory.identity ? known.id : nil
    } catch {
      // The earlier one was removed, or another file has its name.
      guard case .system(let error) = error,
        [.noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels].contains(error.errno)
      else { throw error }
      return nil
    }
  }

  /// Makes an ID for a new directory.
  mutating func makeID() -> Int32 {
    defer { idCount += 1 }
    return idCount
  }

  /// Notes the number of a directory in the list.
  mutating func note(_ directory: OpenDirectory, _ id: Int32, at number: Int32) {
    known[directory.identity] = Known(id: id, number: number)
  }
}
