import Glibc
package import SystemPackage

/// A name in a directory that is held open: however the way there changes meanwhile, it is this directory's file.
package struct DirectoryEntryReference: Sendable {
  /// The way there, as messages name it.
  package let path: FilePath
  let destination: Destination

  /// The directory that has it.
  package var directory: OpenDirectory { destination.directory }
  /// The name.
  package var name: FilePath.Component { destination.name }

  /// - Parameters:
  ///   - name: The name.
  ///   - directory: The directory that has it.
  ///   - path: How messages name it.
  package init(_ name: FilePath.Component, in directory: OpenDirectory, path: FilePath) {
    self.path = path
    destination = Destination(directory: directory, name: name)
  }
}

extension FileAccess {
  /// Where a path leads once its last component's symbolic links are followed.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func entry(behind path: FilePath) throws(FileError) -> DirectoryEntryReference {
    let destination = try resolve(path)
    return DirectoryEntryReference(destination.name, in: destination.directory, path: path)
  }

  /// Opens a directory by its path, symbolic links followed.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func openDirectory(_ path: FilePath) throws(FileError) -> OpenDirectory {
    try openDirectory(path.isEmpty ? "." : path, in: AT_FDCWD, .path(path))
  }

  /// Opens the directory of an entry. One that may be searched but not listed, as `/home` may be, can lead to others.
  ///
  /// - Parameter followsLink: Whether it may be a symbolic link to a directory.
  /// - Throws: ``FileError/system(_:)``.
  package func openDirectory(at entry: DirectoryEntryReference, followsLink: Bool = false) throws(FileError)
    -> OpenDirectory
  {
    let (destination, file) = (entry.destination, FileName.path(entry.path))
    return try openDirectory(
      destination.path, in: destination.directory.descriptor.number, file, flags: followsLink ? 0 : O_NOFOLLOW)
  }

  /// Opens the directory of an entry, and creates a missing one. Call ``finishDirectory(_:_:_:)`` once it is
  /// complete. A symbolic link is an error.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func makeDirectory(at entry: DirectoryEntryReference) throws(FileError) -> OpenDirectory {
    do throws(FileError) {
      return try openDirectory(at: entry)
    } catch {
      guard case .system(let error) = error, error.errno == .noSuchFileOrDirectory else { throw error }
    }
    let destination = entry.destination
    try makeDirectory(destination.path, in: destination.directory.descriptor.number, .path(entry.path))
    return try openDirectory(at: entry)
  }

  /// Opens a directory by its path, symbolic links followed; it is made if there is none, as by
  /// ``makeDirectory(at:)``.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func makeDirectory(_ path: FilePath) throws(FileError) -> OpenDirectory {
    do throws(FileError) {
      return try openDirectory(path)
    } catch {
      guard case .system(let error) = error, error.errno == .noSuchFileOrDirectory else { throw error }
    }
    try makeDirectory(path, in: AT_FDCWD, .path(path))
    return try openDirectory(path)
  }

  /// That another has made it meanwhile is no error.
  private func makeDirectory(_ path: FilePath, in parent: Int32, _ file: FileName) throws(FileError) {
    do throws(Errno) {
      try retrying { calls throws(Errno) in
        try calls.makeDirectory(path, in: parent, mode: OpenDirectory.unfinishedMode)
      }
    } catch {
      if error != .fileExists { throw .system(SystemError(action: .create, file: file, errno: error)) }
    }
  }

  /// Gives a directory that was made its mode. Where it has got one meanwhile, the new one only takes away from it.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func finishDirectory(
    _ directory: OpenDirectory, _ mode: OutputMode, _ path: FilePath
  ) throws(FileError) {
    let number = directory.descriptor.number
    let now = try attempt(.inspect, .path(path)) { calls throws(Errno) in FileStatus(try calls.status(of: number)) }
    var mode = mode
    if !now.isUnfinishedDirectory { mode.limit(to: now) }
    try setMode(mode, of: number, .path(path))
  }

  /// Calls `body` with each name in a directory, and with what the directory says it is.
  ///
  /// - Throws: ``FileError/system(_:)``, also where only a part of the names could be had.
  package func forEachEntry(
    of directory: OpenDirectory, _ path: FilePath, _ body: (FilePath.Component, FileKind) -> Void
  ) throws(FileError) {
    do throws(Errno) {
      // Not a second time if a signal comes between: names would come twice.
      try calls.forEachEntry(of: directory.descriptor.number, body)
    } catch {
      throw .system(SystemError(action: .list, file: .path(path), errno: error))
    }
  }

  /// The status of the file of an entry, nil if there is none.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func statusIfPresent(of entry: DirectoryEntryReference, followingLink: Bool = false) throws(FileError)
    -> FileStatus?
  {
    guard followingLink else { return try statusIfPresent(of: entry.destination, .path(entry.path)) }
    let destination = entry.destination
    do throws(Errno) {
      return FileStatus(
        try retrying { calls throws(Errno) in
          try calls.status(of: destination.path, in: destination.directory.descriptor.number, followingLinks: true)
        })
    } catch .noSuchFileOrDirectory {
      return nil
    } catch {
      throw .system(SystemError(action: .inspect, file: .path(entry.path), errno: error))
    }
  }

  /// How much more may be written to the file system of a directory, nil if it does not tell.
  package func freeBytes(in directory: OpenDirectory) -> Int64? {
    try? calls.freeBytes(of: directory.descriptor.number)
  }
}

extension OpenDirectory {
  /// The mode of a directory from when it is made until it is complete. With the sticky bit, which means nothing while
  /// nobody but the owner gets in, it is told from a private directory of the user's own.
  static let unfinishedMode: mode_t = 0o1700

  /// Whether it was made for outputs and has to get its mode.
  package var isUnfinished: Bool { status.isUnfinishedDirectory }
}

extension FileStatus {
  /// A directory may have got the setgid bit from the one that it was made in.
  fileprivate var isUnfinishedDirectory: Bool {
    kind == .directory && mode & ~S_ISGID == OpenDirectory.unfinishedMode
  }
}
