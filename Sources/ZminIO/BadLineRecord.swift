import Synchronization
package import SystemPackage

/// The file that bad lines are put into. It is only appended to, by any number of threads and processes at once.
///
/// An append takes the lock, looks at the last byte, and writes whole lines:
///
///     lock → last byte of FILE is no LF? write one → lines, each with its LF → unlock
///
/// Lines of two writers so never mix, and a line that a kill or a full disk has cut off joins no other. What is not a
/// regular file (a FIFO, a device) and what is a descriptor of this process (`/dev/stderr`, `/dev/fd/3`) is written
/// directly: it has no lock.
///
/// Another process may move or remove the file. Under the lock it is compared with what has its name, and opened again
/// if these differ. Lines in a moved file stay there. Lines in a removed file are an error of ``settle(isSynced:)``.
///
/// One writer at a time appends: ``beginAppend()``, ``append(_:)`` any number of times, ``endAppend()``.
package final class BadLineRecord: Sendable {
  /// How long to wait before the lock is tried again: there is nothing that tells.
  private static let lockPollMilliseconds: (first: Int32, last: Int32) = (1, 32)

  /// How often the file is opened again before one append.
  private static let reopeningsMax = 16

  package let path: FilePath
  private let access: FileAccess
  private let state = Mutex(State())

  private struct State: ~Copyable {
    /// A regular file; nil if it is not open, or written directly.
    var file: LineFile?
    var direct: OutputFile?
    /// Whether a thread appends.
    var isTaken = false
    /// Whether what was written directly ends in the middle of a line.
    var hasOpenLine = false
    var isNameSynced = false
    /// Permissions of a new file.
    var mode: OutputMode?
    /// Whether lines were appended to the file since it was settled.
    var hasUnsettledLines = false
    /// Files that had the name before, with lines that are not settled.
    var movedFiles: [LineFile] = []
  }

  package init(_ path: FilePath, using access: FileAccess) {
    self.path = path
    self.access = access
  }

  private var name: FileName { .path(path) }

  /// Opens the file unless it is open. It is made if there is none; what it holds stays.
  ///
  /// - Parameter mode: Permissions of a new file; nil for those of its owner alone.
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

  /// Waits until no other thread or process appends, and keeps them from it until ``endAppend()``.
  ///
  /// - Throws: ``FileError/system(_:)``, also where the file system has no locks; ``FileError/interrupted(_:)``.
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
  /// - Returns: Whether it did.
  /// - Throws: ``FileError/system(_:)``.
  package func beginAppendIfFree() throws(FileError) -> Bool {
    guard try takeIfFree() else { return false }
    try endOpenLineOrAppend()
    return true
  }

  /// Makes a file for a long line that may pause; nil where others need not wait for its end, or no file can be made.
  package func makeSpool() -> LineSpool? {
    guard state.withLock({ $0.file != nil }) else { return nil }
    return try? LineSpool(beside: path, using: access)
  }

  /// Ends a line that was cut off, or else the append.
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
        // If that fails, the lock goes when the file is closed.
        try? file.unlock()
      }
      throw staleError
    }
  }

  /// Returns whether the name leads to the file.
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

  /// Checks that lines in the file can be found by somebody.
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
  /// - Throws: ``FileError/system(_:)``; where it is written directly also ``FileError/brokenPipe(_:)`` and
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

  /// Lets others append. A line that is not finished is ended by the next append.
  package func endAppend() {
    state.withLock { state in
      // If that fails, the lock goes when the file is closed.
      try? state.file?.unlock()
      state.isTaken = false
    }
  }

  /// Brings what was appended to the disk, or at least out of this process.
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
