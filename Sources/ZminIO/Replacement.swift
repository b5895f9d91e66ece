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
  let file: FileName
  let access: FileAccess

  /// Puts the file in its place. Whatever fails before the rename leaves the destination as it was.
  consuming func commit(_ policy: SyncPolicy) throws(FileError) {
    let number = temporary.descriptor.number
    if let replaced { try access.copyAttributes(of: replaced, to: number, file) }
    let isSynced = policy == .always || (policy == .automatic && replaced != nil)
    if isSynced { try access.attempt(.sync, file) { calls throws(Errno) in try calls.sync(number) } }
    do throws(Errno) {
      try temporary.descriptor.flush()
    } catch {
      throw .system(SystemError(action: .close, file: file, errno: error))
    }
    if isInPlace { try checkUnchanged() }
    try temporary.rename(to: destination.path, file)
    if isSynced { try syncDirectory() }
  }

  private func checkUnchanged() throws(FileError) {
    guard let replaced, let number = replaced.number else { return }
    let now = try access.attempt(.inspect, file) { calls throws(Errno) in FileStatus(try calls.status(of: number)) }
    let named = try access.statusIfPresent(of: destination, file)
    guard now.hasSameContents(as: replaced.status), named?.identity == now.identity else {
      throw .inputChanged(file)
    }
  }

  private func syncDirectory() throws(FileError) {
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
