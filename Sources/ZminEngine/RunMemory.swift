/// Memory layout of a run.
package enum RunMemory: Sendable, Equatable {
  /// One window of so many bytes, on one thread.
  case window(byteCount: Int)
  /// Slices, several at once.
  case slices(SlicePlan)

  /// Resident bytes of a run, at most, the program included.
  ///
  /// A run that separates bad lines takes no more than any run with that window, except for a long line of an input
  /// that is not seekable.
  package func peakBytes(_ options: MinifierOptions) -> Int {
    switch self {
    case .window(let byteCount): SlicePlan.programBytes + WindowedRun.bytes(options, windowBytes: byteCount)
    case .slices(let plan): plan.peakBytes(options)
    }
  }

  /// Number of threads that minify.
  package var workers: Int {
    switch self {
    case .window: 1
    case .slices(let plan): plan.workers
    }
  }

  /// Bytes of an input that are processed at once, at most.
  package var windowBytes: Int {
    switch self {
    case .window(let byteCount): byteCount
    case .slices(let plan): plan.sliceBytes
    }
  }
}
