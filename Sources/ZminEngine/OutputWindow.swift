package import ZminMemory

/// Buffer of minified bytes that are not written yet.
package struct OutputWindow: ~Copyable {
  private let buffer: ByteBuffer
  /// Bytes that one step writes, at most.
  private let stepBytes: Int
  /// Bytes held back, at the start.
  private var heldBytes = 0

  /// Bytes that are written.
  package enum Release {
    case everything
    /// Up to the last LF, which in checked `ndjson` ends a record.
    case wholeRecords
  }

  /// - Parameters:
  ///   - stepBytes: Bytes that one step writes, at most.
  ///   - heldBytesMax: Bytes of an incomplete record that may be held back.
  /// - Throws: ``OutOfMemory``.
  package init(stepBytes: Int, heldBytesMax: Int, ledger: MemoryLedger) throws(OutOfMemory) {
    buffer = try ByteBuffer(byteCount: stepBytes + heldBytesMax, for: .outputWindow, in: ledger)
    self.stepBytes = stepBytes
  }

  /// Room for the next step.
  package var room: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[heldBytes...])
  }

  /// Drops the bytes held back.
  package mutating func clear() { heldBytes = 0 }

  /// Writes the bytes held back and those of a step.
  ///
  /// - Parameters:
  ///   - byteCount: Bytes that the step put into ``room``.
  ///   - isBad: True if the input is known to be bad. Then whole records alone are written, for the last time.
  ///   - isLast: True if the input has ended, and with it the last record.
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

  /// Writes the bytes held back and bytes in other memory.
  ///
  /// - Parameters:
  ///   - bytes: The next bytes of the output.
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

  /// Returns the number of `bytes` to write after `held` bytes: all, or up to the last LF. A record too large to be
  /// held is written in parts, unless it is known to be bad.
  private func readyBytes(of bytes: UnsafeRawBufferPointer, _ release: Release, held: Int, isBad: Bool) -> Int {
    if release == .everything { return isBad ? 0 : bytes.count }
    let ready = bytes.lastIndex(ofByte: UInt8(ascii: "\n"), before: bytes.count).map { $0 + 1 } ?? 0
    let toHold = (ready == 0 ? held : 0) + bytes.count - ready
    return toHold <= buffer.bytes.count - stepBytes || isBad ? ready : bytes.count
  }
}
