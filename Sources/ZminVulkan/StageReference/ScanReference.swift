internal import CZminVulkan

/// Reference of `scan.comp`: start of each tile and totals of the slice, computed one byte at a time.
struct ScanReference {
  /// Four words for each tile: start state, kept bytes before it, skeleton bytes before it, 0.
  private(set) var starts: [ExpectedWord] = []
  let end: VulkanLane.EndState
  private(set) var keptBytes = 0
  private(set) var skeletonBytes = 0
  /// Workgroups of `check`.
  let checkGroups: Int

  init(_ slice: [UInt8], startingIn start: VulkanLane.EndState, isLines: Bool, threads: Int) {
    var machine = StringMachine(isLines: isLines, startingIn: start, after: nil)
    for (index, byte) in slice.enumerated() {
      if index % (threads * Int(ZMIN_THREAD_BYTES)) == 0 {
        starts += [machine.state.rawValue, UInt32(keptBytes), UInt32(skeletonBytes), 0].map { ExpectedWord($0) }
      }
      let outcome = machine.take(byte)
      keptBytes += outcome.isKept ? 1 : 0
      skeletonBytes += outcome.isInSkeleton ? 1 : 0
    }
    end = machine.state
    // Elements come out two characters late, so `check` covers two more positions than there are characters.
    let groupCharacters = threads * Int(ZMIN_THREAD_CHARACTERS)
    checkGroups = (skeletonBytes + 2 + groupCharacters - 1) / groupCharacters
  }
}
