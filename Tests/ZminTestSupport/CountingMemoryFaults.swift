import Synchronization
package import ZminMemory

/// Refuses the n-th mapping of memory or start of a thread, counted from 0, or all from the n-th on.
package final class CountingMemoryFaults: MemoryFaults {
  private let refusedIndex: Int?
  private let isLasting: Bool
  private let state = Mutex<(asked: Int, refused: [MemoryPurpose])>((0, []))

  /// - Parameters:
  ///   - refusedIndex: The index of the request that is refused, nil for none.
  ///   - isLasting: True to refuse all later requests too.
  package init(refusing refusedIndex: Int? = nil, isLasting: Bool = false) {
    self.refusedIndex = refusedIndex
    self.isLasting = isLasting
  }

  /// The number of requests, threads included.
  package var asked: Int { state.withLock { $0.asked } }
  /// The purposes of the refused requests.
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
