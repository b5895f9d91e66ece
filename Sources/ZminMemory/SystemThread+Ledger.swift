package import ZminBase

extension SystemThread {
  /// Starts a thread whose stack is entered in a ledger while the thread runs. Nil if the system or the ledger refuses.
  ///
  /// - Parameters:
  ///   - stackBytes: Size that the stack may grow to. Only the used part takes memory.
  ///   - ledger: Ledger that the stack is entered in.
  ///   - body: Work of the thread.
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
