/// Memory that someone else allocates, a driver for one, in the ledger for as long as the entry lives.
package struct LedgerEntry: ~Copyable, Sendable {
  private let byteCount: Int
  private let purpose: MemoryPurpose
  private let ledger: MemoryLedger

  /// Enters memory that was allocated just now.
  package init(byteCount: Int, for purpose: MemoryPurpose, in ledger: MemoryLedger) {
    self.byteCount = byteCount
    self.purpose = purpose
    self.ledger = ledger
    ledger.recordAllocation(byteCount, for: purpose)
  }

  deinit { ledger.recordFree(byteCount, for: purpose) }
}
