import ZminBase
import ZminMemory

/// Jobs in the order of their stored bytes, and the threads that decode them.
///
/// A free thread takes the first job that nobody has, so the first of all jobs is never left waiting, and goes on until
/// it is finished. It waits while a job has no room for plain bytes: that of the first job is made by the reading
/// thread. Without threads the reading thread decodes.
///
/// `@unchecked Sendable` is sound because the monitor guards all variables. Only the reading thread calls what is not
/// private.
final class DecodingPool: @unchecked Sendable {
  private let monitor = Monitor()
  private let codec: Codec
  private let plan: DecodingPlan
  /// Limit of a decoder that works alone.
  private let limit: Int
  private let ledger: MemoryLedger
  private let stored: ByteRing
  private var makeProvisional: ProvisionalDecoderMaker?
  private var jobs: [DecodingJob] = []
  private var idleDecoders: [any JobDecoder] = []
  private var isStopping = false
  private var threads: [SystemThread] = []

  init(
    _ codec: Codec, _ plan: DecodingPlan, stored: ByteRing, limit: Int, ledger: MemoryLedger,
    makeProvisional: ProvisionalDecoderMaker?
  ) {
    self.codec = codec
    self.plan = plan
    self.stored = stored
    self.makeProvisional = makeProvisional
    self.limit = limit
    self.ledger = ledger
  }

  // MARK: Threads

  /// Starts the threads. There are fewer of them if the system refuses, and perhaps none.
  func startThreads() {
    guard threads.isEmpty else { return }
    for _ in 0..<plan.workers {
      let thread = SystemThread(stackBytes: WorkerThreads.stackBytes, ledger: ledger) { [self] in work() }
      guard let thread else { break }
      threads.append(thread)
    }
  }

  /// True if threads decode.
  var hasThreads: Bool { !threads.isEmpty }

  /// Ends the threads. They end within a step.
  func stop() {
    monitor.withLock {
      isStopping = true
      monitor.broadcast(.worker)
    }
    for thread in threads { thread.join() }
    threads = []
  }

  private func work() {
    while let job = nextJob() {
      while step(job, waits: true) {}
    }
  }

  private func nextJob() -> DecodingJob? {
    monitor.withLock {
      while !isStopping {
        if let job = jobs.first(where: { $0.isWaiting }) {
          job.state = .running
          return job
        }
        monitor.wait(as: .worker)
      }
      return nil
    }
  }

  // MARK: Steps

  /// Makes a step of a job, if it can.
  ///
  /// - Parameter waits: True to wait until it can.
  /// - Returns: False if the job is over, or if no step was made.
  @discardableResult
  private func step(_ job: DecodingJob, waits: Bool) -> Bool {
    let begun = monitor.withLock { () -> (input: JobInput, room: UnsafeMutableRawBufferPointer)? in
      while waits, job.needsSomething, !job.isCancelled, !isStopping { monitor.wait(as: .worker) }
      if job.isCancelled {
        finish(job, .dropped)
        return nil
      }
      guard !job.needsSomething, !isStopping else { return nil }
      let byteCount = job.limit - job.position
      let input = JobInput(
        bytes: UnsafeRawBufferPointer(stored.bytes(at: job.position, byteCount)), offset: job.position, end: job.end,
        isFinal: job.isFinal)
      return (input, job.plain.bytes(at: job.filledBytes, job.roomBytes))
    }
    guard let (input, room) = begun else { return false }
    let (step, unit, decoder) = decode(job, input, into: room)
    return monitor.withLock {
      if let unit { job.unit = unit }
      job.decoder = decoder
      return finish(step, of: job, input)
    }
  }

  /// Makes a step.
  ///
  /// - Returns: The step, the unit that it was about, and the decoder if it is of use any more. Otherwise it is freed
  ///   before the reading thread knows that the job is over, as the next job may need all memory.
  private func decode(
    _ job: DecodingJob, _ input: JobInput, into room: UnsafeMutableRawBufferPointer
  ) -> (JobStep, UnitDecoder.Unit?, (any JobDecoder)?) {
    let decoder = monitor.withLock { job.decoder.take() } ?? makeDecoder(for: job)
    let step = decoder.step(input, into: room)
    let unit = (decoder as? UnitDecoder)?.unit
    if case .finished(let end) = step.status, !isReusable(after: end, of: job) { return (step, unit, nil) }
    return (step, unit, decoder)
  }

  /// Notes the outcome of a step. Call it with the lock held.
  ///
  /// - Returns: False if the job is over.
  private func finish(_ step: JobStep, of job: DecodingJob, _ input: JobInput) -> Bool {
    job.position += step.consumedBytes
    job.filledBytes += step.producedBytes
    switch step.status {
    case .progress:
      if job.roomBytes == 0 { job.need = .room(job.plain.capacity / 4) }
    case .needsInput:
      // More bytes may have come meanwhile.
      let isSame = job.end == input.end && job.isFinal == input.isFinal
      let isOutOfInput = isSame && job.limit == input.offset + input.bytes.count
      if isOutOfInput { job.need = job.hasAllInput ? .newEnd : .input }
    case .needsRoom(let byteCount):
      if job.roomBytes < byteCount { job.need = .room(byteCount) }
    case .finished(let end):
      finish(job, .finished(end))
      return false
    }
    monitor.signal(.reader)
    return true
  }

  /// Ends a job. Call it with the lock held.
  private func finish(_ job: DecodingJob, _ state: DecodingJob.State) {
    job.state = state
    if case .finished(let end) = state, isReusable(after: end, of: job), let decoder = job.decoder {
      idleDecoders.append(decoder)
    }
    job.decoder = nil
    monitor.signal(.reader)
  }

  /// True if the decoder of a job can begin another one. One that stopped elsewhere is in no state to.
  private func isReusable(after end: JobEnd, of job: DecodingJob) -> Bool {
    if case .boundary = end { !job.isExclusive } else { false }
  }

  private func makeDecoder(for job: DecodingJob) -> any JobDecoder {
    let idle = job.isExclusive ? nil : takeIdleDecoder(for: job)
    let byteCountMax = job.isExclusive ? limit : plan.decoderBytesMax
    let allocator = CodecAllocator(byteCountMax: byteCountMax, for: .decoder, ledger: ledger)
    switch job.kind {
    case .units(let extent):
      let decoder =
        idle as? UnitDecoder
        ?? UnitDecoder(
          codec, allocator, memberBytesMax: job.plain.capacity,
          makeProvisional: monitor.withLock { makeProvisional })
      decoder.begin(extent)
      return decoder
    case .block(let block):
      let decoder = idle as? Bzip2BlockDecoder ?? Bzip2BlockDecoder(allocator)
      decoder.begin(block)
      return decoder
    }
  }

  private func takeIdleDecoder(for job: DecodingJob) -> (any JobDecoder)? {
    monitor.withLock {
      let index = idleDecoders.lastIndex { decoder in
        if case .block = job.kind { decoder is Bzip2BlockDecoder } else { decoder is UnitDecoder }
      }
      return index.map { idleDecoders.remove(at: $0) }
    }
  }

  /// Frees the decoders that no job has.
  func releaseIdleDecoders() {
    let idle = monitor.withLock {
      defer { idleDecoders = [] }
      return idleDecoders
    }
    _ = idle
  }

  /// Has all jobs from now on decoded by decoders whose word is final.
  func endProvisionalDecoding() {
    monitor.withLock { makeProvisional = nil }
    releaseIdleDecoders()
  }

  // MARK: Reading thread

  /// Adds a job behind all others.
  func add(_ job: DecodingJob) {
    monitor.withLock {
      jobs.append(job)
      monitor.broadcast(.worker)
    }
  }

  /// Changes what a job may read, with the lock held.
  func update(_ job: DecodingJob, _ change: (DecodingJob) -> Void) {
    monitor.withLock {
      change(job)
      if job.need == .input || job.need == .newEnd { job.need = .nothing }
      monitor.broadcast(.worker)
    }
  }

  /// Looks at a job with the lock held.
  func look<Result>(at job: DecodingJob, _ body: (DecodingJob) -> Result) -> Result {
    monitor.withLock { body(job) }
  }

  /// Waits until the first job has plain bytes, is over, or needs something. Without threads, decodes until then.
  ///
  /// - Parameter endSeconds: Time to stop waiting, by `MonotonicClock`; nil to wait without a limit.
  func waitForFirst(_ job: DecodingJob, until endSeconds: Double?) {
    guard hasThreads else {
      while !look(at: job, \.isWorthALook) { step(job, waits: false) }
      return
    }
    monitor.withLock {
      while !job.isWorthALook {
        if let endSeconds, MonotonicClock.seconds() >= endSeconds { return }
        monitor.wait(as: .reader, until: endSeconds)
      }
    }
  }

  /// Copies plain bytes of a job.
  ///
  /// - Returns: The number of bytes: as many as fit and are there.
  func drain(_ job: DecodingJob, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let (offset, availableBytes) = monitor.withLock { (job.drainedBytes, job.availableBytes) }
    let byteCount = min(availableBytes, buffer.count)
    guard byteCount > 0 else { return 0 }
    buffer.copyMemory(from: UnsafeRawBufferPointer(job.plain.bytes(at: offset, byteCount)))
    monitor.withLock {
      job.drainedBytes += byteCount
      if case .room(let neededBytes) = job.need, job.roomBytes >= neededBytes {
        job.need = .nothing
        monitor.broadcast(.worker)
      }
    }
    return byteCount
  }

  /// Takes away the first job, which is finished.
  func removeFirst() {
    monitor.withLock { _ = jobs.removeFirst() }
  }

  /// Takes away all jobs but the first, and waits until no thread works at them.
  func dropFollowers() {
    monitor.withLock {
      for job in jobs.dropFirst() {
        job.isCancelled = true
        if job.isWaiting { finish(job, .dropped) }
      }
      monitor.broadcast(.worker)
      for job in jobs.dropFirst() {
        while !job.isOver { monitor.wait(as: .reader) }
      }
      jobs.removeSubrange(min(1, jobs.count)...)
    }
  }
}

extension DecodingJob {
  fileprivate var isWaiting: Bool { if case .waiting = state { true } else { false } }

  /// True if no thread works at it, or will.
  fileprivate var isOver: Bool {
    switch state {
    case .waiting, .running: false
    case .finished, .dropped: true
    }
  }

  fileprivate var needsSomething: Bool { need != .nothing }

  /// True if it has all stored bytes up to its end, which is then wrong if it needs more.
  fileprivate var hasAllInput: Bool {
    guard let end else { return false }
    // A block gets its end together with all bytes that it may read.
    if case .block = kind { return true }
    return limit >= end
  }

  /// True if the reading thread has something to do about it.
  fileprivate var isWorthALook: Bool { availableBytes > 0 || isOver || needsSomething }
}
