import SystemPackage

/// Brings a file that is written to the disk, step by step behind the writing, and drops it from the page cache.
///
/// Two steps are on their way at a time: while one is written to, the one before it goes to the disk.
struct WriteBehind {
  private static let stepBytes = PageCachePolicy.stepBytes

  let access: FileAccess
  let number: Int32
  let file: FileName
  /// Where the file was when the first byte came, nil where that cannot be known.
  private var start: Int64?
  private var isStartKnown: Bool
  /// How much was set on its way.
  private var startedBytes: Int64 = 0

  /// - Parameter start: Where the first byte goes, nil to ask the system.
  init(_ number: Int32, _ file: FileName, start: Int64?, using access: FileAccess) {
    self.access = access
    self.number = number
    self.file = file
    self.start = start
    isStartKnown = start != nil
  }

  /// Follows the writing.
  ///
  /// - Parameter writtenBytes: How much was written so far.
  /// - Throws: ``FileError/system(_:)`` if something could not be written: `fsync` would not tell it a second time.
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

  /// What is appended to has its place once something was written.
  private mutating func startOfFile(_ writtenBytes: Int64) -> Int64? {
    if !isStartKnown {
      isStartKnown = true
      start = (try? calls.position(of: number)).flatMap { $0 >= writtenBytes ? $0 - writtenBytes : nil }
    }
    return start
  }

  /// Makes a call that may find out that earlier writing failed; any other failure of it is none of the file's.
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
