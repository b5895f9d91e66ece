package import ZminMemory

extension MemoryLedger {
  /// The number of allocations other than thread stacks, which are allocated anew for each input.
  package var bufferAllocations: Int {
    let snapshot = snapshot()
    return snapshot.total.allocations - (snapshot.purposes[.threadStack]?.allocations ?? 0)
  }
}
