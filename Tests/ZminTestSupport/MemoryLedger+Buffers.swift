package import ZminMemory

extension MemoryLedger {
  /// Allocations other than the stacks of threads, which each input has anew.
  package var bufferAllocations: Int {
    let snapshot = snapshot()
    return snapshot.total.allocations - (snapshot.purposes[.threadStack]?.allocations ?? 0)
  }
}
