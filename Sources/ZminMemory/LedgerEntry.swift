/// A ledger entry for memory allocated elsewhere, for example by a driver. The entry is removed when this value is
/// destroyed.
package struct LedgerEntry: ~Copyable, Sendable {
  private let number: Int
  private let ledger: MemoryLedger

  /// Enters memory that was just allocated.
  ///
  /// - Parameter address: The start, nil if the host cannot see the memory. It must stay mapped while the entry exists.
  package init(
    byteCount: Int, for purpose: MemoryPurpose, at address: UnsafeMutableRawPointer? = nil, in ledger: MemoryLedger
  ) {
    self.ledger = ledger
    number = unsafe ledger.allocate(byteCount, for: purpose, at: address)
  }

  /// Sets the start address once it is known. The memory must stay mapped while the entry exists.
  package func locate(at address: UnsafeMutableRawPointer?) { unsafe ledger.locate(number, at: address) }

  deinit { ledger.free(number) }
}
