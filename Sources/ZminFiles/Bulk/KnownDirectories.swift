import SystemPackage
import ZminIO

/// Directories that a walk has met, by their identities.
///
/// They are too many to be held open. A directory may be removed during the walk and another one get its device and
/// inode, so an equal identity alone proves nothing. Before two are taken for one, the path of the earlier one is opened
/// while the later one is held open: if both have the identity at the same moment, they are one directory.
struct KnownDirectories {
  private struct Known {
    /// One number for all paths to the directory.
    let id: Int32
    /// Where in the list it was met last.
    let number: Int32
  }

  private var known: [FileIdentity: Known] = [:]
  private var idCount: Int32 = 0

  /// The number of a directory that is held open, nil if it was not met before.
  ///
  /// - Throws: ``FileError/system(_:)`` if it may have been met, and nobody can tell.
  func id(of directory: OpenDirectory, in list: FileList, using files: FileAccess) throws(FileError) -> Int32? {
    guard let known = known[directory.identity] else { return nil }
    do throws(FileError) {
      return try list.open(known.number, using: files).identity == directory.identity ? known.id : nil
    } catch {
      // It is gone, or something else has its name.
      guard case .system(let error) = error,
        [.noSuchFileOrDirectory, .notDirectory, .tooManySymbolicLinkLevels].contains(error.errno)
      else { throw error }
      return nil
    }
  }

  /// A number for a directory that was not met before.
  mutating func makeID() -> Int32 {
    defer { idCount += 1 }
    return idCount
  }

  /// Notes where in the list a directory was met.
  mutating func note(_ directory: OpenDirectory, _ id: Int32, at number: Int32) {
    known[directory.identity] = Known(id: id, number: number)
  }
}
