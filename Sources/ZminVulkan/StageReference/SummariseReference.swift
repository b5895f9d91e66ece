internal import CZminVulkan

/// The reference of `summarise.comp`: what it must leave for a slice, found a byte at a time.
struct SummariseReference {
  /// For each tile its map and its counts from each state.
  private(set) var tiles: [ExpectedWord] = []
  /// For each thread the map of its tile up to it.
  private(set) var threadMaps: [ExpectedWord] = []

  /// - Parameter threads: Those of a workgroup, which has a tile.
  init(_ slice: [UInt8], isLines: Bool, threads: Int) {
    let tileBytes = threads * Int(ZMIN_THREAD_BYTES)
    // In `json` no LF is owed, and what is said of that state means nothing.
    let states: [VulkanLane.EndState] =
      isLines ? [.outside, .string, .escaped, .owing] : [.outside, .string, .escaped]
    let mask = UInt32(1) << UInt32(2 * states.count) - 1
    for tileStart in stride(from: 0, to: slice.count, by: tileBytes) {
      let previous = tileStart == 0 ? nil : slice[tileStart - 1]
      var maps = [UInt32](repeating: 0, count: threads + 1)
      var counts = [ExpectedWord](repeating: .any, count: Int(ZMIN_STATE_COUNT))
      for start in states {
        var machine = StringMachine(isLines: isLines, startingIn: start, after: previous)
        var (kept, skeleton) = (0, 0)
        for thread in 0..<threads {
          maps[thread] |= machine.state.rawValue << (2 * start.rawValue)
          let first = min(tileStart + thread * Int(ZMIN_THREAD_BYTES), slice.count)
          for byte in slice[first..<min(first + Int(ZMIN_THREAD_BYTES), slice.count)] {
            let outcome = machine.take(byte)
            kept += outcome.isKept ? 1 : 0
            skeleton += outcome.isInSkeleton ? 1 : 0
          }
        }
        maps[threads] |= machine.state.rawValue << (2 * start.rawValue)
        counts[Int(start.rawValue)] = ExpectedWord(UInt32(kept | skeleton << 16))
      }
      tiles += [ExpectedWord(maps[threads], mask: mask)] + counts
      threadMaps += maps.dropLast().map { ExpectedWord($0, mask: mask) }
    }
  }
}
