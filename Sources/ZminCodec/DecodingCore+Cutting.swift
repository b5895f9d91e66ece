import CZminCodec
import ZminEngine

extension DecodingCore where Base: ~Copyable {
  /// Makes a job of stored bytes, or gives the open job more.
  ///
  /// - Parameter isBlocked: True if no more bytes come without waiting.
  /// - Returns: True if anything changed.
  func cut(isBlocked: Bool) throws -> Bool {
    if let openJob { return extend(openJob) }
    if isTail || cuts.count == plan.slots || cuts.first?.job.isExclusive == true { return false }
    if let nextBlock { return try cutBlock(nextBlock.block, startsStream: nextBlock.startsStream) }
    let head = storedBytes(from: next)
    guard head.count >= codec.headBytes || isBaseAtEnd else { return false }
    guard codec.begins(head, isWhole: isBaseAtEnd) else {
      isTail = true
      return true
    }
    if plan.workers == 0, codec != .bzip2 { return try open(.all, isExclusive: true) }
    if isSequential, codec != .bzip2 { return try open(.all) }
    switch codec {
    case .gzip: return try cutMembers(isBlocked: isBlocked)
    case .zstd: return try cutFrames(head)
    case .bzip2: return try cutStream(head)
    case .xz: return try open(.all, isExclusive: true)
    }
  }

  /// Makes a job that gets more bytes as they come.
  func open(_ extent: UnitDecoder.Extent, end: Int? = nil, isExclusive: Bool = false) throws -> Bool {
    if isExclusive {
      guard cuts.isEmpty else { return false }
      releaseIdleMemory()
    }
    let job = try add(.units(extent), start: next, limit: storedEnd, end: end, isExclusive: isExclusive)
    openJob = job
    searchedEnd = next
    return job != nil
  }

  // MARK: Open job

  /// Gives the open job all bytes that it may read, and looks for its end.
  private func extend(_ job: DecodingJob) -> Bool {
    let (state, limit, end, isFinal) = pool.look(at: job) { ($0.state, $0.limit, $0.end, $0.isFinal) }
    if case .finished(let jobEnd) = state {
      settle(job, jobEnd)
      return true
    }
    if case .block = job.kind, findEnd(ofBlock: job) { return true }
    if isEndSought(of: job), findEnd(ofFrame: job) { return true }
    let newLimit = min(end ?? .max, storedEnd)
    let isNowFinal = isBaseAtEnd && newLimit == storedEnd
    let changes = newLimit != limit || isNowFinal != isFinal
    if changes { pool.update(job) { ($0.limit, $0.isFinal) = (newLimit, isNowFinal) } }
    guard newLimit == end else { return changes }
    openJob = nil
    next = newLimit
    return true
  }

  /// Goes on behind an open job that is finished.
  func settle(_ job: DecodingJob, _ end: JobEnd) {
    openJob = nil
    next = pool.look(at: job, \.position)
    // No other job depends on the end that it should have had.
    pool.update(job) { $0.end = nil }
    if case .boundary = end { return }
    isTail = true
  }

  /// True if the end of an open job is still to be found among the stored bytes.
  func isEndSought(of job: DecodingJob) -> Bool {
    guard codec == .zstd, case .units(.unit) = job.kind, !isSequential else { return false }
    return storedEnd - job.start < plan.storedBytes
  }

  /// Looks for the end of a frame. It takes time in proportion to the frame, so it is done when that has grown by much.
  private func findEnd(ofFrame job: DecodingJob) -> Bool {
    let byteCount = storedEnd - job.start
    guard byteCount > (searchedEnd - job.start) / 4 * 5 || isBaseAtEnd, searchedEnd < storedEnd else { return false }
    searchedEnd = storedEnd
    guard let frameBytes = Self.frameBytes(in: storedBytes(from: job.start)) else { return false }
    openJob = nil
    next = job.start + frameBytes
    let (limit, isFinal) = (next, isBaseAtEnd && next == storedEnd)
    pool.update(job) { ($0.limit, $0.end, $0.isFinal) = (max($0.limit, limit), limit, isFinal) }
    return true
  }

  // MARK: gzip

  /// Makes a job of members that tell their sizes and are there, or one of a member that does not.
  private func cutMembers(isBlocked: Bool) throws -> Bool {
    var (end, plainBytes) = (next, 0)
    var isFull = false
    var incomplete: SizedMember?
    while !isFull {
      let left = storedBytes(from: end)
      guard let member = SizedMember(left), member.storedBytes <= plan.memberStoredBytesMax else { break }
      guard member.storedBytes <= left.count else {
        incomplete = member
        break
      }
      plainBytes += member.claimedPlainBytes(in: left)
      if end > next, plainBytes > plan.plainBytes { break }
      end += member.storedBytes
      isFull = plainBytes >= plan.jobPlainBytes || end - next >= plan.jobStoredBytes
    }
    if end > next {
      let isAtGap = incomplete != nil || storedEnd - end < codec.headBytes
      if isAtGap, !isFull, !isBlocked, !isBaseAtEnd { return false }
      guard try add(.units(.unit), start: next, limit: end, end: end) != nil else { return false }
      next = end
      return true
    }
    guard let incomplete else { return try open(.unsized) }
    // A producer that pauses within a member must not hold back what can be decoded.
    return isBlocked && cuts.isEmpty ? try open(.unit, end: next + incomplete.storedBytes) : false
  }

  // MARK: zstd

  /// Makes a job of frames that are there, or one of a frame that is not, or that needs much memory.
  private func cutFrames(_ head: UnsafeRawBufferPointer) throws -> Bool {
    if needsExclusiveJob {
      guard try open(.unit, isExclusive: true) else { return false }
      needsExclusiveJob = false
      return true
    }
    guard let decoderBytes = decoderBytes(ofFrame: head) else { return false }
    if decoderBytes > plan.decoderBytesMax { return try open(.unit, isExclusive: true) }
    var end = next
    while end - next < plan.jobStoredBytes {
      let left = storedBytes(from: end)
      guard
        codec.begins(left, isWhole: isBaseAtEnd), let decoderBytes = self.decoderBytes(ofFrame: left),
        decoderBytes <= plan.decoderBytesMax, let frameBytes = Self.frameBytes(in: left)
      else { break }
      end += frameBytes
    }
    if end == next { return try open(.unit) }
    guard try add(.units(.unit), start: next, limit: end, end: end) != nil else { return false }
    next = end
    return true
  }

  /// Memory that a decoder of a frame takes; nil if the bytes end before the frame tells.
  private func decoderBytes(ofFrame bytes: UnsafeRawBufferPointer) -> Int? {
    var header = ZSTD_frameHeader()
    let missing = ZSTD_getFrameHeader(&header, bytes.baseAddress, bytes.count)
    // The decoder judges bytes that are no header.
    if ZSTD_isError(missing) != 0 { return 0 }
    if missing > 0 { return isBaseAtEnd ? 0 : nil }
    if header.frameType == ZSTD_skippableFrame { return 0 }
    guard let windowBytes = Int(exactly: header.windowSize), windowBytes <= plan.decoderBytesMax else { return .max }
    return ZSTD_estimateDStreamSize(windowBytes)
  }

  /// Stored size of a frame; nil if it is not there, or has no size.
  private static func frameBytes(in bytes: UnsafeRawBufferPointer) -> Int? {
    let frameBytes = ZSTD_findFrameCompressedSize(bytes.baseAddress, bytes.count)
    return ZSTD_isError(frameBytes) != 0 ? nil : frameBytes
  }
}
