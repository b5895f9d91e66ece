import ZminMemory

/// Queue of bytes in a fixed buffer.
struct ByteQueue: ~Copyable {
  private let buffer: ByteBuffer
  private var start = 0
  private(set) var count = 0

  /// - Throws: ``OutOfMemory``.
  init(byteCount: Int, ledger: MemoryLedger) throws(OutOfMemory) {
    buffer = try ByteBuffer(byteCount: byteCount, for: .encoder, in: ledger)
  }

  var room: Int { buffer.bytes.count - count }

  /// The first bytes, up to the end of the buffer.
  var head: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: buffer.bytes[start..<min(start + count, buffer.bytes.count)])
  }

  /// Adds at most ``room`` bytes.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count <= room)
    let end = (start + count) % buffer.bytes.count
    let first = bytes.prefix(buffer.bytes.count - end)
    buffer.bytes[end...].copyBytes(from: first)
    buffer.bytes.copyBytes(from: bytes.dropFirst(first.count))
    count += bytes.count
  }

  /// Removes the first bytes if they are the given ones.
  mutating func removeFirst(ifEqualTo bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= count else { return false }
    let first = UnsafeRawBufferPointer(rebasing: bytes.prefix(head.count))
    let second = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(first.count))
    let wrapped = UnsafeRawBufferPointer(rebasing: buffer.bytes.prefix(second.count))
    guard first.isEqual(to: UnsafeRawBufferPointer(rebasing: head.prefix(first.count))), second.isEqual(to: wrapped)
    else { return false }
    start = (start + bytes.count) % buffer.bytes.count
    count -= bytes.count
    return true
  }
}
