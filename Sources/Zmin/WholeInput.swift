import ZminEngine

/// An input in memory and its minifier, which takes one window at a time.
///
/// Windows let the nesting memory grow only as needed. After an error the slow reference repeats one window only.
struct WholeInput: ~Copyable {
  /// The number of bytes minified at once.
  static let windowBytes = 256 * 1024

  private var minifier: Minifier
  private let bytes: UnsafeRawBufferPointer
  private let windowBytes: Int

  /// - Throws: ``ZminError/inputTooLarge(limit:)``, ``ZminError/outOfMemory(byteCount:)``.
  init(
    _ bytes: UnsafeRawBufferPointer, _ options: MinifierOptions, windowBytes: Int, ledger: MemoryLedger
  ) throws(ZminError) {
    guard bytes.count <= options.inputBytesMax else { throw .inputTooLarge(limit: options.inputBytesMax) }
    minifier = try ZminError.whenOutOfMemory { () throws(OutOfMemory) in try Minifier(options, ledger: ledger) }
    self.bytes = bytes
    self.windowBytes = windowBytes
  }

  /// Allocates a buffer for the output of one window.
  ///
  /// - Throws: ``ZminError/outOfMemory(byteCount:)``.
  func outputWindow(in ledger: MemoryLedger) throws(ZminError) -> ByteBuffer {
    let byteCount = Minifier.outputBytes(
      forInputBytes: min(windowBytes, bytes.count), format: minifier.options.format)
    return try ZminError.whenOutOfMemory { () throws(OutOfMemory) in
      try ByteBuffer(byteCount: byteCount, for: .outputWindow, in: ledger)
    }
  }

  /// Minifies the input up to its end or first error.
  ///
  /// - Parameters:
  ///   - room: Returns the memory for the next window's output, given the number of output bytes so far.
  ///   - emit: Called with the output of a window, its offset in the whole output, and the number of input bytes read.
  /// - Returns: The length of the output.
  /// - Throws: ``ZminError/invalidJSON(_:)``, ``ZminError/outOfMemory(byteCount:)``, and errors of `emit`.
  mutating func minify(
    room: (_ writtenBytes: Int) -> UnsafeMutableRawBufferPointer,
    emit: (_ output: UnsafeRawBufferPointer, _ offset: Int, _ readBytes: Int) throws(ZminError) -> Void
  ) throws(ZminError) -> Int {
    minifier.reset()
    var written = 0
    var read = 0
    while true {
      let window = UnsafeRawBufferPointer(rebasing: bytes[read..<min(bytes.count, read + windowBytes)])
      let output = room(written)
      let result = try ZminError.whenOutOfMemory { () throws(OutOfMemory) in
        window.isEmpty ? minifier.finish(into: output) : try minifier.minify(window, into: output)
      }
      if let failure = result.failure { throw .invalidJSON(located(failure)) }
      read += window.count
      try emit(UnsafeRawBufferPointer(rebasing: output.prefix(result.writtenBytes)), written, read)
      written += result.writtenBytes
      if window.isEmpty { return written }
    }
  }

  private func located(_ failure: Failure) -> InvalidJSON {
    failure.located { offset in LineCounter().position(at: offset, in: bytes) }
  }
}
