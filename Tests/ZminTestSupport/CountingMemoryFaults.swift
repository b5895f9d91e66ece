import Synchronization
package import ZminMemory

/// Has the n-th mapping of memory or start of a thread be refused, from 0, or all from then on.
package final class CountingMemoryFaults: MemoryFaults {
  private let refusedIndex: Int?
  private let isLasting: Bool
  private let state = Mutex<(asked: Int, refused: [MemoryPurpose])>((0, []))

  /// - Parameters:
  ///   - refusedIndex: Which is refused; nil for none.
  ///   - isLasting: Whether all are from then on.
  package init(refusing refusedIndex: Int? = nil, isLasting: Bool = false) {
    self.refusedIndex = refusedIndex
    self.isLasting = isLasting
  }

  /// How much was asked for, threads among it.
  package var asked: Int { state.withLock { $0.asked } }
  /// What was refused.
  package var refused: [MemoryPurpose] { state.withLock { $0.refused } }

  package func refuses(_ purpose: MemoryPurpose) -> Bool {
    state.withLock { state in
      let index = state.asked
      state.asked += 1
      guard let refusedIndex, index == refusedIndex || isLasting && index > refusedIndex else { return false }
      state.refused.append(purpose)
      return true
    }
  }
}
