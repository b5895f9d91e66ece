import Glibc
import SystemPackage

/// A directory that is held open, so that it cannot be swapped for another between two steps.
package final class OpenDirectory: Sendable {
  let descriptor: Descriptor
  /// Its status when it was opened.
  package let status: FileStatus
  /// False for a directory that may only be searched and written, which can be neither listed nor synced.
  let isReadable: Bool

  /// The identity of the directory, whatever its name.
  package var identity: FileIdentity { status.identity }

  init(descriptor: consuming Descriptor, status: FileStatus, isReadable: Bool) {
    self.descriptor = descriptor
    self.status = status
    self.isReadable = isReadable
  }
}

/// The directory and the name that a file has or will have. The name is no symbolic link.
struct Destination: Sendable {
  let directory: OpenDirectory
  let name: FilePath.Component
  /// The name in the form of system calls.
  let path: FilePath

  init(directory: OpenDirectory, name: FilePath.Component) {
    self.directory = directory
    self.name = name
    // A path made of components is much slower, and every file of a bulk run needs one.
    path = name.withPlatformString { FilePath(platformString: $0) }
  }
}

extension FileAccess {
  /// The number of links that the kernel follows.
  private static let linksMax = 40
  /// `O_PATH`, which the C headers define only with GNU extensions.
  private static let pathOnly: Int32 = 0o10_000_000

  /// Follows the symbolic links of a path's last component, whether or not there is a file at the end.
  func resolve(_ path: FilePath) throws(FileError) -> Destination {
    let file = FileName.path(path)
    var rest = path
    // The directory of the last link: the base of relative links.
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

  /// The status of the file at a destination, links not followed; nil if there is none.
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
      // Not a link, or no file.
      return nil
    } catch {
      throw .system(SystemError(action: .resolveLink, file: file, errno: error))
    }
  }

  /// Syncs a directory, and with it the name of a file.
  func sync(_ directory: OpenDirectory, of file: FileName) throws(FileError) {
    guard directory.isReadable else { return }
    do throws(Errno) {
      try retrying { calls throws(Errno) in try calls.sync(directory.descriptor.number) }
    } catch {
      // Some file systems cannot sync directories.
      guard error == .invalidArgument || error == .notSupported else {
        throw .system(SystemError(action: .syncDirectory, file: file, errno: error))
      }
    }
  }

  /// - Parameter flags: Flags for `open` besides the access mode.
  func openDirectory(
    _ path: FilePath, in parent: Int32, _ file: FileName, flags: Int32 = 0
  ) throws(FileError) -> OpenDirectory {
    try attempt(.openDirectory, file) { _ throws(Errno) in
      do throws(Errno) {
        return try openDirectory(path, in: parent, flags: O_RDONLY | flags, isReadable: true)
      } catch .permissionDenied {
        // In a drop box, files can be created, but not listed.
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
