public import ZminMemory

/// Minifies one input that is in memory.
///
/// - Parameters:
///   - input: The whole input. A leading byte order mark is dropped.
///   - options: What to do with it.
///   - ledger: The book that the working memory is entered in.
/// - Returns: The input without insignificant whitespace, everything else as it was. For `ndjson` and `concat` each
///   value is followed by an LF.
/// - Throws: ``InvalidJSON`` for the first error of the input, ``OutOfMemory``.
/// - Complexity: O(*n*); one bit of memory for each level of nesting.
public func minify(
  _ input: [UInt8], options: MinifierOptions = MinifierOptions(), ledger: MemoryLedger = MemoryLedger()
) throws -> [UInt8] {
  var minifier = try Minifier(options, ledger: ledger)
  return try input.withUnsafeBytes { bytes in
    try [UInt8](unsafeUninitializedCapacity: Minifier.outputBytes(forInputBytes: bytes.count, format: options.format)) {
      output, count in
      let room = UnsafeMutableRawBufferPointer(output)
      var result = try minifier.minify(bytes, into: room)
      count = result.writtenBytes
      if result.failure == nil {
        result = minifier.finish(into: UnsafeMutableRawBufferPointer(rebasing: room.dropFirst(count)))
        count += result.writtenBytes
      }
      guard let failure = result.failure else { return }
      throw failure.located { offset in LineCounter().position(at: offset, in: bytes) }
    }
  }
}
