import Glibc
import SystemPackage

/// A directory that is held open, so that it cannot be swapped for another between two steps.
package final class OpenDirectory: Sendable {
  let descriptor: Descriptor
  /// Its status when it was opened.
  package let status: FileStatus
  /// Whether it may be read. One that may only be searched and written can be neither listed nor synced.
  let isReadable: Bool

  /// What makes it itself, whatever its name.
  package var identity: FileIdentity { status.identity }

  init(descriptor: consuming Descriptor, status: FileStatus, isReadable: Bool) {
    self.descriptor = descriptor
    self.status = status
    self.isReadable = isReadable
  }
}

/// Where a file is or will be: a name in a directory, and not a symbolic link.
struct Destination: Sendable {
  let directory: OpenDirectory
  let name: FilePath.Component
  /// The name, as system calls take it.
  let path: FilePath

  init(directory: OpenDirectory, name: FilePath.Component) {
    self.directory = directory
    self.name = name
    // Much faster than a path of components, of which the file of every run over many has one.
    path = name.withPlatformString { FilePath(platformString: $0) }
  }
}

extension FileAccess {
  /// As many as the kernel follows.
  private static let linksMax = 40
  /// `O_PATH`, which the C headers show only to those who ask for GNU extensions.
  private static let pathOnly: Int32 = 0o10_000_000

  /// Where a path leads once its last component's symbolic links are followed, whether or not there is a file.
  func resolve(_ path: FilePath) throws(FileError) -> Destination {
    let file = FileName.path(path)
    var rest = path
    // What a relative link is relative to.
    var directory: OpenDirectory?
    for _ in 0...Self.linksMax {
      guard let name = rest.lastComponent else {
        throw .system(SystemError(action: .create, file: file, errno: .noSuchFileOrDirectory))
      }
      let parent = rest.removingLastComponent()
      let opened = try openDirectory(
        parent.isEmpty ? "." : parent, in: directory?.descriptor.number ?? AT_FDCWD, file)
      let destination = Destination(directory: opened, name: name)
      guard let target = try linkTarget(of: destination, file) else { return destination }
      rest = target
      directory = opened
    }
    throw .system(SystemError(action: .resolveLink, file: file, errno: .tooManySymbolicLinkLevels))
  }

  /// The status of what stands at a destination, a link not followed; nil if nothing does.
  func statusIfPresent(of destination: Destination, _ file: FileName) throws(FileError) -> FileStatus? {
    do throws(Errno) {
      return FileStatus(
        try retrying { calls throws(Errno) in
          try calls.status(
            of: destination.path, in: destination.directory.descriptor.number, followingLinks: false)
        })
    } catch .noSuchFileOrDirectory {
      return nil
    } catch {
      throw .system(SystemError(action: .inspect, file: file, errno: error))
    }
  }

  private func linkTarget(of destination: Destination, _ file: FileName) throws(FileError) -> FilePath? {
    do throws(Errno) {
      return try retrying { calls throws(Errno) in
        try calls.readLink(destination.path, in: destination.directory.descriptor.number)
      }
    } catch .invalidArgument, .noSuchFileOrDirectory {
      // No link, or nothing at all.
      return nil
    } catch {
      throw .system(SystemError(action: .resolveLink, file: file, errno: error))
    }
  }

  /// Brings the name of a file in a directory to the disk.
  func sync(_ directory: OpenDirectory, of file: FileName) throws(FileError) {
    guard directory.isReadable else { return }
    do throws(Errno) {
      try retrying { calls throws(Errno) in try calls.sync(directory.descriptor.number) }
    } catch {
      // Some file systems have no sync for directories.
      guard error == .invalidArgument || error == .notSupported else {
        throw .system(SystemError(action: .syncDirectory, file: file, errno: error))
      }
    }
  }

  /// - Parameter flags: Flags for `open` besides the mode of access.
  func openDirectory(
    _ path: FilePath, in parent: Int32, _ file: FileName, flags: Int32 = 0
  ) throws(FileError) -> OpenDirectory {
    try attempt(.openDirectory, file) { _ throws(Errno) in
      do throws(Errno) {
        return try openDirectory(path, in: parent, flags: O_RDONLY | flags, isReadable: true)
      } catch .permissionDenied {
        // A drop box: files can be put there, but not listed.
        return try openDirectory(path, in: parent, flags: Self.pathOnly | flags, isReadable: false)
      }
    }
  }

  private func openDirectory(
    _ path: FilePath, in parent: Int32, flags: Int32, isReadable: Bool
  ) throws(Errno) -> OpenDirectory {
    let descriptor = try open(path, in: parent, flags: flags | O_DIRECTORY)
    let number = descriptor.number
    let status = FileStatus(try retrying { calls throws(Errno) in try calls.status(of: number) })
    return OpenDirectory(descriptor: descriptor, status: status, isReadable: isReadable)
  }
}
