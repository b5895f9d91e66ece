import ZminCore
package import ZminEngine

/// The memory plan of a bulk run, made once its files are known.
///
/// Large files come first and use all of it, in slices. Then each worker has a window for each format of the files.
package struct BulkMemory: Sendable, Equatable {
  /// Bytes for a worker's stack and its open files.
  private static let workerBytes = 128 << 10

  /// The number of threads that minify small files.
  package let workers: Int
  /// Bytes that they read at once.
  package let windowBytes: Int
  /// The plan for large files, nil if there are none.
  package let slices: SlicePlan?
  /// The peak of resident memory in bytes, the program and the list of files included.
  package let peakBytes: Int
  /// The memory of decoders and encoders, which is part of it.
  package let codecs: CodecMemory

  /// Makes the best plan for a budget; nil if the budget is too small.
  ///
  /// - Parameters:
  ///   - workers: The most workers for small files.
  ///   - sliceWorkers: The most workers for slices, 0 if there are no large files.
  ///   - listBytes: The size of the list of files.
  ///   - budgetBytes: The budget of the run, the program itself included.
  ///   - options: The options of the minifier for each format of the files.
  ///   - codecs: Memory of decoder and encoder of a file.
  package init?(
    workers: Int, sliceWorkers: Int, listBytes: Int, withinBytes budgetBytes: Int, _ options: [MinifierOptions],
    codecs: CodecMemory = CodecMemory()
  ) {
    let leftBytes = budgetBytes - listBytes
    var slices: SlicePlan?
    if sliceWorkers > 0 {
      for option in options {
        guard let plan = SlicePlan(workers: sliceWorkers, withinBytes: leftBytes - codecs.largeFileBytes, option) else {
          return nil
        }
        // The plan that is enough for every format.
        if slices.map({ plan.peakBytes(option) < $0.peakBytes(option) }) ?? true { slices = plan }
      }
    }
    for workers in (1...workers).reversed() {
      for windowBytes in [256 << 10, 64 << 10] {
        let windowsBytes =
          Self.peakBytes(workers: workers, windowBytes: windowBytes, options) + workers * codecs.smallFileBytes
        guard windowsBytes <= leftBytes else { continue }
        self.workers = workers
        self.windowBytes = windowBytes
        self.slices = slices
        self.codecs = codecs
        let slicesBytes = options.compactMap { slices?.peakBytes($0) }.max().map { $0 + codecs.largeFileBytes }
        peakBytes = listBytes + max(windowsBytes, slicesBytes ?? 0)
        return
      }
    }
    return nil
  }

  /// The smallest budget of a run, the program itself included.
  package static func leastBytes(
    listBytes: Int, hasLargeFiles: Bool, _ options: [MinifierOptions], codecs: CodecMemory = CodecMemory()
  ) -> Int {
    let windows = peakBytes(workers: 1, windowBytes: 64 << 10, options) + codecs.smallFileBytes
    let slices =
      hasLargeFiles ? codecs.largeFileBytes + (options.map { SlicePlan.least.peakBytes($0) }.max() ?? 0) : 0
    return listBytes + max(windows, slices)
  }

  private static func peakBytes(workers: Int, windowBytes: Int, _ options: [MinifierOptions]) -> Int {
    let windows = options.reduce(0) { $0 + WindowedRun.bytes($1, windowBytes: windowBytes) }
    return SlicePlan.programBytes + workers * (windows + workerBytes)
  }
}
