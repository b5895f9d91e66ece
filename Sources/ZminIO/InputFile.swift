import Glibc
package import SystemPackage

/// A file that is read, or standard input.
package struct InputFile: ~Copyable, Sendable {
  /// How messages name it.
  package let file: FileName
  /// What the system said about it when it was opened, or after a wait of one tick if it had just been written.
  package let status: FileStatus
  /// Bytes that ``read(into:)`` has given so far.
  package private(set) var bytesRead: Int64 = 0
  let access: FileAccess
  /// Where it was opened, if that is held open.
  let place: Destination?
  private let descriptor: Descriptor
  /// Whether every read waits for bytes first, so that it can be interrupted.
  private let isWaitedFor: Bool
  /// Whether reading began again from the start, and goes by places from then on.
  private var isRewound = false
  /// Whether the end was met by a read that had bytes to give before it.
  private var isAtEnd = false
  /// Whether a read said that nothing follows.
  private var hasSeenEnd = false
  /// Whether a later change shows in the status.
  private let isSettled: Bool
  /// An error that was met behind bytes that were given.
  private var errorBehind: FileError?
  /// How far the file was dropped from the page cache.
  private var droppedEnd: Int64 = 0

  /// What the system reads ahead by itself: smaller files need no advice.
  private static let readAheadBytes: Int64 = 128 << 10

  /// Opens a file for reading. A FIFO's writer is waited for by the first read, not here.
  ///
  /// - Throws: ``FileError/system(_:)``; a directory is the error `EISDIR`.
  package init(_ path: FilePath, using access: FileAccess = FileAccess()) throws(FileError) {
    let file = FileName.path(path)
    let descriptor: Descriptor
    do throws(Errno) {
      // Without O_NONBLOCK, opening a FIFO would wait for its writer where nothing can interrupt it.
      descriptor = try access.open(path, flags: O_RDONLY | O_NONBLOCK)
    } catch {
      throw .system(SystemError(action: .open, file: file, errno: error))
    }
    try self.init(descriptor, file, isNonBlocking: true, using: access)
  }

  /// Opens what stands at a place, which must be no symbolic link.
  ///
  /// - Throws: As ``init(_:using:)``.
  package init(_ place: DirectoryEntryReference, using access: FileAccess) throws(FileError) {
    let file = FileName.path(place.path)
    let descriptor: Descriptor
    do throws(Errno) {
      descriptor = try access.open(
        place.destination.path, in: place.destination.directory.descriptor.number,
        flags: O_RDONLY | O_NONBLOCK | O_NOFOLLOW)
    } catch {
      if error == .tooManySymbolicLinkLevels { throw .refused(file, .symbolicLink) }
      throw .system(SystemError(action: .open, file: file, errno: error))
    }
    try self.init(descriptor, file, at: place.destination, isNonBlocking: true, using: access)
  }

  /// Standard input, which stays open.
  ///
  /// - Throws: ``FileError/system(_:)``, also if it is closed or a directory.
  package static func standardInput(using access: FileAccess = FileAccess()) throws(FileError) -> InputFile {
    let descriptor = Descriptor(number: STDIN_FILENO, calls: access.calls, isLent: true)
    return try InputFile(descriptor, .standardInput, isNonBlocking: false, using: access)
  }

  init(
    _ descriptor: consuming Descriptor, _ file: FileName, at place: Destination? = nil, isNonBlocking: Bool,
    using access: FileAccess
  ) throws(FileError) {
    let (status, isSettled) = try access.settledStatus(of: descriptor, file)
    // It was a file when it was listed. A FIFO that somebody puts there would be waited for, for ever maybe.
    if place != nil, status.kind != .regular { throw .inputChanged(file) }
    if status.kind == .directory {
      throw .system(SystemError(action: .read, file: file, errno: .isDirectory))
    }
    if status.kind == .regular, status.size > Self.readAheadBytes {
      // Advice only: a file system that takes none reads as well without.
      try? access.calls.adviseSequentialReading(descriptor.number)
    }
    if status.kind == .fifo { access.widenPipe(descriptor.number) }
    self.file = file
    self.status = status
    self.isSettled = isSettled
    self.access = access
    // A FIFO opened here gives "end" until its first writer comes, so it must be waited for in any case.
    isWaitedFor = status.kind != .regular && (isNonBlocking || access.interruption != nil)
    self.descriptor = descriptor
    self.place = place
  }

  /// Reads what comes next: from a regular file as much as fits unless the end comes, so that windows fall on the same
  /// bytes in every run; from anything else what is there, waiting for the first byte.
  ///
  /// - Returns: The number of bytes, 0 only at the end.
  /// - Throws: ``FileError/system(_:)`` or ``FileError/interrupted(_:)``.
  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    try read(into: buffer, fillsFromPipes: false)
  }

  /// Reads as ``read(into:)`` does, but from a pipe, too, as much as fits, as far as it is there: waits for the first
  /// byte and for no other. Records of a slow writer are so not held back, and a buffer of a fast one's is full.
  ///
  /// - Returns: The number of bytes, 0 only at the end.
  /// - Throws: ``FileError/system(_:)`` or ``FileError/interrupted(_:)``.
  package mutating func readAvailable(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    try read(into: buffer, fillsFromPipes: true)
  }

  private mutating func read(
    into buffer: UnsafeMutableRawBufferPointer, fillsFromPipes: Bool
  ) throws(FileError) -> Int {
    if let error = errorBehind.take() { throw error }
    if isAtEnd { return 0 }
    var filled = 0
    do throws(FileError) {
      var goesOn = true
      while goesOn {
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
        let count = try readOnce(into: rest, at: bytesRead + Int64(filled))
        if count == 0 {
          // A terminal tells it once only, and a file need not be asked twice.
          isAtEnd = filled > 0
          hasSeenEnd = true
          break
        }
        filled += count
        goesOn = filled < buffer.count
        if goesOn { goesOn = try hasMore(fillsFromPipes: fillsFromPipes) }
      }
    } catch {
      // What came before it may have an error of its own, which is the first then, and may be all that there is of a
      // record: a pipe does not give it again.
      guard filled > 0 else { throw error }
      errorBehind = error
    }
    bytesRead += Int64(filled)
    access.counter?.add(filled)
    droppedEnd = dropBehind(from: droppedEnd, to: bytesRead)
    return filled
  }

  /// Whether a read would not wait, now or within that time.
  ///
  /// - Throws: As ``FileAccess/isReadable(_:_:milliseconds:)``.
  package func isReady(withinMilliseconds milliseconds: Int32) throws(FileError) -> Bool {
    if status.kind == .regular || isAtEnd || errorBehind != nil { return true }
    return try access.isReadable(descriptor.number, file, milliseconds: milliseconds)
  }

  /// Whether to go on reading before what was read is handed on.
  private func hasMore(fillsFromPipes: Bool) throws(FileError) -> Bool {
    if status.kind == .regular { return true }
    if !fillsFromPipes { return false }
    return try access.isReady(for: POLLIN, on: descriptor.number, file)
  }

  /// Drops what is done with from the page cache, a step at a time, where such a file does not stay.
  ///
  /// - Parameters:
  ///   - start: How far it was dropped before.
  ///   - end: How far it is done with.
  /// - Returns: How far it is dropped now.
  package func dropBehind(from start: Int64, to end: Int64) -> Int64 {
    // By whole steps, as the cache holds large files in pieces of up to 2 MiB and drops none of which it keeps a part.
    let end = end / PageCachePolicy.stepBytes * PageCachePolicy.stepBytes
    guard end > start, case .path = file,
      access.pageCache.dropsBehind(sizeBytes: status.knownSize, doneBytes: end)
    else { return start }
    try? access.calls.dropCache(of: descriptor.number, from: start, byteCount: end - start)
    return end
  }

  private func readOnce(
    into buffer: UnsafeMutableRawBufferPointer, at place: Int64
  ) throws(FileError) -> Int {
    try access.interruption?.check()
    if isWaitedFor { _ = try access.isReadable(descriptor.number, file, milliseconds: -1) }
    while true {
      do throws(Errno) {
        let (number, isRewound) = (descriptor.number, isRewound)
        return try access.retrying { calls throws(Errno) in
          isRewound ? try calls.read(number, into: buffer, at: place) : try calls.read(number, into: buffer)
        }
      } catch {
        // Another reader was faster, or standard input was handed over in this mode.
        guard error == .wouldBlock else { throw .system(SystemError(action: .read, file: file, errno: error)) }
        _ = try access.isReadable(descriptor.number, file, milliseconds: -1)
      }
    }
  }

  /// Goes back to the start, so that ``read(into:)`` gives the file once more. Regular files opened by name only.
  package mutating func rewind() {
    precondition(status.kind == .regular, "only a regular file has a start to go back to")
    isRewound = true
    bytesRead = 0
    droppedEnd = 0
    errorBehind = nil
    isAtEnd = false
    hasSeenEnd = false
  }

  /// Reads from a given place of a regular file, and leaves the place of ``read(into:)`` alone. Several threads may.
  ///
  /// - Returns: The number of bytes: as much as fits, less only at the end and before what cannot be read.
  /// - Throws: ``FileError/system(_:)`` or ``FileError/interrupted(_:)``, if not one byte can be read.
  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
    precondition(status.kind == .regular, "only a regular file has places")
    let number = descriptor.number
    var filled = 0
    do throws(FileError) {
      while filled < buffer.count {
        try access.interruption?.check()
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
        let place = offset + Int64(filled)
        let count = try access.attempt(.read, file) { calls throws(Errno) in
          try calls.read(number, into: rest, at: place)
        }
        if count == 0 { break }
        filled += count
      }
    } catch {
      // Whoever asks for what follows gets it again.
      guard filled > 0, access.interruption?.reason == nil else { throw error }
    }
    access.counter?.add(filled)
    return filled
  }

  /// Checks, after the last read, that the file is still what it was when it was opened. What is not a regular file
  /// passes.
  ///
  /// The size of some files is a guess, in `/sys` for example: they are read up to where a read says that nothing follows,
  /// and if their status stays as it was, this is their end. A file that another process truncates has another status.
  ///
  /// - Parameter isReadToEnd: Whether what ``read(into:)`` gave must be all of it, as it need not be where the reader
  ///   stopped at an error of the input.
  /// - Throws: ``FileError/inputChanged(_:)`` or ``FileError/system(_:)``.
  package func checkUnchanged(isReadToEnd: Bool = true) throws(FileError) {
    guard status.kind == .regular else { return }
    guard isSettled, try access.status(of: descriptor, file).hasSameContents(as: status) else {
      throw .inputChanged(file)
    }
    // Standard input may have been handed over in the middle of its file.
    guard isReadToEnd, case .path = file, let size = status.knownSize, bytesRead != 0 else { return }
    if bytesRead != size, !hasSeenEnd { throw .inputChanged(file) }
  }

  /// Checks, after it was read to its end, that the file gave as many bytes as its status says, so that nothing is lost
  /// if they are replaced.
  ///
  /// - Throws: ``FileError/refused(_:_:)``.
  package func checkReadInFull() throws(FileError) {
    // Read by offsets it was read up to its size, or not at all.
    if bytesRead != 0, bytesRead != status.size { throw .refused(file, .unknownSize) }
  }

  /// Whether the size is that of the contents, so that any part can be read by its offset. A small file may be one that
  /// its file system makes up on reading, with a size that is a guess.
  package var hasStoredSize: Bool {
    guard status.knownSize != nil else { return false }
    return status.size > MadeUpFiles.sizeBytesMax || !MadeUpFiles.isMadeUp(descriptor.number, using: access)
  }

  /// The status with all that the permissions of a new output depend on.
  package var statusForMode: FileStatus { access.statusForMode(status, of: descriptor.number) }

  /// A second descriptor of the same open file.
  func duplicateDescriptor() throws(FileError) -> Descriptor {
    let number = descriptor.number
    return Descriptor(
      number: try access.attempt(.open, file) { calls throws(Errno) in try calls.duplicate(number) },
      calls: access.calls)
  }
}
