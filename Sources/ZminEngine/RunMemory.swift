/// How inputs go through memory.
package enum RunMemory: Sendable, Equatable {
  /// Through one window of so many bytes, on one thread.
  case window(byteCount: Int)
  /// In slices, several at once.
  case slices(SlicePlan)

  /// What a run has resident at most, in bytes, the program included. A run that separates bad lines takes no more
  /// than another one through a window of that size, but for a long line of an input that cannot be read twice.
  package func peakBytes(_ options: MinifierOptions) -> Int {
    switch self {
    case .window(let byteCount): SlicePlan.programBytes + WindowedRun.bytes(options, windowBytes: byteCount)
    case .slices(let plan): plan.peakBytes(options)
    }
  }

  /// How much of an input is looked at together at most.
  package var windowBytes: Int {
    switch self {
    case .window(let byteCount): byteCount
    case .slices(let plan): plan.sliceBytes
    }
  }
}
