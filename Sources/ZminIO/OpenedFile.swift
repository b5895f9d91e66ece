import Glibc
package import SystemPackage

/// An input that is open for reading, as it is on the disk: its name, its status and its stored size.
///
/// A file has two natures, and each has a type:
///
///     OpenedFile   identity: may it be replaced, was it changed, what stays in the page cache; stored bytes
///     FileReader   contents: a stream of the stored bytes
///
/// A decoder is one more stream over a ``FileReader``. It changes the bytes that are minified, and none of the
/// questions that this type answers.
package final class OpenedFile: Sendable {
  /// The name in messages.
  package let name: FileName
  /// The status at opening. For a file that had just been written, the status once its change time was settled.
  package let status: FileStatus
  let access: FileAccess
  let descriptor: Descriptor
  /// The directory entry that it was opened by, with its directory held open; nil if it was opened by a path.
  let entry: Destination?
  /// True if reads return at once where no bytes are there.
  let isNonBlocking: Bool
  /// True if any later change shows in the status.
  private let isSettled: Bool

  /// Opens a file for reading. The first read waits for the writer of a FIFO, opening does not.
  ///
  /// - Throws: ``FileError/system(_:)``; a directory is the error `EISDIR`.
  package convenience init(_ path: FilePath, using access: FileAccess = FileAccess()) throws(FileError) {
    let name = FileName.path(path)
    let descriptor: Descriptor
    do throws(Errno) {
      // Without O_NONBLOCK, opening a FIFO would wait for its writer where nothing can interrupt it.
      descriptor = try access.open(path, flags: O_RDONLY | O_NONBLOCK)
    } catch {
      throw .system(SystemError(action: .open, file: name, errno: error))
    }
    try self.init(descriptor, name, isNonBlocking: true, using: access)
  }

  /// Opens the regular file of a directory entry, which must be no symbolic link.
  ///
  /// - Throws: As ``init(_:using:)``; ``FileError/inputChanged(_:)`` if the entry is not a regular file any more.
  package convenience init(_ entry: DirectoryEntryReference, using access: FileAccess) throws(FileError) {
    let name = FileName.path(entry.path)
    let descriptor: Descriptor
    do throws(Errno) {
      descriptor = try access.open(
        entry.destination.path, in: entry.destination.directory.descriptor.number,
        flags: O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
    } catch {
      if error == .tooManySymbolicLinkLevels { throw .inputChanged(name) }
      throw .system(SystemError(action: .open, file: name, errno: error))
    }
    try self.init(descriptor, name, entry: entry.destination, isNonBlocking: true, using: access)
  }

  /// Standard input, which stays open.
  ///
  /// - Throws: ``FileError/system(_:)``, also if it is closed or a directory.
  package static func standardInput(using access: FileAccess = FileAccess()) throws(FileError) -> OpenedFile {
    let descriptor = Descriptor(number: STDIN_FILENO, calls: access.calls, isLent: true)
    return try OpenedFile(descriptor, .standardInput, isNonBlocking: false, using: access)
  }

  init(
    _ descriptor: consuming Descriptor, _ name: FileName, entry: Destination? = nil, isNonBlocking: Bool,
    using access: FileAccess
  ) throws(FileError) {
    let (status, isSettled) = try access.settledStatus(of: descriptor, name)
    // The entry was a regular file when it was listed. Reading a FIFO that replaced it could wait for ever.
    if entry != nil, status.kind != .regular { throw .inputChanged(name) }
    if status.kind == .directory {
      throw .system(SystemError(action: .read, file: name, errno: .isDirectory))
    }
    self.name = name
    self.status = status
    self.access = access
    self.descriptor = descriptor
    self.entry = entry
    self.isNonBlocking = isNonBlocking
    self.isSettled = isSettled
  }

  // MARK: Size

  /// The size on the disk in bytes; nil if the system does not know it.
  package var storedBytes: Int64? { status.knownSize }

  /// True if ``storedBytes`` is the size of the contents, so that any part can be read by its offset.
  ///
  /// A small file may be one that its file system generates when it is read, with a size that is a guess.
  package var hasReliableSize: Bool {
    guard storedBytes != nil else { return false }
    return status.size > MadeUpFiles.sizeBytesMax || !MadeUpFiles.isMadeUp(descriptor.number, using: access)
  }

  // MARK: Changes

  /// Checks, after the last read, that the file is still what it was at opening. Other kinds of files pass.
  ///
  /// The size of some files is a guess, in `/sys` for example. They are read until a read returns nothing, and if their
  /// status is unchanged, this is their end. A file that another process truncates has another status.
  ///
  /// - Parameters:
  ///   - extent: The extent to which it was read.
  ///   - isReadToEnd: False if the reader stopped at an error of the input, so that a part may be unread.
  /// - Throws: ``FileError/inputChanged(_:)`` or ``FileError/system(_:)``.
  package func checkUnchanged(after extent: ReadExtent, isReadToEnd: Bool = true) throws(FileError) {
    guard status.kind == .regular else { return }
    guard isSettled, try access.status(of: descriptor, name).hasSameContents(as: status) else {
      throw .inputChanged(name)
    }
    // Standard input may have been opened in the middle of its file.
    guard isReadToEnd, case .path = name, let storedBytes, extent.storedBytes != 0 else { return }
    if extent.storedBytes != storedBytes, !extent.hasSeenEnd { throw .inputChanged(name) }
  }

  /// Checks, after the file was read to its end, that all the bytes that its status promises were read. A replacement
  /// then loses nothing.
  ///
  /// - Throws: ``FileError/refused(_:_:)``.
  package func checkReadInFull(_ extent: ReadExtent) throws(FileError) {
    // A file that was read by offset was read up to its size.
    if extent.storedBytes != 0, extent.storedBytes != status.size { throw .refused(name, .unknownSize) }
  }

  // MARK: Page cache

  /// Drops bytes that are not needed any more from the page cache, in whole steps, if the policy drops such a file.
  ///
  /// - Parameters:
  ///   - start: The end of the bytes that were dropped before.
  ///   - end: The end of the bytes that are not needed any more.
  /// - Returns: The end of the bytes that are dropped now.
  package func dropBehind(from start: Int64, to end: Int64) -> Int64 {
    // The cache holds large files in pieces of up to 2 MiB and drops only whole pieces.
    let end = end / PageCachePolicy.stepBytes * PageCachePolicy.stepBytes
    guard end > start, case .path = name,
      access.pageCache.dropsBehind(sizeBytes: storedBytes, doneBytes: end)
    else { return start }
    try? access.calls.dropCache(of: descriptor.number, from: start, byteCount: end - start)
    return end
  }

  // MARK: Replacement

  /// The status, with the access control list that the permissions of a new output depend on.
  package var statusForMode: FileStatus { access.statusForMode(status, of: descriptor.number) }

  /// Opens a second descriptor of the same open file.
  func duplicateDescriptor() throws(FileError) -> Descriptor {
    let number = descriptor.number
    return Descriptor(
      number: try access.attempt(.open, name) { calls throws(Errno) in try calls.duplicate(number) },
      calls: access.calls)
  }
}

/// The extent to which an opened file was read in order.
package struct ReadExtent: Sendable {
  /// Stored bytes that were read; 0 if the file was read by offset only.
  package internal(set) var storedBytes: Int64 = 0
  /// True if a read returned no bytes.
  package internal(set) var hasSeenEnd = false

  package init() {}
}
