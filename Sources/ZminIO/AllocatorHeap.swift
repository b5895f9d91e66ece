import CZminSystem

/// Memory of the C library's allocator, which also allocates Swift's objects.
package struct AllocatorHeap: Sendable, Equatable {
  /// Bytes in use, allocations with mappings of their own included.
  package let usedBytes: Int
  /// Bytes taken from the system: in use or kept for later.
  package let heldBytes: Int

  /// Reads the current figures.
  package init() {
    let info = mallinfo2()
    usedBytes = Int(info.uordblks + info.hblkhd)
    heldBytes = Int(info.arena + info.hblkhd)
  }
}
