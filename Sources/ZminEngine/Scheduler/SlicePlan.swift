import ZminCPU
import ZminCore

/// The pools of a run in slices, planned before it, with the most memory that they take.
package struct SlicePlan: Sendable, Equatable {
  /// Threads that read, minify and write.
  package let workers: Int
  /// Slices in flight at once, at most.
  package let slots: Int
  /// Largest slice.
  package let sliceBytes: Int
  /// Smallest slice, except for the last.
  package let smallestSliceBytes: Int

  package init(workers: Int, slots: Int, sliceBytes: Int, smallestSliceBytes: Int) {
    self.workers = workers
    self.slots = slots
    self.sliceBytes = sliceBytes
    self.smallestSliceBytes = smallestSliceBytes
  }

  /// Makes a plan with slices of that size. With two slots for each worker and two more, no worker waits for the slice
  /// that is being written.
  private init(workers: Int, slots: Int, sliceBytes: Int) {
    self.init(
      workers: workers, slots: slots, sliceBytes: sliceBytes, smallestSliceBytes: Self.smallestBytes)
  }

  /// Slice that fits in a core's cache and is large enough for the cost of its system calls.
  package static let usualBytes = 256 << 10
  /// Slice below which system calls dominate.
  private static let smallestBytes = 32 << 10

  /// Makes the plan of a run without a memory limit.
  package init(workers: Int) {
    self.init(workers: workers, slots: 2 * workers + 2, sliceBytes: Self.usualBytes)
  }

  /// Makes the largest plan within a budget: first as many workers as possible, then as large slices, then as many.
  ///
  /// Nil if the budget is too small for any plan.
  ///
  /// - Parameters:
  ///   - workers: Workers, at most.
  ///   - budgetBytes: Bound for ``peakBytes(_:)``.
  package init?(workers: Int, withinBytes budgetBytes: Int, _ options: MinifierOptions) {
    for workers in (1...workers).reversed() {
      for sliceBytes in [Self.usualBytes, 128 << 10, 64 << 10, Self.smallestBytes] {
        for slots in [2 * workers + 2, workers + 2, workers + 1] {
          let plan = SlicePlan(workers: workers, slots: slots, sliceBytes: sliceBytes)
          if plan.peakBytes(options) <= budgetBytes {
            self = plan
            return
          }
        }
      }
    }
    return nil
  }

  /// The plan that takes the least memory.
  package static let least = SlicePlan(workers: 1, slots: 2, sliceBytes: smallestBytes)

  /// Resident bytes of a program that has just started, with code and libraries.
  package static let programBytes = 16 << 20
  /// Resident bytes of a worker's stack.
  private static let touchedStackBytes = 64 << 10

  /// Bytes of an incomplete record that may be held back: as many as in other runs, and at least a slice.
  var heldBytesMax: Int { max(Self.usualBytes, sliceBytes + SliceBoundary.windowBytes) }

  /// Resident bytes of the run, at most: the program, the pools, and the deepest nesting allowed.
  package func peakBytes(_ options: MinifierOptions) -> Int {
    let slotBytes = SliceSlot.bytes(forSliceBytes: sliceBytes, options.format) + SliceNesting.bytes
    let roomBytes = SliceSlot.roomBytes(forSliceBytes: sliceBytes, options.format)
    let verifierBytes = options.verification == .none ? 0 : SliceVerifier.bytes(options, roomBytes: roomBytes)
    let workerBytes = options.kernel.workspaceBytes + Self.touchedStackBytes + verifierBytes
    return Self.programBytes + slots * slotBytes + workers * workerBytes
      + SliceJoiner.bytes(options, heldBytesMax: heldBytesMax)
  }
}
