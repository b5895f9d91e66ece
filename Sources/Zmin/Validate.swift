import ZminEngine

/// Checks one input that is in memory, and makes nothing of it.
///
/// - Parameters:
///   - input: The whole input, as for ``minify(_:options:ledger:)``.
///   - options: Format and limits. It is checked even if ``MinifierOptions/validates`` is false.
///   - ledger: The book that the working memory is entered in.
/// - Throws: ``ZminError/invalidJSON(_:)`` for the first error of the input, ``ZminError/inputTooLarge(limit:)``,
///   ``ZminError/outOfMemory(byteCount:)``.
/// - Complexity: O(*n*) for *n* bytes; working memory of less than a MiB and one bit for each level of nesting.
public func validate(
  _ input: some Collection<UInt8>, options: MinifierOptions = MinifierOptions(),
  ledger: MemoryLedger = MemoryLedger()
) throws(ZminError) {
  var options = options
  options.validates = true
  try input.withContiguousBytes { bytes throws(ZminError) in
    var input = try WholeInput(bytes, options, windowBytes: WholeInput.windowBytes, ledger: ledger)
    let window = try input.outputWindow(in: ledger)
    _ = try input.minify(room: { _ in window.bytes }, emit: { _, _, _ in })
  }
}
