import ZminCPU
import ZminCore

/// The pools of a run in slices, settled before it: how many there are of what, and what memory that takes at most.
package struct SlicePlan: Sendable, Equatable {
  /// Threads that read, minify and write.
  package let workers: Int
  /// Slices that may be on their way at once.
  package let slots: Int
  /// The most that a slice has.
  package let sliceBytes: Int
  /// The least that a slice has, but for the last.
  package let smallestSliceBytes: Int

  package init(workers: Int, slots: Int, sliceBytes: Int, smallestSliceBytes: Int) {
    self.workers = workers
    self.slots = slots
    self.sliceBytes = sliceBytes
    self.smallestSliceBytes = smallestSliceBytes
  }

  /// Slices of that size; with two for each worker and two more, nobody waits for the one that is being written.
  private init(workers: Int, slots: Int, sliceBytes: Int) {
    self.init(
      workers: workers, slots: slots, sliceBytes: sliceBytes, smallestSliceBytes: Self.smallestBytes)
  }

  /// Slices that stay in a core's cache and are yet worth their calls of the system.
  package static let usualBytes = 256 << 10
  /// Less than this is mostly calls of the system.
  private static let smallestBytes = 32 << 10

  /// The plan of a run whose memory nothing limits.
  package init(workers: Int) {
    self.init(workers: workers, slots: 2 * workers + 2, sliceBytes: Self.usualBytes)
  }

  /// The plan that makes the most of a budget: as many workers as may be, then as large slices, then as many.
  ///
  /// - Parameters:
  ///   - workers: How many there are at most.
  ///   - budgetBytes: What the run may take at most, by ``peakBytes(_:)``. Nil if that is too little for any plan.
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

  /// The plan that takes the least.
  package static let least = SlicePlan(workers: 1, slots: 2, sliceBytes: smallestBytes)

  /// What is resident of a program that has just begun, its code and libraries.
  package static let programBytes = 16 << 20
  /// What a worker's stack takes.
  private static let touchedStackBytes = 64 << 10

  /// How much of a record may be held back until it is whole: as much as in other runs, and never less than a slice.
  var heldBytesMax: Int { max(Self.usualBytes, sliceBytes + SliceBoundary.windowBytes) }

  /// What the run has resident at most, in bytes: the program itself, the pools, and the deepest nesting allowed.
  package func peakBytes(_ options: MinifierOptions) -> Int {
    let slotBytes = SliceSlot.bytes(forSliceBytes: sliceBytes, options.format) + SliceNesting.bytes
    let roomBytes = SliceSlot.roomBytes(forSliceBytes: sliceBytes, options.format)
    let verifierBytes = options.verification == .none ? 0 : SliceVerifier.bytes(options, roomBytes: roomBytes)
    let workerBytes = options.kernel.workspaceBytes + Self.touchedStackBytes + verifierBytes
    return Self.programBytes + slots * slotBytes + workers * workerBytes
      + SliceJoiner.bytes(options, heldBytesMax: heldBytesMax)
  }
}
