import CZminSystem
import Glibc
import ZminMemory

/// Ring of bytes whose memory is mapped twice in a row, so that any part of it is contiguous:
///
///     memory    | 0 1 2 3 4 5 6 7 | 0 1 2 3 4 5 6 7 |
///     bytes 6 to 10             └───────┘
///
/// Bytes are found by their offset in the data that passes through. Who may touch which of them is its user's concern.
///
/// `@unchecked Sendable` is sound because the pointer never changes.
final class ByteRing: @unchecked Sendable {
  let capacity: Int
  private let memory: UnsafeMutableRawPointer
  private let entry: LedgerEntry

  /// - Parameter capacity: A multiple of the size of a page.
  /// - Throws: ``OutOfMemory``.
  init(capacity: Int, ledger: MemoryLedger) throws(OutOfMemory) {
    guard !ledger.refuses(.decoder), let memory = zmin_map_twice(capacity) else {
      throw OutOfMemory(byteCount: capacity, purpose: .decoder)
    }
    self.capacity = capacity
    self.memory = memory
    entry = LedgerEntry(byteCount: capacity, for: .decoder, at: memory, in: ledger)
  }

  deinit {
    // First, as the ledger may ask about the pages until then.
    entry.locate(at: nil)
    munmap(memory, 2 * capacity)
  }

  /// Memory of `byteCount` bytes from an offset on, at most the capacity.
  func bytes(at offset: Int, _ byteCount: Int) -> UnsafeMutableRawBufferPointer {
    assert(byteCount >= 0 && byteCount <= capacity)
    return UnsafeMutableRawBufferPointer(start: memory + offset % capacity, count: byteCount)
  }
}
