extension Collection<UInt8> {
  /// Calls `body` with the bytes in contiguous memory. Copies them if they are stored otherwise.
  func withContiguousBytes<Value>(
    _ body: (UnsafeRawBufferPointer) throws(ZminError) -> Value
  ) throws(ZminError) -> Value {
    let result = withContiguousStorageIfAvailable { bytes in
      Result { () throws(ZminError) in try body(UnsafeRawBufferPointer(bytes)) }
    }
    if let result { return try result.get() }
    return try [UInt8](self).withContiguousBytes(body)
  }

  /// Calls `body` with the bytes in order, at most `byteCountMax` at a time. Bytes in non-contiguous storage are copied
  /// piece by piece.
  func forEachPiece(
    upTo byteCountMax: Int, _ body: (UnsafeRawBufferPointer) throws(ZminError) -> Void
  ) throws(ZminError) {
    let result = withContiguousStorageIfAvailable { bytes in
      Result { () throws(ZminError) in try UnsafeRawBufferPointer(bytes).forEachWindow(of: byteCountMax, body) }
    }
    if let result { return try result.get() }
    var rest = self[...]
    while !rest.isEmpty {
      try Array(rest.prefix(byteCountMax)).withContiguousBytes(body)
      rest = rest.dropFirst(byteCountMax)
    }
  }
}

extension [UInt8] {
  mutating func append(_ bytes: RawSpan) { bytes.withUnsafeBytes { append(contentsOf: $0) } }
}

extension UnsafeRawBufferPointer {
  /// Calls `body` with the bytes in order, `byteCount` at a time, the last time with the rest.
  func forEachWindow(
    of byteCount: Int, _ body: (UnsafeRawBufferPointer) throws(ZminError) -> Void
  ) throws(ZminError) {
    var start = 0
    while start < count {
      let end = start + Swift.min(byteCount, count - start)
      try body(UnsafeRawBufferPointer(rebasing: self[start..<end]))
      start = end
    }
  }
}
