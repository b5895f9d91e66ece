import Glibc
import SystemPackage

/// A temporary file and the destination whose place it takes.
struct Replacement: ~Copyable, Sendable {
  var temporary: TemporaryFile
  let destination: Destination
  /// Nil if the destination is new.
  let replaced: ReplacedFile?
  /// Whether the destination is the input, so that a change to it is an error.
  let isInPlace: Bool
  /// Whether it replaces only what stood there when it was begun.
  var isExclusive = false
  let file: FileName
  let access: FileAccess

  /// Puts the file in its place. Whatever fails before the rename leaves the destination as it was.
  consuming func commit(_ policy: SyncPolicy) throws(FileError) {
    try copyAttributes()
    let isSynced = isSynced(policy)
    if isSynced { try sync() }
    try flush()
    try rename()
    if isSynced { try syncDirectory() }
  }

  /// Puts the file in its place if nothing has it, and brings it to the disk; false if something has.
  consuming func publish() throws(FileError) -> Bool {
    try sync()
    try flush()
    do throws(Errno) {
      try temporary.link(as: destination.path)
    } catch .fileExists {
      return false
    } catch {
      throw .system(SystemError(action: .publish, file: file, errno: error))
    }
    try syncDirectory()
    return true
  }

  // MARK: Steps

  /// Whether it is brought to the disk.
  func isSynced(_ policy: SyncPolicy) -> Bool {
    policy == .always || (policy == .automatic && replaced != nil)
  }

  /// Gives the temporary what it is to keep of the file that it replaces.
  func copyAttributes() throws(FileError) {
    if let replaced { try access.copyAttributes(of: replaced, to: temporary.descriptor.number, file) }
  }

  /// Brings the temporary to the disk.
  func sync() throws(FileError) {
    let number = temporary.descriptor.number
    try access.attempt(.sync, file) { calls throws(Errno) in try calls.sync(number) }
  }

  /// Has the system say what closing would say.
  func flush() throws(FileError) {
    do throws(Errno) {
      try temporary.descriptor.flush()
    } catch {
      throw .system(SystemError(action: .close, file: file, errno: error))
    }
  }

  /// Gives the temporary its final name, unless what it replaces in place is not what it was.
  mutating func rename() throws(FileError) {
    if isInPlace { try checkUnchanged() }
    if isExclusive { try checkNotMadeMeanwhile() }
    try temporary.rename(to: destination.path, file)
  }

  /// In one look, so that nothing comes between the look at the name and that at what it names. What comes between the
  /// look and the rename is lost: the system has no way to do both at once.
  private func checkUnchanged() throws(FileError) {
    guard let replaced else { return }
    guard let named = try access.statusIfPresent(of: destination, file), named.identity == replaced.status.identity,
      named.hasSameContents(as: replaced.status)
    else { throw .inputChanged(file) }
  }

  /// Two inputs may have one output without anybody knowing it by their names, where the file system folds these.
  private func checkNotMadeMeanwhile() throws(FileError) {
    guard let named = try access.statusIfPresent(of: destination, file) else { return }
    if named.identity != replaced?.status.identity { throw .refused(file, .madeMeanwhile) }
  }

  /// Brings the name to the disk.
  func syncDirectory() throws(FileError) {
    guard destination.directory.isReadable else { return }
    do throws(Errno) {
      try access.retrying { calls throws(Errno) in try calls.sync(destination.directory.descriptor.number) }
    } catch {
      // Some file systems have no sync for directories.
      guard error == .invalidArgument || error == .notSupported else {
        throw .system(SystemError(action: .syncDirectory, file: file, errno: error))
      }
    }
  }
}
