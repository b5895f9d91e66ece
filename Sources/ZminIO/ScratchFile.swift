import Glibc
package import SystemPackage

/// A name for a file that is not needed after the run, in a directory of the user's choice.
///
/// Directory walks skip the name. The file is removed with its owner, and also when the process must leave at once.
package final class ScratchFile: Sendable {
  /// The path of the file.
  package let path: FilePath
  private let name: FilePath
  private let directory: OpenDirectory
  private let access: FileAccess

  /// - Parameters:
  ///   - directory: The path of the directory.
  ///   - purpose: A word that goes into the name.
  /// - Throws: ``FileError/system(_:)``, and ``FileError/interrupted(_:)`` if the process is about to leave.
  package init(in directory: FilePath, for purpose: String, using access: FileAccess) throws(FileError) {
    let opened = try access.openDirectory(directory)
    let name = TemporaryName.random(for: FilePath.Component(purpose) ?? "scratch")
    guard access.temporaries.add(name, in: opened) else {
      throw .interrupted(access.interruption?.reason ?? .cancelled)
    }
    self.name = name
    self.directory = opened
    self.access = access
    path = directory.appending(name.components)
  }

  deinit {
    remove()
    access.temporaries.remove(name)
  }

  /// Removes the file, if it exists.
  package func remove() { try? access.calls.unlink(name, in: directory.descriptor.number) }

  /// Syncs the file and drops it from the page cache.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func dropFromCache() throws(FileError) { try access.dropFromCache(path) }

  /// The bytes that the user may still write to its file system, nil if that does not report them.
  package var freeBytes: Int64? { access.freeBytes(in: directory) }
}

extension FileAccess {
  /// Syncs a file and drops it from the page cache, as far as the system permits.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func dropFromCache(_ path: FilePath) throws(FileError) {
    let file = FileName.path(path)
    try attempt(.sync, file) { calls throws(Errno) in
      let descriptor = try open(path, flags: O_RDONLY)
      try calls.sync(descriptor.number)
      try calls.dropCache(of: descriptor.number, from: 0, byteCount: 0)
    }
  }
}
