internal import CZminVulkan

/// The reference of `scan.comp`: where the tiles of a slice start and what the slice comes to, found a byte at a time.
struct ScanReference {
  /// For each tile its state, and how much is kept and how much skeleton there is before it.
  private(set) var starts: [ExpectedWord] = []
  let end: VulkanLane.EndState
  private(set) var keptBytes = 0
  private(set) var skeletonBytes = 0
  /// The workgroups of `check`.
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
    // Elements are told two characters late, so that there are two positions more than characters.
    let groupCharacters = threads * Int(ZMIN_THREAD_CHARACTERS)
    checkGroups = (skeletonBytes + 2 + groupCharacters - 1) / groupCharacters
  }
}
