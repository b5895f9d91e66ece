import ZminMemory

/// The buffer that minified bytes wait in until they are handed on.
struct OutputWindow: ~Copyable {
  private let buffer: ByteBuffer
  /// What one step may need.
  private let stepBytes: Int
  /// Bytes at the start that were held back.
  private var heldBytes = 0

  /// What of the bytes is handed on.
  enum Release {
    case everything
    /// Up to the last LF, which in checked `ndjson` ends a record.
    case wholeRecords
  }

  /// - Parameters:
  ///   - stepBytes: The most that one step writes here.
  ///   - heldBytesMax: How much of a record that is not yet whole may wait here.
  /// - Throws: ``OutOfMemory``.
  init(stepBytes: Int, heldBytesMax: Int, ledger: MemoryLedger) throws(OutOfMemory) {
    buffer = try ByteBuffer(byteCount: stepBytes + heldBytesMax, for: .outputWindow, in: ledger)
    self.stepBytes = stepBytes
  }

  /// Where the next step writes.
  var room: UnsafeMutableRawBufferPointer { UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[heldBytes...]) }

  /// Forgets what was held back.
  mutating func clear() { heldBytes = 0 }

  /// Hands on what a step has written, after what was held back before.
  ///
  /// - Parameters:
  ///   - byteCount: How much the step wrote to ``room``.
  ///   - isBad: Whether the input is known to be bad. Then no more than whole records is handed on.
  ///   - isLast: Whether the input has ended, and with it the last record.
  mutating func handOn<Failure: Error>(
    _ byteCount: Int, _ release: Release, isBad: Bool, isLast: Bool,
    to write: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    switch (isBad, release) {
    case (true, .everything): break
    case (true, .wholeRecords): try handOn(byteCount, release, to: write)
    case (false, _): try handOn(byteCount, isLast ? .everything : release, to: write)
    }
  }

  /// Hands on what lies elsewhere, after what was held back before, as ``handOn(_:_:isBad:isLast:to:)`` does.
  ///
  /// - Parameter bytes: What comes next in the output.
  mutating func handOn<Failure: Error>(
    elsewhere bytes: UnsafeRawBufferPointer, _ release: Release, isBad: Bool,
    to write: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    guard release == .wholeRecords else {
      if !isBad, !bytes.isEmpty { try write(bytes) }
      return
    }
    var readyBytes = bytes.lastIndex(ofByte: UInt8(ascii: "\n"), before: bytes.count).map { $0 + 1 } ?? 0
    // A record that there is no room for is handed on in parts.
    if readyBytes == 0, heldBytes + bytes.count > buffer.bytes.count - stepBytes { readyBytes = bytes.count }
    if readyBytes > 0 {
      let held = UnsafeRawBufferPointer(rebasing: buffer.bytes.prefix(heldBytes))
      heldBytes = 0
      if !held.isEmpty { try write(held) }
      try write(UnsafeRawBufferPointer(rebasing: bytes.prefix(readyBytes)))
    }
    let rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(readyBytes))
    room.copyMemory(from: rest)
    heldBytes += rest.count
  }

  private mutating func handOn<Failure: Error>(
    _ byteCount: Int, _ release: Release, to write: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let waiting = UnsafeRawBufferPointer(rebasing: buffer.bytes.prefix(heldBytes + byteCount))
    var ready = waiting.count
    if release == .wholeRecords {
      ready = waiting.lastIndex(ofByte: UInt8(ascii: "\n"), before: waiting.count).map { $0 + 1 } ?? 0
      // A record that leaves no room for the next step is handed on in parts.
      if waiting.count - ready > buffer.bytes.count - stepBytes { ready = waiting.count }
    }
    if ready > 0 { try write(UnsafeRawBufferPointer(rebasing: waiting.prefix(ready))) }
    heldBytes = waiting.count - ready
    if ready > 0, heldBytes > 0 {
      buffer.bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: waiting.dropFirst(ready)))
    }
  }
}
