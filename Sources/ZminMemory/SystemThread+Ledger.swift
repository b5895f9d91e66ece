package import ZminBase

extension SystemThread {
  /// Starts a thread with its stack entered in a ledger while it runs. Nil if the system or the ledger refuses.
  ///
  /// - Parameters:
  ///   - stackBytes: The maximum size of the stack. Only the used part takes memory.
  ///   - ledger: The ledger for the stack.
  ///   - body: The work of the thread.
  package init?(stackBytes: Int, ledger: MemoryLedger, _ body: @escaping @Sendable () -> Void) {
    if ledger.refuses(.threadStack) { return nil }
    let stack = unsafe LedgerEntry(byteCount: stackBytes, for: .threadStack, in: ledger)
    self.init(stackBytes: stackBytes) { stackAddress in
      unsafe stack.locate(at: stackAddress.flatMap { unsafe UnsafeMutableRawPointer(bitPattern: $0) })
      body()
      unsafe stack.locate(at: nil)
    }
  }
}
