import ZminEngine

/// An input that is whole in memory, and the minifier that takes it, a window at a time.
///
/// By windows, so that memory for nesting is asked for as it is needed, and an error costs the slow second look at no
/// more than one of them.
struct WholeInput: ~Copyable {
  /// How much is minified at once unless a test says otherwise.
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

  /// A buffer that holds the output of any one window.
  ///
  /// - Throws: ``ZminError/outOfMemory(byteCount:)``.
  func outputWindow(in ledger: MemoryLedger) throws(ZminError) -> ByteBuffer {
    let byteCount = Minifier.outputBytes(
      forInputBytes: min(windowBytes, bytes.count), format: minifier.options.format)
    return try ZminError.whenOutOfMemory { () throws(OutOfMemory) in
      try ByteBuffer(byteCount: byteCount, for: .outputWindow, in: ledger)
    }
  }

  /// Minifies the input from its start to its end or first error.
  ///
  /// - Parameters:
  ///   - room: Where the output of the next window goes, by how much there is already.
  ///   - emit: Takes the output of a window: what it is, where it begins in the whole output, and how many bytes of
  ///     the input have been read.
  /// - Returns: The length of the output.
  /// - Throws: ``ZminError/invalidJSON(_:)``, ``ZminError/outOfMemory(byteCount:)``, and what `emit` throws.
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
