import Glibc
package import SystemPackage

/// A name for a file that is of no use after the run, in a directory of the user's choice.
///
/// The name is one that no directory walk takes. Whatever stands there when its owner ends is removed, and so it is when
/// the process must leave at once.
package final class ScratchFile: Sendable {
  /// Where it is.
  package let path: FilePath
  private let name: FilePath
  private let directory: OpenDirectory
  private let access: FileAccess

  /// - Parameters:
  ///   - directory: The path of the directory.
  ///   - purpose: What its name says it is for.
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

  /// Removes what stands there, if anything does.
  package func remove() { try? access.calls.unlink(name, in: directory.descriptor.number) }

  /// Drops what is on the disk already of it from the page cache, after bringing the rest there.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func dropFromCache() throws(FileError) { try access.dropFromCache(path) }

  /// How much more may be written to the file system that it is on, nil if that does not tell.
  package var freeBytes: Int64? { access.freeBytes(in: directory) }
}

extension FileAccess {
  /// Brings a file to the disk and drops it from the page cache, as far as the system lets go of it.
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
