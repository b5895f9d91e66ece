import CZminSystem

/// What the allocator of the C library, which Swift's objects are made with, has of the system's memory.
package struct AllocatorHeap: Sendable, Equatable {
  /// In use, allocations with mappings of their own included.
  package let usedBytes: Int
  /// Held of the system: in use, and kept for later.
  package let heldBytes: Int

  /// What it has now.
  package init() {
    let info = mallinfo2()
    usedBytes = Int(info.uordblks + info.hblkhd)
    heldBytes = Int(info.arena + info.hblkhd)
  }
}
