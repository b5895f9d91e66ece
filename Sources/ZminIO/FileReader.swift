import Glibc
package import SystemPackage

/// Reads the stored bytes of an opened file.
package struct FileReader: ~Copyable, Sendable {
  /// The file on the disk.
  package let file: OpenedFile
  /// The extent to which ``read(into:)`` has read it.
  package private(set) var extent = ReadExtent()
  private let access: FileAccess
  /// True if every read waits for bytes first, so that it can be interrupted.
  private let waitsForBytes: Bool
  /// True after ``rewind()``: reads then go by offset.
  private var isRewound = false
  /// True if the end followed bytes that were returned.
  private var isAtEnd = false
  /// An error that followed bytes that were returned.
  private var errorBehind: FileError?
  /// Bytes that ``peek(_:_:)`` read and ``read(into:)`` has not returned yet.
  private var peeked: [UInt8] = []
  /// The end of the bytes that were dropped from the page cache.
  private var droppedEnd: Int64 = 0

  /// The size up to which the kernel reads ahead without advice.
  private static let readAheadBytes: Int64 = 128 << 10

  package init(_ file: OpenedFile) {
    self.file = file
    access = file.access
    let (kind, number) = (file.status.kind, file.descriptor.number)
    if kind == .regular, file.status.size > Self.readAheadBytes {
      // Some file systems take no advice, and read as well without.
      try? access.calls.adviseSequentialReading(number)
    }
    if kind == .fifo { access.widenPipe(number) }
    // Before its first writer comes, a FIFO that was opened without waiting returns "end".
    waitsForBytes = kind != .regular && (file.isNonBlocking || access.interruption != nil)
  }

  /// Opens a file and reads it.
  ///
  /// - Throws: As ``OpenedFile/init(_:using:)``.
  package init(_ path: FilePath, using access: FileAccess = FileAccess()) throws(FileError) {
    self.init(try OpenedFile(path, using: access))
  }

  // MARK: In order

  /// Reads the next bytes. A regular file fills the buffer unless it ends, so that windows have the same bounds in
  /// every run. Other files return what is there, and wait for the first byte.
  ///
  /// - Returns: The number of bytes, 0 only at the end.
  /// - Throws: ``FileError/system(_:)`` or ``FileError/interrupted(_:)``.
  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    try read(into: buffer, fillsFromPipes: false)
  }

  /// Reads the next bytes as ``read(into:)`` does, and also from a pipe as many as fit and are there: waits for the
  /// first byte only. Records of a slow writer are not held back, and a fast writer fills the buffer.
  ///
  /// - Returns: The number of bytes, 0 only at the end.
  /// - Throws: ``FileError/system(_:)`` or ``FileError/interrupted(_:)``.
  package mutating func readAvailable(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    try read(into: buffer, fillsFromPipes: true)
  }

  private mutating func read(
    into buffer: UnsafeMutableRawBufferPointer, fillsFromPipes: Bool
  ) throws(FileError) -> Int {
    let peekedCount = takePeeked(into: buffer)
    if peekedCount == 0 {
      if let error = errorBehind.take() { throw error }
      if isAtEnd { return 0 }
    }
    var filled = peekedCount
    do throws(FileError) {
      // Bytes that were read ahead do not make a first read shorter than it was.
      var goesOn = filled < buffer.count || peekedCount == 0
      if goesOn, peekedCount > 0 { goesOn = try hasMoreBehindPeeked() }
      while goesOn {
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
        let count = try readOnce(into: rest, at: extent.storedBytes + Int64(filled - peekedCount))
        if count == 0 {
          // A terminal reports its end only once, and a file need not be asked twice.
          isAtEnd = filled > 0
          extent.hasSeenEnd = true
          break
        }
        filled += count
        goesOn = filled < buffer.count
        if goesOn { goesOn = try hasMore(fillsFromPipes: fillsFromPipes) }
      }
    } catch {
      // The bytes before the error may contain an earlier error of their own, and a pipe does not return them again.
      guard filled > 0 else { throw error }
      errorBehind = error
    }
    extent.storedBytes += Int64(filled - peekedCount)
    access.counter?.add(filled - peekedCount)
    droppedEnd = file.dropBehind(from: droppedEnd, to: extent.storedBytes)
    return filled
  }

  /// Shows the first bytes of the input to `decide`. Later reads return them all the same.
  ///
  /// - Parameters:
  ///   - byteCount: Most bytes that `decide` may want.
  ///   - decide: Gets the bytes so far, and true if there are no more. Returns nil to wait for more. A pipe is asked
  ///     for no byte more than that.
  /// - Throws: As ``read(into:)``.
  package mutating func peek<Answer>(
    _ byteCount: Int, _ decide: (_ head: ArraySlice<UInt8>, _ isWhole: Bool) -> Answer?
  ) throws(FileError) -> Answer? {
    var head = [UInt8](repeating: 0, count: byteCount)
    if file.status.kind == .regular, case .path = file.name {
      let count = head.withUnsafeMutableBytes { bytes in
        Result { () throws(FileError) in try read(into: bytes, at: 0) }
      }
      return decide(head[..<(try count.get())], true)
    }
    var count = 0
    while true {
      let result = head.withUnsafeMutableBytes { bytes in
        let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[count...])
        return Result { () throws(FileError) in try read(into: rest, fillsFromPipes: false) }
      }
      let added = try result.get()
      count += added
      let answer = decide(head[..<count], added == 0 || count == byteCount)
      guard answer == nil, added > 0, count < byteCount else {
        peeked = Array(head[..<count])
        return answer
      }
    }
  }

  private func hasMoreBehindPeeked() throws(FileError) -> Bool {
    if isAtEnd || errorBehind != nil { return false }
    return try hasMore(fillsFromPipes: true)
  }

  /// Moves bytes that were read ahead to the buffer. They count as read since then.
  private mutating func takePeeked(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let part = peeked.prefix(buffer.count)
    buffer.copyBytes(from: part)
    peeked.removeFirst(part.count)
    return part.count
  }

  /// Returns true if a read would not wait, now or within the given time.
  ///
  /// - Throws: As ``FileAccess/isReadable(_:_:milliseconds:)``.
  package func isReady(withinMilliseconds milliseconds: Int32) throws(FileError) -> Bool {
    if file.status.kind == .regular || isAtEnd || errorBehind != nil || !peeked.isEmpty { return true }
    return try access.isReadable(file.descriptor.number, file.name, milliseconds: milliseconds)
  }

  /// Returns true if reading goes on before the bytes so far are returned.
  private func hasMore(fillsFromPipes: Bool) throws(FileError) -> Bool {
    if file.status.kind == .regular { return true }
    if !fillsFromPipes { return false }
    return try access.isReady(for: POLLIN, on: file.descriptor.number, file.name)
  }

  private func readOnce(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int64
  ) throws(FileError) -> Int {
    let (number, name, isRewound) = (file.descriptor.number, file.name, isRewound)
    try access.interruption?.check()
    if waitsForBytes { _ = try access.isReadable(number, name, milliseconds: -1) }
    while true {
      do throws(Errno) {
        return try access.retrying { calls throws(Errno) in
          isRewound ? try calls.read(number, into: buffer, at: offset) : try calls.read(number, into: buffer)
        }
      } catch {
        // Another reader was faster, or standard input was already non-blocking.
        guard error == .wouldBlock else { throw .system(SystemError(action: .read, file: name, errno: error)) }
        _ = try access.isReadable(number, name, milliseconds: -1)
      }
    }
  }

  /// Goes back to the start, so that ``read(into:)`` returns the file once more. Regular files opened by name only.
  package mutating func rewind() {
    precondition(file.status.kind == .regular, "only a regular file can be rewound")
    isRewound = true
    extent = ReadExtent()
    droppedEnd = 0
    errorBehind = nil
    isAtEnd = false
  }

  // MARK: By offset

  /// Reads from a given offset of a regular file, and does not move the offset of ``read(into:)``. Several threads may
  /// call it at once.
  ///
  /// - Returns: The number of bytes: as many as fit, fewer only at the end and before bytes that cannot be read.
  /// - Throws: ``FileError/system(_:)`` or ``FileError/interrupted(_:)``, if not one byte can be read.
  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int64) throws(FileError) -> Int {
    precondition(file.status.kind == .regular, "only a regular file can be read by offset")
    let number = file.descriptor.number
    var filled = 0
    do throws(FileError) {
      while filled < buffer.count {
        try access.interruption?.check()
        let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
        let next = offset + Int64(filled)
        let count = try access.attempt(.read, file.name) { calls throws(Errno) in
          try calls.read(number, into: rest, at: next)
        }
        if count == 0 { break }
        filled += count
      }
    } catch {
      // The next read, from where this one stopped, meets the error again.
      guard filled > 0, access.interruption?.reason == nil else { throw error }
    }
    access.counter?.add(filled)
    return filled
  }

  /// Reads bytes from a given offset of a regular file, as ``read(into:at:)`` does.
  package func bytes(at offset: Int64, _ byteCount: Int) throws(FileError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: byteCount)
    let result = bytes.withUnsafeMutableBytes { buffer in
      Result { () throws(FileError) in try read(into: buffer, at: offset) }
    }
    bytes.removeSubrange(try result.get()...)
    return bytes
  }
}
