import Synchronization
package import SystemPackage

/// The file that bad lines are appended to, by any number of threads and processes at once.
///
/// An append takes the lock, looks at the last byte, and writes whole lines:
///
///     lock → last byte of FILE is no LF? write one → lines, each with its LF → unlock
///
/// So lines of two writers never mix, and a line that was cut off by a kill or a full disk joins no other. A FIFO, a
/// device or a descriptor of this process (`/dev/stderr`, `/dev/fd/3`) is written directly, without a lock.
///
/// Another process may move or remove the file. Under the lock, the open file is compared with the file of that name,
/// and reopened if they differ. Lines in a moved file stay there. Lines in a removed file are an error of
/// ``settle(isSynced:)``.
///
/// One writer at a time appends: ``beginAppend()``, ``append(_:)`` any number of times, ``endAppend()``.
package final class BadLineRecord: Sendable {
  /// Pauses between attempts to lock: no event reports that a lock is free.
  private static let lockPollMilliseconds: (first: Int32, last: Int32) = (1, 32)

  /// The most times that the file is reopened before one append.
  private static let reopeningsMax = 16

  package let path: FilePath
  private let access: FileAccess
  private let state = Mutex(State())

  private struct State: ~Copyable {
    /// A regular file; nil if it is not open, or written directly.
    var file: LineFile?
    var direct: OutputFile?
    /// True while a thread appends.
    var isTaken = false
    /// True if bytes that were written directly end in the middle of a line.
    var hasOpenLine = false
    var isNameSynced = false
    /// Permissions of a new file.
    var mode: OutputMode?
    /// True if lines were appended since the last ``settle(isSynced:)``.
    var hasUnsettledLines = false
    /// Earlier files of that name, with lines that are not settled.
    var movedFiles: [LineFile] = []
  }

  package init(_ path: FilePath, using access: FileAccess) {
    self.path = path
    self.access = access
  }

  private var name: FileName { .path(path) }

  /// Opens the file unless it is open, or creates it. Its contents stay.
  ///
  /// - Parameter mode: The permissions of a new file; nil to let only its owner use it.
  /// - Throws: ``FileError/system(_:)``; ``FileError/interrupted(_:)`` while a FIFO has no reader.
  package func open(mode: @autoclosure () -> OutputMode?) throws(FileError) {
    try state.withLock { state throws(FileError) in
      guard state.file == nil, state.direct == nil else { return }
      if let number = OutputFile.ownDescriptor(named: path) {
        let lent = Descriptor(number: number, calls: access.calls, isLent: true)
        state.direct = try OutputFile(lent, name, sync: .never, using: access)
      } else if let kind = try access.statusIfPresent(of: path)?.kind, kind != .regular {
        state.direct = try OutputFile(access.openDirectly(path, kind), name, sync: .never, using: access)
      } else {
        let mode = mode()
        state.mode = mode
        state.file = try LineFile(path, limitedTo: mode, using: access)
      }
    }
  }

  // MARK: Appending

  /// Waits for the exclusive right to append, and holds it until ``endAppend()``.
  ///
  /// - Throws: ``FileError/system(_:)``, also if the file system has no locks; ``FileError/interrupted(_:)``.
  package func beginAppend() throws(FileError) {
    var milliseconds = Self.lockPollMilliseconds.first
    while try !takeIfFree() {
      try pause(milliseconds)
      milliseconds = min(2 * milliseconds, Self.lockPollMilliseconds.last)
    }
    try endOpenLineOrAppend()
  }

  /// Begins to append as ``beginAppend()`` does, unless it would have to wait.
  ///
  /// - Returns: True if the caller may append.
  /// - Throws: ``FileError/system(_:)``.
  package func beginAppendIfFree() throws(FileError) -> Bool {
    guard try takeIfFree() else { return false }
    try endOpenLineOrAppend()
    return true
  }

  /// Creates a file for a long line that may pause, so that other writers need not wait for its end. Nil if the record
  /// has no lock, or no file can be created.
  package func makeSpool() -> LineSpool? {
    guard state.withLock({ $0.file != nil }) else { return nil }
    return try? LineSpool(beside: path, using: access)
  }

  /// Ends a line that was cut off. If that fails, ends the append.
  private func endOpenLineOrAppend() throws(FileError) {
    do throws(FileError) {
      try endOpenLine()
    } catch {
      endAppend()
      throw error
    }
  }

  private func takeIfFree() throws(FileError) -> Bool {
    try state.withLock { state throws(FileError) in
      if state.isTaken { return false }
      guard state.file != nil else {
        state.isTaken = true
        return true
      }
      for _ in 0...Self.reopeningsMax {
        guard let file = state.file, try file.lockIfFree() else { return false }
        do throws(FileError) {
          if try hasName(file) {
            state.isTaken = true
            return true
          }
          try reopen(&state)
        } catch {
          try? file.unlock()
          throw error
        }
        // A lock that stays is released when the file is closed.
        try? file.unlock()
      }
      throw staleError
    }
  }

  /// Returns true if the file still has its name.
  private func hasName(_ file: LineFile) throws(FileError) -> Bool {
    try access.statusIfPresent(of: path)?.identity == file.status().identity
  }

  private func reopen(_ state: inout State) throws(FileError) {
    if let kind = try access.statusIfPresent(of: path)?.kind, kind != .regular { throw staleError }
    if state.hasUnsettledLines, let file = state.file {
      try checkPresent(file)
      state.movedFiles.append(file)
    }
    state.file = try LineFile(path, limitedTo: state.mode, using: access)
    state.hasUnsettledLines = false
    state.isNameSynced = false
  }

  /// Checks that the file has a name, so that its lines can be found.
  private func checkPresent(_ file: LineFile) throws(FileError) {
    if try file.status().linkCount == 0 {
      throw .system(SystemError(action: .write, file: name, errno: .noSuchFileOrDirectory))
    }
  }

  private var staleError: FileError { .system(SystemError(action: .open, file: name, errno: .staleNFSFileHandle)) }

  private func pause(_ milliseconds: Int32) throws(FileError) {
    _ = try access.attempt(.wait, name) { calls throws(Errno) in
      try calls.wait(
        for: 0, on: -1, orWake: access.interruption?.wakeDescriptor ?? -1, milliseconds: milliseconds)
    }
    try access.checkInterruption()
  }

  /// Ends a line that was cut off, here or in another process.
  private func endOpenLine() throws(FileError) {
    let isOpen = try state.withLock { state throws(FileError) in
      guard let file = state.file else { return state.hasOpenLine }
      let byteCount = try file.byteCount()
      guard byteCount > 0 else { return false }
      return try file.bytes(at: byteCount - 1, atMost: 1) != [UInt8(ascii: "\n")]
    }
    if isOpen { try append(UInt8(ascii: "\n")) }
  }

  /// Appends bytes of lines.
  ///
  /// - Throws: ``FileError/system(_:)``; for a file that is written directly also ``FileError/brokenPipe(_:)`` and
  ///   ``FileError/interrupted(_:)``.
  package func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    try state.withLock { state throws(FileError) in
      if let file = state.file {
        state.hasUnsettledLines = true
        return try file.append(bytes)
      }
      if let last = bytes.last {
        state.hasOpenLine = true
        try state.direct?.write(bytes)
        state.hasOpenLine = last != UInt8(ascii: "\n")
      }
    }
  }

  private func append(_ byte: UInt8) throws(FileError) {
    let appended = withUnsafeBytes(of: byte) { bytes in
      Result { () throws(FileError) in try append(bytes) }
    }
    try appended.get()
  }

  /// Releases the right to append. The next append ends a line that is not finished.
  package func endAppend() {
    state.withLock { state in
      // A lock that stays is released when the file is closed.
      try? state.file?.unlock()
      state.isTaken = false
    }
  }

  /// Checks that the appended lines are in a file with a name, and syncs them if asked.
  ///
  /// - Throws: ``FileError/system(_:)``, also if the file was removed after lines were appended.
  package func settle(isSynced: Bool) throws(FileError) {
    let files = state.withLock { state in state.movedFiles + [state.file].compactMap(\.self) }
    guard let last = files.last else { return }
    for file in files {
      if isSynced { try file.sync() } else { try file.flush() }
      try checkPresent(file)
    }
    state.withLock { state in
      state.movedFiles.removeAll { moved in files.contains { $0 === moved } }
    }
    if !isSynced || state.withLock({ $0.isNameSynced }) { return }
    try access.sync(try access.resolve(path).directory, of: name)
    state.withLock { state in state.isNameSynced = state.file === last }
  }
}
