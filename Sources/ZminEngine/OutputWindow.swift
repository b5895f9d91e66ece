package import ZminMemory

/// The buffer that minified bytes wait in until they are handed on.
package struct OutputWindow: ~Copyable {
  private let buffer: ByteBuffer
  /// What one step may need.
  private let stepBytes: Int
  /// Bytes at the start that were held back.
  private var heldBytes = 0

  /// What of the bytes is handed on.
  package enum Release {
    case everything
    /// Up to the last LF, which in checked `ndjson` ends a record.
    case wholeRecords
  }

  /// - Parameters:
  ///   - stepBytes: The most that one step writes here.
  ///   - heldBytesMax: How much of a record that is not yet whole may wait here.
  /// - Throws: ``OutOfMemory``.
  package init(stepBytes: Int, heldBytesMax: Int, ledger: MemoryLedger) throws(OutOfMemory) {
    buffer = try ByteBuffer(byteCount: stepBytes + heldBytesMax, for: .outputWindow, in: ledger)
    self.stepBytes = stepBytes
  }

  /// Where the next step writes.
  package var room: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[heldBytes...])
  }

  /// Forgets what was held back.
  package mutating func clear() { heldBytes = 0 }

  /// Hands on what a step has written, after what was held back before.
  ///
  /// - Parameters:
  ///   - byteCount: How much the step wrote to ``room``.
  ///   - isBad: Whether the input is known to be bad. Then no more than whole records is handed on, and no more will be.
  ///   - isLast: Whether the input has ended, and with it the last record.
  package mutating func emit<Failure: Error>(
    _ byteCount: Int, _ release: Release, isBad: Bool, isLast: Bool,
    to write: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let waiting = UnsafeRawBufferPointer(rebasing: buffer.bytes.prefix(heldBytes + byteCount))
    let ready = isLast && !isBad ? waiting.count : readyBytes(of: waiting, release, held: 0, isBad: isBad)
    if ready > 0 { try write(UnsafeRawBufferPointer(rebasing: waiting.prefix(ready))) }
    heldBytes = isBad ? 0 : waiting.count - ready
    if ready > 0, heldBytes > 0 {
      buffer.bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: waiting.dropFirst(ready)))
    }
  }

  /// Hands on what lies elsewhere, after what was held back before.
  ///
  /// - Parameters:
  ///   - bytes: What comes next in the output.
  ///   - isBad: As for ``emit(_:_:isBad:isLast:to:)``.
  package mutating func emit<Failure: Error>(
    elsewhere bytes: UnsafeRawBufferPointer, _ release: Release, isBad: Bool,
    to write: (UnsafeRawBufferPointer) throws(Failure) -> Void
  ) throws(Failure) {
    let ready = readyBytes(of: bytes, release, held: heldBytes, isBad: isBad)
    if ready > 0 {
      if heldBytes > 0 { try write(UnsafeRawBufferPointer(rebasing: buffer.bytes.prefix(heldBytes))) }
      heldBytes = 0
      try write(UnsafeRawBufferPointer(rebasing: bytes.prefix(ready)))
    }
    if isBad {
      heldBytes = 0
    } else {
      room.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.dropFirst(ready)))
      heldBytes += bytes.count - ready
    }
  }

  /// How much of `bytes` is handed on, where so much is held back before them: all of it, or up to the last LF. A record
  /// that there is no room for is handed on in parts, unless it is known to be bad.
  private func readyBytes(of bytes: UnsafeRawBufferPointer, _ release: Release, held: Int, isBad: Bool) -> Int {
    if release == .everything { return isBad ? 0 : bytes.count }
    let ready = bytes.lastIndex(ofByte: UInt8(ascii: "\n"), before: bytes.count).map { $0 + 1 } ?? 0
    let toHold = (ready == 0 ? held : 0) + bytes.count - ready
    return toHold <= buffer.bytes.count - stepBytes || isBad ? ready : bytes.count
  }
}
