import SystemPackage

// A look at a name and a rename over it are two steps, and a save by another program between them would be lost. So the
// new file is exchanged with what stands under the name, and what came out is looked at:
//
//     before            a.json = input    .zmin-RANDOM-a.json.tmp  = output
//     rename            a.json = input    .zmin-RANDOM-a.json.kept = output
//     exchange          a.json = output   .zmin-RANDOM-a.json.kept = input, or a save of the last moment
//     the input: remove it
//     a save:    exchange again, so that it is back under its name, and remove the output
//
// A process killed between two steps leaves the old file, the new one or the save under the final name. The kept file
// may then be the only copy of a save, so that only this code removes it, and only what it has seen to be the unchanged
// input or its own unchanged output.
extension Replacement {
  /// How often names are exchanged if there is a new save each time.
  private static let exchangesMax = 16

  /// Gives the temporary the name of the input that it replaces, unless that is not the file that was read.
  ///
  /// - Parameter input: The status of the input when it was opened.
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

  /// Whether the exchange may change the identity of a file by itself: on overlayfs it copies a file with several names
  /// from the lower layer to the upper one, where it gets another number.
  private func isOverlaid(_ input: FileStatus) -> Bool {
    guard input.linkCount > 1 else { return false }
    return (try? access.calls.fileSystemType(of: temporary.descriptor.number)) == Self.overlayFileSystem
  }

  /// Falls back to a look and a rename where the file system cannot exchange names.
  private mutating func replaceWithoutExchange(after error: Errno, _ output: FileStatus) throws(FileError) {
    switch error {
    case .invalidArgument, .noFunction, .notSupported, .notPermitted:
      // EPERM: a sandbox that does not know the call. If the rename is not permitted either, it says so.
      temporary.isOwn = true
      access.noteNoExchange(on: destination.directory)
      try checkUnchanged()
      try temporary.rename(to: destination.path, file)
    default:
      // A network file system may have done what it reports as failed.
      temporary.isOwn = (try? temporary.statusUnderName(file))?.hasSameBytes(as: output) == true
      if !temporary.isOwn { throw .saveKept(file, temporary.name) }
      // The name is gone.
      if error == .noSuchFileOrDirectory { throw .inputChanged(file) }
      throw .system(SystemError(action: .replace, file: file, errno: error))
    }
  }

  /// Puts back what was saved under the name of the input. If there is a newer save by then, that one keeps the name,
  /// and the older one the name of a kept file.
  ///
  /// - Parameters:
  ///   - save: The status of what came out; nil if it cannot be told.
  ///   - output: The status of the output when it was put under the name.
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
  /// Whether this is the input, unchanged but for its names: a rename sets the time of the last change of the status, and
  /// other names of the file may have gone to outputs of their own.
  fileprivate func isReplaced(_ input: FileStatus) -> Bool {
    hasSameBytes(as: input) && mode == input.mode && user == input.user && group == input.group
      && linkCount <= input.linkCount
  }

  /// Whether this is the same file, and nobody wrote to it as far as its size and time tell.
  fileprivate func hasSameBytes(as other: FileStatus) -> Bool {
    identity == other.identity && size == other.size && modificationTime == other.modificationTime
  }
}
