import Glibc

/// The system refused memory.
package struct OutOfMemory: Error, Sendable, Equatable {
  /// The size of the request in bytes.
  package let byteCount: Int
  /// The purpose of the request.
  package let purpose: MemoryPurpose

  package init(byteCount: Int, purpose: MemoryPurpose) {
    self.byteCount = byteCount
    self.purpose = purpose
  }
}

/// A fixed block of zeroed private memory, entered in a ledger while it exists.
///
/// The memory is an anonymous mapping. Untouched pages cost nothing, the start is page-aligned, and freed memory
/// returns to the system at once.
///
/// `@unchecked Sendable` is sound because the buffer cannot be copied: its only owner is the only user of the memory.
@safe package struct ByteBuffer: ~Copyable, @unchecked Sendable {
  /// The memory itself. Valid while the buffer lives.
  package let bytes: UnsafeMutableRawBufferPointer
  private let number: Int
  private let ledger: MemoryLedger

  /// Maps `byteCount` bytes of zeroes.
  ///
  /// - Parameters:
  ///   - byteCount: The size in bytes, at least 1. The system rounds it up to whole pages, the ledger does not.
  ///   - purpose: The purpose entered in the ledger.
  ///   - ledger: The ledger that holds the entry until the buffer is destroyed.
  /// - Throws: ``OutOfMemory`` if the system refuses.
  package init(byteCount: Int, for purpose: MemoryPurpose, in ledger: MemoryLedger) throws(OutOfMemory) {
    precondition(byteCount > 0)
    guard
      !ledger.refuses(purpose),
      let start = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      unsafe start != MAP_FAILED
    else { throw OutOfMemory(byteCount: byteCount, purpose: purpose) }
    unsafe bytes = unsafe UnsafeMutableRawBufferPointer(start: start, count: byteCount)
    self.ledger = ledger
    number = unsafe ledger.allocate(byteCount, for: purpose, at: start)
  }

  deinit {
    // The entry goes first: the ledger may query the pages of any entry.
    ledger.free(number)
    unsafe munmap(bytes.baseAddress, bytes.count)
  }
}
