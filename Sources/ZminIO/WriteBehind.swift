import SystemPackage

/// Writes a file back to the disk, step by step behind the writes, and drops it from the page cache.
///
///     | dropped | on its way to the disk | being written |
///                        one step              one step
struct WriteBehind {
  private static let stepBytes = PageCachePolicy.stepBytes

  let access: FileAccess
  let number: Int32
  let file: FileName
  /// The offset of the first byte, nil if it is unknown.
  private var start: Int64?
  private var isStartKnown: Bool
  /// Bytes whose write-back was started.
  private var startedBytes: Int64 = 0

  /// - Parameter start: The offset of the first byte, nil to ask the system.
  init(_ number: Int32, _ file: FileName, start: Int64?, using access: FileAccess) {
    self.access = access
    self.number = number
    self.file = file
    self.start = start
    isStartKnown = start != nil
  }

  /// Follows the writes.
  ///
  /// - Parameter writtenBytes: Bytes written so far.
  /// - Throws: ``FileError/system(_:)`` for a failed write-back, which `fsync` would not report again.
  mutating func follow(_ writtenBytes: Int64) throws(FileError) {
    guard writtenBytes - startedBytes >= Self.stepBytes, let start = startOfFile(writtenBytes) else { return }
    while writtenBytes - startedBytes >= Self.stepBytes {
      try access.interruption?.check()
      let offset = start + startedBytes
      try write { calls throws(Errno) in
        try calls.startWriteBack(of: number, from: offset, byteCount: Self.stepBytes)
      }
      if startedBytes >= Self.stepBytes { try finish(from: offset - Self.stepBytes) }
      startedBytes += Self.stepBytes
    }
  }

  private func finish(from offset: Int64) throws(FileError) {
    try write { calls throws(Errno) in
      try calls.finishWriteBack(of: number, from: offset, byteCount: Self.stepBytes)
    }
    try? calls.dropCache(of: number, from: offset, byteCount: Self.stepBytes)
  }

  private var calls: any SystemCalls { access.calls }

  /// The offset of the first byte. A file in append mode has it only after the first write.
  private mutating func startOfFile(_ writtenBytes: Int64) -> Int64? {
    if !isStartKnown {
      isStartKnown = true
      start = (try? calls.position(of: number)).flatMap { $0 >= writtenBytes ? $0 - writtenBytes : nil }
    }
    return start
  }

  /// Makes a call that may report a failed write-back. Its other errors do not concern the file, and are ignored.
  private func write(_ call: (any SystemCalls) throws(Errno) -> Void) throws(FileError) {
    do throws(Errno) {
      try access.retrying(call)
    } catch {
      switch error {
      case .ioError, .noSpace, .diskQuotaExceeded:
        throw .system(SystemError(action: .write, file: file, errno: error))
      default: break
      }
    }
  }
}
