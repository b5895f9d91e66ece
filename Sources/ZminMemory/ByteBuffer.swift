import Glibc

/// Memory was asked for that the system would not give.
package struct OutOfMemory: Error, Sendable, Equatable {
  /// How much was asked for.
  package let byteCount: Int
  /// What for.
  package let purpose: MemoryPurpose

  package init(byteCount: Int, purpose: MemoryPurpose) {
    self.byteCount = byteCount
    self.purpose = purpose
  }
}

/// A fixed run of zeroed private memory, owned by one holder and entered in a ledger.
///
/// The memory is mapped anonymously: pages that are never touched cost nothing, the start is aligned to a page, and
/// what is freed goes back to the system at once.
///
/// `@unchecked Sendable` because the memory has one holder, as the buffer cannot be copied: who is given the buffer is
/// given the memory with it.
@safe package struct ByteBuffer: ~Copyable, @unchecked Sendable {
  /// The memory itself. Valid while the buffer lives.
  package let bytes: UnsafeMutableRawBufferPointer
  private let number: Int
  private let ledger: MemoryLedger

  /// Maps `byteCount` bytes of zeroes.
  ///
  /// - Parameters:
  ///   - byteCount: Size in bytes, at least 1; rounded up to whole pages by the system, not in the ledger.
  ///   - purpose: What the ledger files it under.
  ///   - ledger: The book it is entered in until the buffer is destroyed.
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
    // First, as the ledger may ask about its pages until then.
    ledger.free(number)
    unsafe munmap(bytes.baseAddress, bytes.count)
  }
}
