import ZminEngine

/// Minifies one input that is in memory.
///
/// - Parameters:
///   - input: The whole input, in any collection of bytes: an array or a slice of one, `Data`, a string's `utf8`, a
///     buffer pointer. One whose storage is not contiguous is copied first. A leading byte order mark is dropped.
///   - options: What to do with it.
///   - ledger: The book that the working memory is entered in; the arrays are not.
/// - Returns: The input without insignificant whitespace, everything else as it was. For ``Format/ndjson`` and
///   ``Format/concat`` each value is followed by an LF. The array has capacity for as many bytes as the input had.
/// - Throws: ``ZminError/invalidJSON(_:)`` for the first error of the input, ``ZminError/inputTooLarge(limit:)``,
///   ``ZminError/outOfMemory(byteCount:)``.
/// - Complexity: O(*n*) for *n* bytes; working memory of less than a MiB and one bit for each level of nesting.
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
