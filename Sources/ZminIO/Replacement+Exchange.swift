import SystemPackage

// A check of a name and a rename over it are two steps. A save by another program between them would be lost. So the
// new file is exchanged with the file of that name, and the file that came out is checked:
//
//     before            a.json = input    .zmin-RANDOM-a.json.tmp  = output
//     rename            a.json = input    .zmin-RANDOM-a.json.kept = output
//     exchange          a.json = output   .zmin-RANDOM-a.json.kept = input, or a late save
//     the input: remove it
//     a late save: exchange again, so that it has its name back, and remove the output
//
// A process that is killed between two steps leaves the old file, the new one or the save under the final name. The
// kept file may be the only copy of a save. So only this code removes it, and only if it is known to be the unchanged
// input or its own unchanged output.
extension Replacement {
  /// The most exchanges if each meets a new save.
  private static let exchangesMax = 16

  /// Gives the temporary the name of the input that it replaces, unless that file has changed since it was read.
  ///
  /// - Parameter input: The status of the input at opening.
  /// - Throws: ``FileError/inputChanged(_:)``, ``FileError/saveKept(_:_:)``, ``FileError/system(_:)``.
  mutating func exchange(with input: FileStatus) throws(FileError) {
    try checkUnchanged()
    guard access.canExchange(on: destination.directory), !isOverlaid(input) else {
      return try temporary.rename(to: destination.path, file)
    }
    let output = try access.status(of: temporary.descriptor, file)
    try temporary.keep(file)
    do throws(Errno) {
      try temporary.exchange(with: destination.path)
    } catch {
      return try replaceWithoutExchange(after: error, output)
    }
    let found = Result { () throws(FileError) in try temporary.statusUnderName(file) }
    if case .success(let status) = found, status.isReplaced(input) { return temporary.removeReplaced(file) }
    try putBack(try? found.get(), for: output)
    _ = try found.get()
    throw .inputChanged(file)
  }

  /// `OVERLAYFS_SUPER_MAGIC`.
  private static let overlayFileSystem = 0x794c_7630

  /// Returns true if the exchange itself may change the identity of a file. Overlayfs copies a file with several names
  /// from the lower layer to the upper one, where it gets another inode.
  private func isOverlaid(_ input: FileStatus) -> Bool {
    guard input.linkCount > 1 else { return false }
    return (try? access.calls.fileSystemType(of: temporary.descriptor.number)) == Self.overlayFileSystem
  }

  /// Falls back to a check and a rename if the file system cannot exchange names.
  private mutating func replaceWithoutExchange(after error: Errno, _ output: FileStatus) throws(FileError) {
    switch error {
    case .invalidArgument, .noFunction, .notSupported, .notPermitted:
      // EPERM comes from a sandbox that does not know the call. A rename that is not permitted either fails by itself.
      temporary.isOwn = true
      access.noteNoExchange(on: destination.directory)
      try checkUnchanged()
      try temporary.rename(to: destination.path, file)
    default:
      // A network file system may have done a call that it reports as failed.
      temporary.isOwn = (try? temporary.statusUnderName(file))?.hasSameBytes(as: output) == true
      if !temporary.isOwn { throw .saveKept(file, temporary.name) }
      // The name is gone.
      if error == .noSuchFileOrDirectory { throw .inputChanged(file) }
      throw .system(SystemError(action: .replace, file: file, errno: error))
    }
  }

  /// Restores a save under the name of the input. If there is a newer save by then, the newer one keeps the name, and
  /// the older one stays as a kept file.
  ///
  /// - Parameters:
  ///   - save: The status of the file that came out; nil if it is unknown.
  ///   - output: The status of the output before the first exchange.
  private mutating func putBack(_ save: FileStatus?, for output: FileStatus) throws(FileError) {
    var kept = save
    var renamed: FileStatus?
    for _ in 0..<Self.exchangesMax {
      do throws(Errno) { try temporary.exchange(with: destination.path) } catch { break }
      guard let back = try? temporary.statusUnderName(file) else { break }
      if back.hasSameBytes(as: output) {
        temporary.isOwn = true
        return
      }
      // The older save came back: the newer one has the name.
      if back.identity == renamed?.identity { break }
      renamed = kept
      kept = back
    }
    throw .saveKept(file, temporary.name)
  }
}

extension FileStatus {
  /// Returns true if this is the input, unchanged except for its names. A rename sets the change time, and other names
  /// of the file may have been replaced by outputs of their own.
  fileprivate func isReplaced(_ input: FileStatus) -> Bool {
    hasSameBytes(as: input) && mode == input.mode && user == input.user && group == input.group
      && linkCount <= input.linkCount
  }

  /// Returns true if this is the same file, with the same size and modification time.
  fileprivate func hasSameBytes(as other: FileStatus) -> Bool {
    identity == other.identity && size == other.size && modificationTime == other.modificationTime
  }
}
