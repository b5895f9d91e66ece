/// Memory that someone else allocates, a driver for one, in the ledger for as long as the entry lives.
package struct LedgerEntry: ~Copyable, Sendable {
  private let number: Int
  private let ledger: MemoryLedger

  /// Enters memory that was allocated just now.
  ///
  /// - Parameter address: Where it is, nil if the host does not see it. It must stay mapped as long as the entry lives.
  package init(
    byteCount: Int, for purpose: MemoryPurpose, at address: UnsafeMutableRawPointer? = nil, in ledger: MemoryLedger
  ) {
    self.ledger = ledger
    number = unsafe ledger.allocate(byteCount, for: purpose, at: address)
  }

  /// Says where it is, as that became known later. It must stay mapped as long as the entry lives.
  package func locate(at address: UnsafeMutableRawPointer?) { unsafe ledger.locate(number, at: address) }

  deinit { ledger.free(number) }
}
