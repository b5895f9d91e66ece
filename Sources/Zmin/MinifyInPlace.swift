import ZminEngine

/// Minifies an input in the memory that it is in, without a second buffer: a window of fixed size is all it takes.
///
/// The input is checked first and overwritten after, so it costs two passes to be sure that an error leaves it as it
/// was. An input that is minified already is not written to. Without ``MinifierOptions/validates`` there is one pass.
///
/// - Parameters:
///   - bytes: The whole input; afterwards the output, followed by bytes of no use. If an error is thrown, as before.
///   - options: What to do with it.
///   - ledger: The book that the working memory is entered in.
/// - Returns: The length of the output in bytes, from the start of `bytes`.
/// - Throws: ``ZminError/invalidJSON(_:)`` for the first error of the input, ``ZminError/inputTooLarge(limit:)``,
///   ``ZminError/outOfMemory(byteCount:)``; and ``ZminError/noRoomInPlace`` where the output would be longer than what
///   it replaces. For ``Format/json`` it never is; for ``Format/ndjson`` only if nothing can be left out and the last
///   line does not end with an LF.
/// - Complexity: O(*n*) for *n* bytes; working memory of less than a MiB and one bit for each level of nesting.
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

/// Minifies an array in its own storage, without a second buffer, and makes it as short as the output is.
///
/// It keeps its capacity. An array whose storage is shared with another is copied first, as ever.
///
/// - Parameters:
///   - bytes: The whole input; afterwards the output. If an error is thrown, as before.
///   - options: What to do with it.
///   - ledger: The book that the working memory is entered in; the array is not.
/// - Throws: As ``minifyInPlace(_:options:ledger:)-(MutableRawSpan,_,_)``; but for ``Format/ndjson`` the array grows by
///   the LF that ends the last line, if it must.
/// - Complexity: As ``minifyInPlace(_:options:ledger:)-(MutableRawSpan,_,_)``.
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

/// The work of the functions above, in windows of a given size.
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
    // As many bytes after some were taken out and none put in: none were taken out.
    if options.format == .json, outputBytes == bytes.count { return outputBytes }
  }
  return try input.minify(room: { _ in window.bytes }) { output, offset, readBytes throws(ZminError) in
    // Without a check only the LF after the last record can lack room, and only if all before it is as it was.
    guard offset + output.count <= readBytes else { throw .noRoomInPlace }
    UnsafeMutableRawBufferPointer(rebasing: bytes[offset...]).copyMemory(from: output)
  }
}
