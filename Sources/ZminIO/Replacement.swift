import Glibc
import SystemPackage

/// The single steps that give a temporary file its final name. ``PendingOutput`` has their order.
struct Replacement: ~Copyable, Sendable {
  var temporary: TemporaryFile
  let destination: Destination
  /// Nil if the destination is new.
  let replaced: ReplacedFile?
  /// Whether the destination is the input, so that a change to it is an error.
  let isInPlace: Bool
  /// Set if it replaces only what stood there when it was begun.
  let isExclusive: Bool
  /// Set if nobody else may open the temporary before it has its mode.
  let isPrivate: Bool
  let file: FileName
  let access: FileAccess

  /// Whether it is brought to the disk.
  func isSynced(_ policy: SyncPolicy) -> Bool {
    policy == .always || (policy == .automatic && replaced != nil)
  }

  /// Gives the temporary what it is to keep of the file that it replaces, or the mode of a new file.
  func setAttributes(_ mode: OutputMode) throws(FileError) {
    let number = temporary.descriptor.number
    if let replaced {
      try access.copyAttributes(of: replaced, to: number, file)
    } else if isPrivate || mode.isLimited {
      try access.setMode(mode, of: number, file)
    }
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
    if isInPlace, let replaced { return try exchange(with: replaced.status) }
    if isExclusive { try checkNotMadeMeanwhile() }
    try temporary.rename(to: destination.path, file)
  }

  /// In one look, so that nothing comes between the look at the name and that at what it names.
  func checkUnchanged() throws(FileError) {
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

  /// Gives the temporary its final name unless another file has it.
  ///
  /// - Returns: False if another file has it.
  func link() throws(FileError) -> Bool {
    do throws(Errno) {
      try temporary.link(as: destination.path)
      return true
    } catch .fileExists {
      return false
    } catch {
      throw .system(SystemError(action: .publish, file: file, errno: error))
    }
  }

  /// Brings the name to the disk.
  func syncDirectory() throws(FileError) { try access.sync(destination.directory, of: file) }
}
