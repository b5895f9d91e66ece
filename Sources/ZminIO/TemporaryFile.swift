import Glibc
import SystemPackage

/// A locked file that is written beside its destination. It is removed with its owner unless it was renamed.
struct TemporaryFile: ~Copyable, Sendable {
  /// The most attempts. Names are random: so many collisions are an attack.
  private static let attemptsMax = 100

  let descriptor: Descriptor
  /// The current name.
  private(set) var name: FilePath
  /// True while the file called ``name`` is known to be this one, so that it may be removed.
  var isOwn = true
  private let directory: OpenDirectory
  private let access: FileAccess

  private init(descriptor: consuming Descriptor, name: FilePath, directory: OpenDirectory, access: FileAccess) {
    self.descriptor = descriptor
    self.name = name
    self.directory = directory
    self.access = access
  }

  deinit {
    // The name goes before the descriptor is closed, which releases the lock.
    if isOwn { try? access.calls.unlink(name, in: directory.descriptor.number) }
    access.temporaries.remove(name)
  }

  /// Creates an empty file beside `destination`.
  ///
  /// - Parameter mode: The permissions at its creation, less the umask.
  static func make(
    beside destination: Destination, mode: mode_t, _ file: FileName, using access: FileAccess
  ) throws(FileError) -> TemporaryFile {
    for _ in 0..<attemptsMax {
      if let made = try makeOnce(beside: destination, mode: mode, file, using: access) { return made }
    }
    throw .system(SystemError(action: .create, file: file, errno: .fileExists))
  }

  /// Tries once; nil if the name was taken, or another run removed the file as stale before it was locked.
  private static func makeOnce(
    beside destination: Destination, mode: mode_t, _ file: FileName, using access: FileAccess
  ) throws(FileError) -> TemporaryFile? {
    let directory = destination.directory
    let name = TemporaryName.random(for: destination.name)
    let descriptor: Descriptor
    do throws(Errno) {
      descriptor = try access.open(
        name, in: directory.descriptor.number, flags: O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, mode: mode)
    } catch {
      if error == .fileExists { return nil }
      throw .system(SystemError(action: .create, file: file, errno: error))
    }
    let made = TemporaryFile(descriptor: descriptor, name: name, directory: directory, access: access)
    guard access.temporaries.add(name, in: directory) else {
      throw .interrupted(access.interruption?.reason ?? .cancelled)
    }
    guard try made.lock(file) else { return nil }
    return made
  }

  /// Takes the lock.
  ///
  /// - Returns: False if another run has locked or removed the file.
  private func lock(_ file: FileName) throws(FileError) -> Bool {
    do throws(Errno) {
      let number = descriptor.number
      try access.retrying { calls throws(Errno) in try calls.lock(number, exclusively: true) }
    } catch {
      switch error {
      case .wouldBlock: return false
      // Some network file systems do not support locks. Stale temporaries are not removed there either.
      case .noFunction, .noLocks, .notSupported, .invalidArgument: break
      default: throw .system(SystemError(action: .lock, file: file, errno: error))
      }
    }
    let opened = try access.status(of: descriptor, file)
    do throws(Errno) {
      let named = try access.retrying { calls throws(Errno) in
        FileStatus(try calls.status(of: name, in: directory.descriptor.number, followingLinks: false))
      }
      return named.identity == opened.identity
    } catch .noSuchFileOrDirectory {
      return false
    } catch {
      throw .system(SystemError(action: .inspect, file: file, errno: error))
    }
  }

  /// Returns true if the file system also finds the file by the name of a temporary for `target`, because it takes both
  /// names for one.
  func isFound(byNameFor target: FilePath.Component, _ file: FileName) throws(FileError) -> Bool {
    let sibling = TemporaryName.sibling(of: name, for: target)
    guard sibling != name, let component = sibling.lastComponent else { return false }
    let found = try access.statusIfPresent(of: Destination(directory: directory, name: component), file)
    return try found?.identity == access.status(of: descriptor, file).identity
  }

  /// Gives the file a second name, if it is free.
  func link(as newName: FilePath) throws(Errno) {
    let (name, directory) = (name, directory)
    try access.retrying { calls throws(Errno) in
      try calls.link(name, as: newName, in: directory.descriptor.number)
    }
  }

  /// Gives the file its final name, and replaces the file that has it. It stays locked until its owner ends.
  mutating func rename(to newName: FilePath, _ file: FileName) throws(FileError) {
    let (name, directory) = (name, directory)
    try access.attempt(.replace, file) { calls throws(Errno) in
      try calls.rename(name, to: newName, in: directory.descriptor.number)
    }
    isOwn = false
  }

  // MARK: Exchanging names

  /// Takes the name of a kept file, which other runs do not remove.
  mutating func keep(_ file: FileName) throws(FileError) {
    let (name, directory, kept) = (name, directory, TemporaryName.kept(name))
    // Before the rename, as the file of the new name may be a save a moment later.
    access.temporaries.remove(name)
    try access.attempt(.replace, file) { calls throws(Errno) in
      try calls.rename(name, to: kept, in: directory.descriptor.number)
    }
    self.name = kept
  }

  /// Exchanges names with the file that has the other name.
  mutating func exchange(with other: FilePath) throws(Errno) {
    let (name, directory) = (name, directory)
    isOwn = false
    try access.retrying { calls throws(Errno) in
      try calls.exchange(name, with: other, in: directory.descriptor.number)
    }
  }

  /// The status of whichever file has the name of this one.
  func statusUnderName(_ file: FileName) throws(FileError) -> FileStatus {
    let (name, directory) = (name, directory)
    return try access.attempt(.inspect, file) { calls throws(Errno) in
      FileStatus(try calls.status(of: name, in: directory.descriptor.number, followingLinks: false))
    }
  }

  /// Removes the replaced file, which has the name of this one. A failure is noted for the report.
  func removeReplaced(_ file: FileName) {
    let (name, directory) = (name, directory)
    do throws(Errno) {
      try access.retrying { calls throws(Errno) in try calls.unlink(name, in: directory.descriptor.number) }
    } catch {
      access.keptFiles.add(KeptFile(file: file, name: name, origin: .replacedFile))
    }
  }
}
