import CZminCodec

/// Jobs that libzstd cuts one frame into, and the memory that they take.
struct ZstdJobs {
  let level: Int
  /// Number of threads. 0 takes the least memory, and makes other bytes than any other number.
  let workers: Int

  /// Size of a job, unless the overlap is larger. Larger ones take several times as much memory.
  private static let jobBytesMin = 1 << 20
  /// Longest input that is encoded at once.
  static let pledgedBytesMax = 512 << 10
  /// Levels above have windows of 32 MiB and more. Each thread would hold several, so one frame is encoded by the
  /// calling thread then, whatever the number of workers.
  private static let threadedLevelMax = 19

  private var parameters: ZSTD_compressionParameters { ZSTD_getCParams(Int32(level), 0, 0) }

  private var isThreaded: Bool { workers > 0 && level <= Self.threadedLevelMax }

  /// Share of the window that each job sees of the one before: 9 is all, each one less half of it.
  ///
  /// libzstd's own choice, but half of the window at levels to 8, whose jobs would see an eighth. On files of some MiB,
  /// level 3 makes 0.3% more than without jobs this way, and 4.5% more with an eighth.
  private var overlapLog: Int {
    let strategy = parameters.strategy.rawValue
    if strategy >= ZSTD_btultra2.rawValue { return 9 }
    if strategy >= ZSTD_btopt.rawValue { return 8 }
    return parameters.windowLog <= 21 ? 8 : 7
  }

  /// Plain bytes of a job.
  private var jobBytes: Int { max(Self.jobBytesMin, 1 << (Int(parameters.windowLog) - (9 - overlapLog))) }

  /// Room for the bytes that are with libzstd: one job for each thread, one that waits and one that is being filled.
  var ringBytes: Int { isThreaded ? (workers + 2) * jobBytes : Self.pledgedBytesMax }

  /// Memory that libzstd takes while it prepares its threads, with room to spare: 16 KiB for one, 250 KiB for 256.
  var reserveBytes: Int { isThreaded ? (24 + 2 * workers) << 10 : ZstdContext.structBytes }

  /// Memory of libzstd's context, of its jobs and of the ring, at most.
  ///
  /// libzstd makes a ring of its own of three jobs more than threads, and up to two output buffers for each thread and
  /// three more.
  var memoryBytes: Int {
    guard isThreaded else { return reserveBytes + ZSTD_estimateCStreamSize_usingCParams(parameters) + ringBytes }
    let contexts = reserveBytes + (workers + 1) * (8 << 10) + workers * ZSTD_estimateCCtxSize_usingCParams(parameters)
    return contexts + (workers + 3) * jobBytes + (2 * workers + 3) * ZSTD_compressBound(jobBytes) + ringBytes
  }

  var windowBytes: Int { 1 << Int(parameters.windowLog) }

  /// Sets the parameters of libzstd. One that was built without threads refuses them, and encodes when it is called.
  func set(on context: ZstdContext) {
    guard isThreaded else { return }
    // Any number of threads makes the same bytes, but none makes others.
    context.set(ZSTD_c_nbWorkers, to: workers)
    context.set(ZSTD_c_jobSize, to: jobBytes)
    context.set(ZSTD_c_overlapLog, to: overlapLog)
  }
}
