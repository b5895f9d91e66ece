import Glibc
package import SystemPackage

/// A file of lines that is read from its start and only appended to: a log, a journal, a plan.
package final class LineFile: Sendable {
  private static let pieceBytes = 64 << 10

  private let file: FileName
  private let access: FileAccess
  private let descriptor: Descriptor

  /// Opens a file, or creates it.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package init(_ path: FilePath, using access: FileAccess) throws(FileError) {
    let file = FileName.path(path)
    do throws(Errno) {
      descriptor = try access.open(path, flags: O_RDWR | O_CREAT | O_APPEND, mode: 0o666)
    } catch {
      throw .system(SystemError(action: .open, file: file, errno: error))
    }
    self.file = file
    self.access = access
  }

  /// Opens a file, or creates it with no more permissions than its inputs have.
  ///
  /// - Parameter mode: The permissions of a new file; nil to let only its owner use it.
  /// - Throws: ``FileError/system(_:)``.
  init(_ path: FilePath, limitedTo mode: OutputMode?, using access: FileAccess) throws(FileError) {
    let file = FileName.path(path)
    var isNew = true
    do throws(Errno) {
      let flags = O_RDWR | O_CREAT | O_APPEND
      do throws(Errno) {
        descriptor = try access.open(path, flags: flags | O_EXCL, mode: FileAccess.privateMode)
      } catch .fileExists {
        // Another process has created it meanwhile, and sets its mode.
        isNew = false
        descriptor = try access.open(path, flags: flags, mode: FileAccess.privateMode)
      }
    } catch {
      throw .system(SystemError(action: .open, file: file, errno: error))
    }
    self.file = file
    self.access = access
    if isNew, let mode { try access.setMode(mode, of: descriptor.number, file) }
  }

  /// Opens an existing file for reading only.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package init(reading path: FilePath, using access: FileAccess) throws(FileError) {
    let file = FileName.path(path)
    do throws(Errno) {
      descriptor = try access.open(path, flags: O_RDONLY)
    } catch {
      throw .system(SystemError(action: .open, file: file, errno: error))
    }
    self.file = file
    self.access = access
  }

  /// Takes the lock for the life of this object.
  ///
  /// - Returns: False if another run has it. True also if the file system does not support locks.
  /// - Throws: ``FileError/system(_:)``.
  package func lock() throws(FileError) -> Bool {
    do throws(FileError) {
      return try lockIfFree()
    } catch {
      guard case .system(let error) = error,
        [.noFunction, .noLocks, .notSupported, .invalidArgument].contains(error.errno)
      else { throw error }
      return true
    }
  }

  /// Takes the lock until ``unlock()``.
  ///
  /// - Returns: False if another open file has it.
  /// - Throws: ``FileError/system(_:)``, also if the file system does not support locks.
  func lockIfFree() throws(FileError) -> Bool {
    do throws(Errno) {
      try access.retrying { calls throws(Errno) in try calls.lock(descriptor.number, exclusively: true) }
      return true
    } catch {
      if error == .wouldBlock { return false }
      throw .system(SystemError(action: .lock, file: file, errno: error))
    }
  }

  /// Releases the lock.
  ///
  /// - Throws: ``FileError/system(_:)``.
  func unlock() throws(FileError) {
    try access.attempt(.lock, file) { calls throws(Errno) in try calls.unlock(descriptor.number) }
  }

  /// Appends all of some bytes.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func append(_ bytes: [UInt8]) throws(FileError) {
    let appended = bytes.withUnsafeBytes { bytes in
      Result { () throws(FileError) in try append(bytes) }
    }
    try appended.get()
  }

  /// Appends all of some bytes.
  ///
  /// - Throws: ``FileError/system(_:)``.
  func append(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var rest = bytes
    while !rest.isEmpty {
      let piece = rest
      let count = try access.attempt(.write, file) { calls throws(Errno) in
        try calls.write(descriptor.number, piece)
      }
      if count == 0 { throw .system(SystemError(action: .write, file: file, errno: .ioError)) }
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
  }

  /// Reports the error that closing would report.
  ///
  /// - Throws: ``FileError/system(_:)``.
  func flush() throws(FileError) {
    do throws(Errno) {
      try descriptor.flush()
    } catch {
      throw .system(SystemError(action: .close, file: file, errno: error))
    }
  }

  /// Syncs the file. Files that cannot be synced, as pipes, are no error.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func sync() throws(FileError) {
    do throws(Errno) {
      try access.retrying { calls throws(Errno) in try calls.sync(descriptor.number) }
    } catch {
      if error != .invalidArgument { throw .system(SystemError(action: .sync, file: file, errno: error)) }
    }
  }

  /// Reads bytes from `offset` on, fewer than `byteCount` only at the end.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func bytes(at offset: Int64, atMost byteCount: Int) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: byteCount)
    let count = try read(into: &bytes, at: offset)
    return Array(bytes.prefix(count))
  }

  /// Reads from an offset, and returns the number of bytes.
  private func read(into piece: inout [UInt8], at offset: Int64) throws(FileError) -> Int {
    try access.attempt(.read, file) { calls throws(Errno) in
      let read = piece.withUnsafeMutableBytes { buffer in
        Result { () throws(Errno) in try calls.read(descriptor.number, into: buffer, at: offset) }
      }
      return try read.get()
    }
  }

  /// Calls `body` with each complete line, without its LF.
  ///
  /// - Parameter lineBytesMax: The most bytes of a line. Longer lines are skipped.
  /// - Returns: The offset of the end of the last complete line.
  /// - Throws: ``FileError/system(_:)``.
  package func forEachLine(
    lineBytesMax: Int, _ body: (ArraySlice<UInt8>) -> Void
  ) throws(FileError) -> Int64 {
    // A device without an end has the size 0, and is not read.
    let fileEnd = try byteCount()
    var offset: Int64 = 0
    var end: Int64 = 0
    var line: [UInt8] = []
    var isTooLong = false
    var piece = [UInt8](repeating: 0, count: Self.pieceBytes)
    while offset < fileEnd {
      let count = try read(into: &piece, at: offset)
      if count == 0 { break }
      var rest = piece[..<count]
      while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
        if line.isEmpty, !isTooLong {
          body(rest[..<newline])
        } else {
          line += rest[..<newline]
          if !isTooLong, line.count <= lineBytesMax { body(line[...]) }
        }
        line = []
        isTooLong = false
        rest = rest[(newline + 1)...]
        end = offset + Int64(newline) + 1
      }
      if line.count + rest.count > lineBytesMax { isTooLong = true }
      if isTooLong { line = [] } else { line += rest }
      offset += Int64(count)
    }
    return end
  }

  /// Truncates the file.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func truncate(to byteCount: Int64) throws(FileError) {
    try access.attempt(.write, file) { calls throws(Errno) in
      try calls.truncate(descriptor.number, to: byteCount)
    }
  }

  /// The size of the file in bytes.
  ///
  /// - Throws: ``FileError/system(_:)``.
  package func byteCount() throws(FileError) -> Int64 { try status().size }

  /// The status of the open file, whichever file has its name now.
  ///
  /// - Throws: ``FileError/system(_:)``.
  func status() throws(FileError) -> FileStatus { try access.status(of: descriptor, file) }
}
