import ZminEngine

/// Checks an input in memory without producing output.
///
/// - Parameters:
///   - input: The whole input, as in ``minify(_:options:ledger:)``.
///   - options: The format and limits. ``MinifierOptions/validates`` is ignored.
///   - ledger: The ledger for the working memory.
/// - Throws: ``ZminError/invalidJSON(_:)`` for the first error of the input, ``ZminError/inputTooLarge(limit:)``,
///   ``ZminError/outOfMemory(byteCount:)``.
/// - Complexity: O(*n*) for *n* bytes. Working memory is below 1 MiB plus one bit for each level of nesting.
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
