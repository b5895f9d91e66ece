import ZminEngine

/// Minifies an input in memory.
///
/// ```swift
/// let output = try minify(Array("[ 1, 2 ]".utf8))  // [1,2]
/// ```
///
/// - Parameters:
///   - input: The whole input in any collection of bytes: an array, a slice, `Data`, the `utf8` of a string, a buffer
///     pointer. Input that is not contiguous in memory is copied first. A leading byte order mark is dropped.
///   - options: The format, checks and limits.
///   - ledger: The ledger for the working memory. Input and output arrays are not entered.
/// - Returns: The input without insignificant whitespace, otherwise unchanged. In ``Format/ndjson`` and
///   ``Format/concat`` each value is followed by an LF. The array's capacity is at least the length of the input.
/// - Throws: ``ZminError/invalidJSON(_:)`` for the first error of the input, ``ZminError/inputTooLarge(limit:)``,
///   ``ZminError/outOfMemory(byteCount:)``.
/// - Complexity: O(*n*) for *n* bytes. Working memory is below 1 MiB plus one bit for each level of nesting.
public func minify(
  _ input: some Collection<UInt8>, options: MinifierOptions = MinifierOptions(),
  ledger: MemoryLedger = MemoryLedger()
) throws(ZminError) -> [UInt8] {
  try input.withContiguousBytes { bytes throws(ZminError) in
    var input = try WholeInput(bytes, options, windowBytes: WholeInput.windowBytes, ledger: ledger)
    var thrown: ZminError?
    let output = [UInt8](
      unsafeUninitializedCapacity: Minifier.outputBytes(forInputBytes: bytes.count, format: options.format)
    ) { buffer, count in
      let room = UnsafeMutableRawBufferPointer(buffer)
      do throws(ZminError) {
        count = try input.minify(
          room: { writtenBytes in UnsafeMutableRawBufferPointer(rebasing: room[writtenBytes...]) },
          emit: { _, _, _ in })
      } catch {
        thrown = error
      }
    }
    if let thrown { throw thrown }
    return output
  }
}
