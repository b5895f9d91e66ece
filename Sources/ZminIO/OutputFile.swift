import Glibc
package import SystemPackage

/// The rule for syncing an output before it counts as written.
package enum SyncPolicy: Sendable {
  /// An output that replaces a file is synced: file, rename, directory. A new file is not.
  case automatic
  /// Always.
  case always
  /// Never.
  case never
}

/// An output: standard output, or a file that appears under its name when all of it is written, or not at all.
///
/// An output that ends without ``commit()`` leaves nothing behind.
package struct OutputFile: ~Copyable, Sendable {
  /// The name in messages.
  package let file: FileName
  /// Bytes written so far.
  package private(set) var bytesWritten: Int64 = 0
  private let access: FileAccess
  private let sync: SyncPolicy
  private let writing: Writing
  private var ending: Ending?
  /// The permissions of a new file.
  private var mode = OutputMode()
  /// An upper bound of the final size, nil if it is unknown.
  private var expectedBytes: Int64?
  /// The reserved disk space of a new file.
  private var reservation: DiskReservation?
  /// The write-back and page cache state of a regular file.
  private var behind: WriteBehind?

  /// True if the file gets its name when all of it is written. Direct writes cannot be undone.
  package var appearsWhole: Bool { writing.isNew }

  /// The way in which bytes are written.
  private struct Writing {
    let number: Int32
    /// True if every write waits for room first, so that it can be interrupted.
    var isWaitedFor = false
    /// The most bytes of one write.
    var pieceBytesMax = Int.max
    /// True if the file can be synced.
    var isRegular = true
    /// True for a new file that nobody else knows.
    var isNew = false
  }

  /// The end of the output.
  ///
  /// Internal, not private: other modules destroy it, and Swift 6.3.1 leaves the destructor of a private one out of
  /// release builds.
  enum Ending: ~Copyable, Sendable {
    case direct(Descriptor)
    case replacement(Replacement)
  }

  private init(
    _ file: FileName, _ writing: Writing, _ ending: consuming Ending, sync: SyncPolicy, using access: FileAccess
  ) {
    self.file = file
    self.access = access
    self.sync = sync
    self.writing = writing
    self.ending = consume ending
    if writing.isNew { reservation = DiskReservation(writing.number, using: access) }
    if writing.isRegular {
      behind = WriteBehind(writing.number, file, start: writing.isNew ? 0 : nil, using: access)
    }
  }

  /// Standard output, which stays open.
  ///
  /// - Throws: ``FileError/system(_:)``, also if it is closed.
  package static func standardOutput(
    using access: FileAccess = FileAccess(), sync: SyncPolicy = .automatic
  ) throws(FileError) -> OutputFile {
    try OutputFile(
      Descriptor(number: STDOUT_FILENO, calls: access.calls, isLent: true), .standardOutput, sync: sync, using: access)
  }

  /// Opens an output by its path. The path of a descriptor of this process, such as `/dev/stdout`, is that descriptor,
  /// which stays open. A symbolic link is followed. A file that is not regular is written directly, any other one
  /// through a temporary beside it.
  ///
  /// An existing file keeps its mode, extended attributes and, if permitted, owner. The umask and the directory
  /// determine the mode of a new file, unless it is made from files (see ``limitMode(to:)``).
  ///
  /// - Parameter isPrivate: True to keep a new file private while it is written, as a file that is made from files must
  ///   be.
  /// - Throws: ``FileError/system(_:)``; ``FileError/interrupted(_:)`` while a FIFO has no reader.
  package init(
    at path: FilePath, using access: FileAccess = FileAccess(), sync: SyncPolicy = .automatic, isPrivate: Bool = false
  ) throws(FileError) {
    let file = FileName.path(path)
    if let number = Self.ownDescriptor(named: path) {
      try self.init(Descriptor(number: number, calls: access.calls, isLent: true), file, sync: sync, using: access)
      return
    }
    let existing = try access.statusIfPresent(of: path)
    if let existing, existing.kind != .regular {
      let descriptor = try access.openDirectly(path, existing.kind)
      try self.init(descriptor, file, sync: sync, using: access)
      return
    }
    let destination = try access.resolve(path)
    let replaced = try access.openReplaced(destination, file)
    // A link through /proc may lead to a file without a name.
    if existing != nil && replaced == nil {
      throw .system(SystemError(action: .open, file: file, errno: .staleNFSFileHandle))
    }
    try self.init(
      beside: destination, replacing: replaced, isInPlace: false, isPrivate: isPrivate, file, sync: sync, using: access)
  }

  /// The descriptor of this process that a path such as `/dev/stdout` names, nil for other paths.
  ///
  /// It may be a file that others write to as well, so it is not replaced.
  static func ownDescriptor(named path: FilePath) -> Int32? {
    let name = path.string
    if name == "/dev/stdout" { return STDOUT_FILENO }
    if name == "/dev/stderr" { return STDERR_FILENO }
    for prefix in ["/dev/fd/", "/proc/self/fd/"] where name.hasPrefix(prefix) {
      return Int32(name.dropFirst(prefix.count))
    }
    return nil
  }

  /// The new file of a directory entry, made from a file: see ``limitMode(to:)``. A link or special file with that
  /// entry is refused, never followed or replaced. A file that gets the entry while the output is written is refused,
  /// too.
  ///
  /// - Throws: ``FileError/refused(_:_:)``, ``FileError/system(_:)``.
  package init(
    at entry: DirectoryEntryReference, using access: FileAccess, sync: SyncPolicy = .automatic
  ) throws(FileError) {
    let file = FileName.path(entry.path)
    switch try access.statusIfPresent(of: entry.destination, file)?.kind {
    case nil:
      try self.init(
        beside: entry.destination, replacing: nil, isInPlace: false, isExclusive: true, isPrivate: true, file,
        sync: sync, using: access)
    case .regular:
      let replaced = try access.openReplaced(entry.destination, file)
      try self.init(
        beside: entry.destination, replacing: replaced, isInPlace: false, isExclusive: true, isPrivate: true, file,
        sync: sync,
        using: access)
    case .symbolicLink: throw .refused(file, .outputLink)
    default: throw .refused(file, .notRegularFile)
    }
  }

  /// Begins the replacement of an input file.
  ///
  /// It keeps mode, extended attributes, access control list and, if permitted, owner. Call
  /// ``OpenedFile/checkUnchanged(after:isReadToEnd:)`` before ``commit()``, which sees a change but not a read that was
  /// too short.
  ///
  /// - Throws: ``FileError/refused(_:_:)``, ``FileError/inputChanged(_:)`` if another file has the name by now,
  ///   ``FileError/system(_:)``.
  package init(
    replacing input: OpenedFile, under rules: InPlaceRules = InPlaceRules(), sync: SyncPolicy = .automatic
  ) throws(FileError) {
    let (file, access) = (input.name, input.access)
    try input.checkReplaceable(under: rules)
    guard case .path(let path) = file else { throw .refused(file, .standardInput) }
    let destination = if let entry = input.entry { entry } else { try access.resolve(path) }
    guard try access.statusIfPresent(of: destination, file)?.identity == input.status.identity else {
      throw .inputChanged(file)
    }
    let descriptor = try input.duplicateDescriptor()
    let flags = access.flags(of: descriptor.number)
    let replaced = ReplacedFile(
      status: input.status, flags: flags, descriptor: descriptor, keepsTimes: rules.keepsTimes)
    try self.init(
      beside: destination, replacing: replaced, isInPlace: true, isPrivate: true, file, sync: sync, using: access)
  }

  private init(
    beside destination: Destination, replacing replaced: ReplacedFile?, isInPlace: Bool, isExclusive: Bool = false,
    isPrivate: Bool,
    _ file: FileName, sync: SyncPolicy, using access: FileAccess
  ) throws(FileError) {
    if let replaced {
      if replaced.flags & FileFlags.protecting != 0 { throw .refused(file, .protected) }
      if access.isMountPoint(destination) { throw .refused(file, .mountPoint) }
    }
    access.removeStaleTemporaries(of: destination, file)
    let isPrivate = isPrivate || replaced != nil
    // A file that is made from no file, and replaces none, is created like any new file, so that the umask and the
    // default access control list of the directory apply.
    let temporary = try TemporaryFile.make(
      beside: destination, mode: isPrivate ? FileAccess.privateMode : 0o666, file, using: access)
    let writing = Writing(number: temporary.descriptor.number, isNew: true)
    if let replaced { access.copyFlags(replaced.flags, to: writing.number) }
    let replacement = Replacement(
      temporary: temporary, destination: destination, replaced: replaced, isInPlace: isInPlace,
      isExclusive: isExclusive, isPrivate: isPrivate, file: file, access: access)
    self.init(file, writing, .replacement(replacement), sync: sync, using: access)
  }

  /// Makes an output that is written directly.
  init(
    _ descriptor: consuming Descriptor, _ file: FileName, sync: SyncPolicy, using access: FileAccess
  ) throws(FileError) {
    let kind = try access.status(of: descriptor, file).kind
    var writing = Writing(number: descriptor.number, isRegular: kind == .regular)
    if kind == .fifo { access.widenPipe(writing.number) }
    let isTerminal = kind == .characterDevice && access.calls.isTerminal(writing.number)
    let isSlow = kind == .fifo || kind == .socket || isTerminal
    if isSlow && access.interruption != nil {
      writing.isWaitedFor = true
      if kind == .fifo, let own = access.reopenNonBlocking(writing.number) {
        self.init(
          file, Writing(number: own.number, isWaitedFor: true, isRegular: false), .direct(own), sync: sync,
          using: access)
        return
      }
      // A pipe that poll reports as ready takes this many bytes without a wait.
      writing.pieceBytesMax = Int(PIPE_BUF)
    }
    self.init(file, writing, .direct(descriptor), sync: sync, using: access)
  }

  /// Announces that probably at most `byteCount` more bytes come. It makes writing them faster, and decides whether
  /// they stay in the page cache.
  package mutating func expect(byteCount: Int64) {
    expectedBytes = bytesWritten + byteCount
    reservation?.expect(byteCount: byteCount, after: bytesWritten)
  }

  /// Removes permissions that an input does not have from those that a new private output gets at its end.
  package mutating func limitMode(to input: FileStatus) { mode.limit(to: input) }

  /// Writes all of `bytes`. After a request to stop, a direct output writes as many as it can without waiting: a pipe
  /// does not return them again.
  ///
  /// - Throws: ``FileError/system(_:)``, ``FileError/brokenPipe(_:)`` or ``FileError/interrupted(_:)``. The number of
  ///   bytes that were written is then in ``bytesWritten``.
  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var rest = bytes
    reservation?.reserve(upTo: bytesWritten + Int64(bytes.count))
    while !rest.isEmpty {
      if writing.isNew { try access.interruption?.check() }
      if writing.isWaitedFor { try access.waitForRoom(writing.number, file) }
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(writing.pieceBytesMax))
      do throws(Errno) {
        let number = writing.number
        let count = try access.retrying { calls throws(Errno) in try calls.write(number, piece) }
        // A write of no bytes without an error would repeat for ever.
        if count == 0 { throw .ioError }
        bytesWritten += Int64(count)
        rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
      } catch .wouldBlock {
        try access.waitForRoom(writing.number, file)
      } catch .brokenPipe {
        throw .brokenPipe(file)
      } catch {
        throw .system(SystemError(action: .write, file: file, errno: error))
      }
    }
    if access.pageCache.dropsBehind(sizeBytes: expectedBytes, doneBytes: bytesWritten) {
      try behind?.follow(bytesWritten)
    }
  }

  /// Most bytes of one copy, so that a request to stop is heard in time.
  private static let copyBytes: Int64 = 64 << 20

  /// Writes all of a regular file, without its bytes passing through this program where the file systems can do that.
  ///
  /// - Throws: As ``write(_:)``; ``FileError/inputChanged(_:)`` if the file has fewer bytes than at its opening.
  package mutating func append(_ source: OpenedFile) throws(FileError) {
    let copiedBytes = writing.isNew ? try copy(source) : 0
    if copiedBytes < source.status.size { try appendThroughMemory(source, from: copiedBytes) }
  }

  /// Copies a file up to its end, or to where the system refuses: on another file system, or by an old kernel. What is
  /// wrong otherwise shows when the bytes are read and written.
  ///
  /// - Returns: The number of bytes copied.
  private mutating func copy(_ source: OpenedFile) throws(FileError) -> Int64 {
    let (from, to, size) = (source.descriptor.number, writing.number, source.status.size)
    var offset: Int64 = 0
    while offset < size {
      try access.interruption?.check()
      let (start, byteCount) = (offset, min(size - offset, Self.copyBytes))
      let count = try? access.retrying { calls throws(Errno) in
        try calls.copy(from, from: start, to: to, byteCount: byteCount)
      }
      guard let count, count > 0 else { break }
      offset += Int64(count)
      bytesWritten += Int64(count)
    }
    return offset
  }

  private mutating func appendThroughMemory(_ source: OpenedFile, from offset: Int64) throws(FileError) {
    let reader = FileReader(source)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 4096)
    defer { buffer.deallocate() }
    var offset = offset
    while offset < source.status.size {
      let rest = UnsafeMutableRawBufferPointer(
        rebasing: buffer.prefix(Int(min(source.status.size - offset, Int64(buffer.count)))))
      let count = try reader.read(into: rest, at: offset)
      if count == 0 { throw .inputChanged(source.name) }
      try write(UnsafeRawBufferPointer(rebasing: rest[..<count]))
      offset += Int64(count)
    }
  }

  /// Syncs a new file and drops it from the page cache, so that ``read(into:at:)`` asks the disk.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func prepareToReadBack() throws(FileError) {
    let number = writing.number
    try access.attempt(.sync, file) { calls throws(Errno) in try calls.sync(number) }
    // Some file systems take no advice, and the cache has what they were given.
    try? access.calls.dropCache(of: number, from: 0, byteCount: 0)
  }

  /// Reads written bytes of a new file.
  ///
  /// - Returns: The number of bytes, 0 only at the end.
  /// - Throws: ``FileError/system(_:)``, ``FileError/interrupted(_:)``.
  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
    try access.interruption?.check()
    let number = writing.number
    return try access.attempt(.read, file) { calls throws(Errno) in try calls.read(number, into: buffer, at: offset) }
  }

  /// Ends the output, and gives a new file its final name.
  ///
  /// - Throws: ``FileError/system(_:)`` or, in place, ``FileError/inputChanged(_:)``. The destination is then as it
  ///   was, unless the error is about syncing its directory.
  package consuming func commit() throws(FileError) {
    guard let pending = try prepare() else { return }
    try PendingOutput.commit([pending])[0].get()
  }

  /// Ends the output without its final name. ``PendingOutput/commit(_:)`` syncs and names many outputs at once.
  ///
  /// - Returns: The output; nil if it was written directly and has no other name.
  /// - Throws: As ``commit()``.
  package consuming func prepare() throws(FileError) -> PendingOutput? {
    reservation?.release(after: bytesWritten)
    switch ending.take() {
    case .replacement(let replacement): return try PendingOutput(replacement, sync, mode)
    case .direct(let descriptor): try finish(descriptor)
    case nil: break
    }
    return nil
  }

  /// Ends the output and gives it its name, unless another file has it by now.
  ///
  /// - Returns: False if another file has the name.
  /// - Throws: As ``commit()``.
  package consuming func publish() throws(FileError) -> Bool {
    guard let pending = try prepare() else { return true }
    return try pending.publish()
  }

  /// Ends the output and removes it. Direct writes stay.
  package consuming func abandon() {}

  private func finish(_ descriptor: borrowing Descriptor) throws(FileError) {
    let number = descriptor.number
    if sync == .always && writing.isRegular {
      try access.attempt(.sync, file) { calls throws(Errno) in try calls.sync(number) }
    }
    do throws(Errno) {
      try descriptor.flush()
    } catch {
      throw .system(SystemError(action: .close, file: file, errno: error))
    }
  }
}
