internal import CZminVulkan

/// Reference of `summarise.comp`: maps of states and counts of a slice's tiles, computed one byte at a time.
struct SummariseReference {
  /// Words for each tile: its map, then for each start state its kept bytes (low 16 bits) and skeleton bytes (high 16).
  private(set) var tiles: [ExpectedWord] = []
  /// Map for each thread: from the tile's start state to the thread's start state.
  private(set) var threadMaps: [ExpectedWord] = []

  /// - Parameter threads: Threads of a workgroup, which handles one tile.
  init(_ slice: [UInt8], isLines: Bool, threads: Int) {
    let tileBytes = threads * Int(ZMIN_THREAD_BYTES)
    // In `json` no LF is owed, so results for that state are ignored.
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
