import ZminEngine

/// Minifies an input in its own memory, with a window of fixed size instead of a second buffer.
///
/// The input is checked before it is overwritten, so that an error leaves it unchanged. This takes two passes. After
/// the first, ``Format/json`` input that is already minified is left as it is. Without ``MinifierOptions/validates``
/// there is one pass.
///
/// - Parameters:
///   - bytes: The whole input. Begins with the output afterwards, followed by undefined bytes. Unchanged if an
///     error is thrown.
///   - options: The format, checks and limits.
///   - ledger: The ledger for the working memory.
/// - Returns: The length of the output in bytes.
/// - Throws: ``ZminError/invalidJSON(_:)`` for the first error of the input, ``ZminError/inputTooLarge(limit:)``,
///   ``ZminError/outOfMemory(byteCount:)``. ``ZminError/noRoomInPlace`` if the output would overtake the input. This
///   never happens in ``Format/json``. In ``Format/ndjson`` it happens only if the input is minified except for a
///   missing last LF.
/// - Complexity: O(*n*) for *n* bytes. Working memory is below 1 MiB plus one bit for each level of nesting.
public func minifyInPlace(
  _ bytes: inout MutableRawSpan, options: MinifierOptions = MinifierOptions(), ledger: MemoryLedger = MemoryLedger()
) throws(ZminError) -> Int {
  let result = bytes.withUnsafeMutableBytes { bytes in
    Result { () throws(ZminError) in
      try minifyInPlace(bytes, options, windowBytes: WholeInput.windowBytes, ledger: ledger)
    }
  }
  return try result.get()
}

/// Minifies an array in its own storage and shortens it to the output.
///
/// The array keeps its capacity. Storage shared with another array is copied first, as in any mutation.
///
/// - Parameters:
///   - bytes: The whole input. The output afterwards. Unchanged if an error is thrown.
///   - options: The format, checks and limits.
///   - ledger: The ledger for the working memory. The array is not entered.
/// - Throws: The errors of ``minifyInPlace(_:options:ledger:)-(MutableRawSpan,_,_)``. In ``Format/ndjson`` the array
///   grows by a missing last LF instead of throwing ``ZminError/noRoomInPlace``.
/// - Complexity: O(*n*) for *n* bytes. Working memory is below 1 MiB plus one bit for each level of nesting.
public func minifyInPlace(
  _ bytes: inout [UInt8], options: MinifierOptions = MinifierOptions(), ledger: MemoryLedger = MemoryLedger()
) throws(ZminError) {
  let result = bytes.withUnsafeMutableBytes { bytes in
    Result { () throws(ZminError) in
      try minifyInPlace(bytes, options, windowBytes: WholeInput.windowBytes, ledger: ledger)
    }
  }
  switch result {
  case .success(let byteCount): bytes.removeLast(bytes.count - byteCount)
  case .failure(.noRoomInPlace) where options.format == .ndjson: bytes.append(UInt8(ascii: "\n"))
  case .failure(let error): throw error
  }
}

/// Minifies in place, with windows of a given size.
package func minifyInPlace(
  _ bytes: UnsafeMutableRawBufferPointer, _ options: MinifierOptions, windowBytes: Int, ledger: MemoryLedger
) throws(ZminError) -> Int {
  var input = try WholeInput(UnsafeRawBufferPointer(bytes), options, windowBytes: windowBytes, ledger: ledger)
  let window = try input.outputWindow(in: ledger)
  if options.checks {
    var hasRoom = true
    let outputBytes = try input.minify(room: { _ in window.bytes }) { output, offset, readBytes in
      hasRoom = hasRoom && offset + output.count <= readBytes
    }
    guard hasRoom else { throw .noRoomInPlace }
    // `json` output only drops bytes, so equal length means that nothing was dropped.
    if options.format == .json, outputBytes == bytes.count { return outputBytes }
  }
  return try input.minify(room: { _ in window.bytes }) { output, offset, readBytes throws(ZminError) in
    // Without checks only a missing last LF can lack room, and only if nothing before it was dropped.
    guard offset + output.count <= readBytes else { throw .noRoomInPlace }
    UnsafeMutableRawBufferPointer(rebasing: bytes[offset...]).copyMemory(from: output)
  }
}
