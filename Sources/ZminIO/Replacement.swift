import Glibc
import SystemPackage

/// The single steps that give a temporary file its final name. ``PendingOutput`` has their order.
struct Replacement: ~Copyable, Sendable {
  var temporary: TemporaryFile
  let destination: Destination
  /// The file with the final name; nil if there is none.
  let replaced: ReplacedFile?
  /// True if the destination is the input, so that a change to it is an error.
  let isInPlace: Bool
  /// True if it replaces only the file that had the name when it was begun.
  let isExclusive: Bool
  /// True if nobody else may open the temporary before it has its mode.
  let isPrivate: Bool
  let file: FileName
  let access: FileAccess

  /// Returns true if it is synced.
  func isSynced(_ policy: SyncPolicy) -> Bool {
    policy == .always || (policy == .automatic && replaced != nil)
  }

  /// Gives the temporary the attributes of the file that it replaces, or the mode of a new file.
  func setAttributes(_ mode: OutputMode) throws(FileError) {
    let number = temporary.descriptor.number
    if let replaced {
      try access.copyAttributes(of: replaced, to: number, file)
    } else if isPrivate || mode.isLimited {
      try access.setMode(mode, of: number, file)
    }
  }

  /// Syncs the temporary.
  func sync() throws(FileError) {
    let number = temporary.descriptor.number
    try access.attempt(.sync, file) { calls throws(Errno) in try calls.sync(number) }
  }

  /// Reports the error that closing would report.
  func flush() throws(FileError) {
    do throws(Errno) {
      try temporary.descriptor.flush()
    } catch {
      throw .system(SystemError(action: .close, file: file, errno: error))
    }
  }

  /// Gives the temporary its final name, unless the file that it replaces in place has changed.
  mutating func rename() throws(FileError) {
    if isInPlace, let replaced { return try exchange(with: replaced.status) }
    if isExclusive { try checkNotMadeMeanwhile() }
    try temporary.rename(to: destination.path, file)
  }

  /// Checks that the name still leads to the unchanged input. One call reads both, so that nothing comes between.
  func checkUnchanged() throws(FileError) {
    guard let replaced else { return }
    guard let named = try access.statusIfPresent(of: destination, file), named.identity == replaced.status.identity,
      named.hasSameContents(as: replaced.status)
    else { throw .inputChanged(file) }
  }

  /// Checks that no other file has got the name. Two inputs may have one output if the file system folds names.
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

  /// Syncs the directory, and with it the name.
  func syncDirectory() throws(FileError) { try access.sync(destination.directory, of: file) }
}
