import ZminCore
package import ZminEngine

/// The pools of a run over many files, settled once it is known which files these are.
///
/// Large files come first and have all of it, in slices; then each worker has a window for each format that there is.
package struct BulkMemory: Sendable, Equatable {
  /// What a worker's stack and its open files take.
  private static let workerBytes = 128 << 10

  /// Threads that each take files.
  package let workers: Int
  /// How much of a file they read at once.
  package let windowBytes: Int
  /// For large files; nil if there are none.
  package let slices: SlicePlan?
  /// What the run has resident at most, in bytes, the program and the list of the files included.
  package let peakBytes: Int

  /// The plan that makes the most of a budget; nil if that is too little for any.
  ///
  /// - Parameters:
  ///   - workers: How many there are at most.
  ///   - sliceWorkers: How many there are at most for slices, 0 if there are no large files.
  ///   - listBytes: What the list of the files takes.
  ///   - budgetBytes: What the run may take, the program itself included.
  ///   - options: What is done to the files, for each format that there is.
  package init?(
    workers: Int, sliceWorkers: Int, listBytes: Int, withinBytes budgetBytes: Int, _ options: [MinifierOptions]
  ) {
    let leftBytes = budgetBytes - listBytes
    var slices: SlicePlan?
    if sliceWorkers > 0 {
      for option in options {
        guard let plan = SlicePlan(workers: sliceWorkers, withinBytes: leftBytes, option) else { return nil }
        // The one that does for all formats.
        if slices.map({ plan.peakBytes(option) < $0.peakBytes(option) }) ?? true { slices = plan }
      }
    }
    for workers in (1...workers).reversed() {
      for windowBytes in [256 << 10, 64 << 10] {
        let windowsBytes = Self.peakBytes(workers: workers, windowBytes: windowBytes, options)
        guard windowsBytes <= leftBytes else { continue }
        self.workers = workers
        self.windowBytes = windowBytes
        self.slices = slices
        peakBytes = listBytes + max(windowsBytes, options.compactMap { slices?.peakBytes($0) }.max() ?? 0)
        return
      }
    }
    return nil
  }

  /// The least that any run takes, the program itself included.
  package static func leastBytes(listBytes: Int, hasLargeFiles: Bool, _ options: [MinifierOptions]) -> Int {
    let windows = peakBytes(workers: 1, windowBytes: 64 << 10, options)
    let slices = hasLargeFiles ? options.map { SlicePlan.least.peakBytes($0) }.max() ?? 0 : 0
    return listBytes + max(windows, slices)
  }

  private static func peakBytes(workers: Int, windowBytes: Int, _ options: [MinifierOptions]) -> Int {
    let windows = options.reduce(0) { $0 + WindowedRun.bytes($1, windowBytes: windowBytes) }
    return SlicePlan.programBytes + workers * (windows + workerBytes)
  }
}
