import CZminCodec
import ZminBase
import ZminEngine
import ZminMemory

// Compressed bytes are read into a ring, and cut into jobs where the format tells how, or lets one guess:
//
//     ring     | member member | member member | member m
//     jobs     |      0        |       1       | not cut yet
//              └ decoded by a worker, taken in order by the reading thread
//
//     gzip     members that tell their stored size (BGZF, MiGz), several to a job
//     zstd     frames, whose blocks tell their stored sizes
//     bzip2    blocks, found by their signature
//     xz, and members and frames of unknown or too large size: one job, which gets more bytes as it needs them
//
// Every cut is a guess, as sizes and signatures may be wrong. A job tells where it really ends. If that is where the
// next one begins, the guess was right. Otherwise the jobs behind it are dropped, and their bytes, which stay in the
// ring until all before them are decoded, are cut again. So the plain bytes and the errors are those of a decoder that
// goes through the data in order.

/// State of a ``DecodedSource``, used by the reading thread only.
final class DecodingCore<Base: ByteSource & ~Copyable> {
  /// A job, with what follows it.
  struct Cut {
    let job: DecodingJob
    /// True for the first block of a stream of bzip2.
    var startsStream = false
    /// Checksum of the stream of bzip2 that ends with the job.
    var streamChecksum: UInt32?
  }

  var base: Base
  let codec: Codec
  let plan: DecodingPlan
  let pool: DecodingPool
  private let plainBytesMax: Int
  private let ledger: MemoryLedger

  // MARK: Stored bytes

  let stored: ByteRing
  /// End of the stored bytes that were read.
  private(set) var storedEnd = 0
  private(set) var isBaseAtEnd = false
  /// End of the stored bytes that were read from the base in order. Those before it can be read again.
  private var storedEndInOrder = 0
  /// Error of the base, which comes behind the bytes before it.
  private var baseError: (any Error)?

  // MARK: Cutting

  /// Jobs that are not taken to their end, in order.
  var cuts: [Cut] = []
  /// The last job, if its end is not known or not reached.
  var openJob: DecodingJob?
  /// Offset of the first stored byte behind all jobs, if the last one is not open.
  var next = 0
  /// Block that begins the next job.
  var nextBlock: (block: Bzip2Block, startsStream: Bool)?
  /// True if what follows all jobs is not another member, frame or stream.
  var isTail = false
  /// True before the first member, frame or stream.
  var isFirst = true
  /// True if sizes were wrong, and what follows is decoded in order.
  var isSequential = false
  /// True if the next job needs more memory than a worker may have.
  var needsExclusiveJob = false
  /// Bytes of the open job among which its end was looked for, or the bit up to which it was.
  var searchedEnd = 0
  private var idleRings: [ByteRing] = []

  // MARK: Plain bytes

  /// Number of plain bytes given so far.
  private(set) var decodedBytes = 0
  /// Bytes that the first job makes again, and that are not given again.
  private(set) var givenBytes: GivenBytes?
  /// Member, frame or stream that was given last.
  private(set) var lastUnit = UnitDecoder.Unit()
  private var streamChecksum = Bzip2StreamChecksum()
  /// Number of zero bytes since the last member, frame or stream.
  var paddingBytes = 0
  var isAtEnd = false
  /// Error that was met behind bytes that were given.
  private var errorBehind: (any Error)?

  init(
    _ base: consuming Base, _ codec: Codec, _ plan: DecodingPlan, decoderBytesMax: Int, plainBytesMax: Int,
    ledger: MemoryLedger, makeProvisional: ProvisionalDecoderMaker?
  ) throws(OutOfMemory) {
    self.plan = plan
    stored = try ByteRing(capacity: plan.storedBytes, ledger: ledger)
    pool = DecodingPool(
      codec, plan, stored: stored, limit: decoderBytesMax, ledger: ledger, makeProvisional: makeProvisional)
    self.base = base
    self.codec = codec
    self.plainBytesMax = plainBytesMax
    self.ledger = ledger
  }

  deinit { pool.stop() }

  // MARK: Reading

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if let error = errorBehind.take() { throw error }
    var filled = 0
    do {
      while filled < buffer.count, case .bytes = try prepare(filled == 0 ? .endless : .none) {
        filled += try take(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      }
    } catch {
      // The bytes before it may have an error of their own, which is the first then.
      guard filled > 0 else { throw error }
      errorBehind = error
    }
    return filled
  }

  func isReady(withinMilliseconds milliseconds: Int32) -> Bool {
    if errorBehind != nil { return true }
    do {
      let patience =
        milliseconds < 0 ? Patience.endless : .until(MonotonicClock.seconds() + Double(milliseconds) / 1000)
      if case .notReady = try prepare(patience) { return false }
    } catch {
      errorBehind = error
    }
    return true
  }

  /// Takes plain bytes of the first job.
  private func take(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let allowedBytes = plainBytesMax - decodedBytes
    guard allowedBytes > 0, let first = cuts.first else {
      throw error(.limit, "the decoded data is longer than \(plainBytesMax) bytes, the size allowed")
    }
    let neededBytes = min(allowedBytes, (givenBytes?.end ?? .max) - decodedBytes)
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(neededBytes))
    let count = pool.drain(first.job, into: room)
    decodedBytes += count
    guard givenBytes != nil else { return count }
    try compare(UnsafeRawBufferPointer(rebasing: room[..<count]))
    return 0
  }

  /// Compares plain bytes that were made again with those that were given.
  private func compare(_ bytes: UnsafeRawBufferPointer) throws {
    guard var given = givenBytes else { return }
    given.repeatedChecksum = libdeflate_crc32(given.repeatedChecksum, bytes.baseAddress, bytes.count)
    givenBytes = decodedBytes < given.end ? given : nil
    if givenBytes == nil, given.repeatedChecksum != given.checksum { throw checksumError }
  }

  // MARK: Progress

  /// Limit of a wait.
  private enum Patience {
    /// Waits for decoders, but for no bytes of the base.
    case none
    case until(Double)
    case endless

    var endSeconds: Double? { if case .until(let seconds) = self { seconds } else { nil } }
  }

  private enum Availability {
    case bytes, end, notReady
  }

  /// Goes on until the first job has plain bytes, or the end is reached.
  private func prepare(_ patience: Patience) throws -> Availability {
    while true {
      try pump()
      guard let first = cuts.first?.job else {
        if isAtEnd { return .end }
        if isTail, try !passTail() { continue }
        if try !fill(patience) { return .notReady }
        continue
      }
      pool.waitForFirst(first, until: patience.endSeconds)
      switch pool.look(at: first, { ($0.availableBytes > 0, $0.state, $0.need) }) {
      case (true, _, _): return .bytes
      case (_, .finished(let end), _): try retire(first, end)
      case (_, _, .newEnd): reopen(first)
      // Bytes that are there are given to it first.
      case (_, _, .input) where pool.look(at: first, \.limit) == storedEnd && !isBaseAtEnd:
        if try !fill(patience) { return .notReady }
      case (_, _, .input): continue
      default: if let endSeconds = patience.endSeconds, MonotonicClock.seconds() >= endSeconds { return .notReady }
      }
    }
  }

  /// Reads and cuts as far as there is room, and as bytes come without waiting.
  private func pump() throws {
    while true {
      if try cut(isBlocked: false) { continue }
      if !isBaseAtEnd, baseError == nil, storedRoom >= plan.storedBytes / 4 {
        do {
          if try base.isReady(withinMilliseconds: 0) {
            try readStored()
            continue
          }
        } catch {
          baseError = error
        }
      }
      if try !cut(isBlocked: true) { return }
    }
  }

  /// Waits for stored bytes, and reads them.
  ///
  /// - Returns: False if none came in time.
  private func fill(_ patience: Patience) throws -> Bool {
    if let error = baseError.take() { throw error }
    switch patience {
    case .none: guard try base.isReady(withinMilliseconds: 0) else { return false }
    case .until(let endSeconds):
      let milliseconds = max(0, (endSeconds - MonotonicClock.seconds()) * 1000).rounded(.up)
      guard try base.isReady(withinMilliseconds: Int32(min(milliseconds, Double(Int32.max)))) else { return false }
    case .endless: break
    }
    try readStored()
    return true
  }

  /// Most bytes of a read.
  private static var readBytes: Int { 256 << 10 }

  private func readStored() throws {
    let room = stored.bytes(at: storedEnd, min(storedRoom, Self.readBytes))
    let readAgainBytes = storedEndInOrder - storedEnd
    if readAgainBytes > 0 {
      let count = try base.read(
        into: UnsafeMutableRawBufferPointer(rebasing: room.prefix(readAgainBytes)), at: storedEnd)
      if count == 0 { throw base.endedEarlyError }
      storedEnd += count
    } else {
      let count = try base.read(into: room)
      storedEnd += count
      storedEndInOrder = storedEnd
      if count == 0 { isBaseAtEnd = true }
    }
    if storedEnd > plan.threadlessBytes { pool.startThreads() }
  }

  /// Room for stored bytes. Those of jobs stay until all before them are decoded.
  private var storedRoom: Int { plan.storedBytes - (storedEnd - storedStart) }

  /// Offset of the first stored byte that is kept: that of a job whose end is looked for, as long as there is room.
  private var storedStart: Int {
    if let first = cuts.first?.job, first === openJob, isEndSought(of: first) { return first.start }
    return decodedStart
  }

  /// Bytes of decoded data that are kept: the header of a frame that is decoded again, and the beginning of a
  /// signature.
  private static var lookBehindBytes: Int { 32 }

  /// Offset of the first stored byte that is not decoded, less some.
  private var decodedStart: Int {
    guard let first = cuts.first?.job else { return next }
    return max(first.start, pool.look(at: first, \.position) - Self.lookBehindBytes)
  }

  /// Stored bytes from an offset on.
  func storedBytes(from offset: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(stored.bytes(at: offset, storedEnd - offset))
  }

  // MARK: Jobs

  /// Makes a job, if there is memory for one.
  ///
  /// - Throws: ``OutOfMemory`` if there is none even for a single job.
  func add(
    _ kind: DecodingJob.Kind, start: Int, limit: Int, end: Int? = nil, isExclusive: Bool = false,
    startsStream: Bool = false
  ) throws -> DecodingJob? {
    let plain: ByteRing
    do {
      plain = try idleRings.popLast() ?? ByteRing(capacity: plan.plainBytes, ledger: ledger)
    } catch {
      if cuts.isEmpty { throw error }
      return nil
    }
    let job = DecodingJob(kind, start: start, limit: limit, end: end, isExclusive: isExclusive, plain: plain)
    job.isFinal = isBaseAtEnd && limit == storedEnd
    cuts.append(Cut(job: job, startsStream: startsStream))
    pool.add(job)
    isFirst = false
    return job
  }

  /// Frees what jobs have left behind, so that one may have all memory.
  func releaseIdleMemory() {
    idleRings = []
    pool.releaseIdleDecoders()
  }

  /// Gives a job that goes on behind its end the bytes that follow.
  private func reopen(_ first: DecodingJob) {
    dropFollowers()
    cuts[0].streamChecksum = nil
    openJob = first
    let (end, position) = pool.look(at: first) { ($0.end, $0.position) }
    if case .block = first.kind, let end {
      searchedEnd = end + 1
    } else {
      isSequential = true
    }
    pool.update(first) { job in
      (job.end, job.limit, job.isFinal) = (nil, position, false)
    }
  }

  /// Drops all jobs but the first.
  private func dropFollowers() {
    pool.dropFollowers()
    idleRings += cuts.dropFirst().map(\.job.plain)
    cuts.removeSubrange(min(1, cuts.count)...)
    (openJob, nextBlock, isTail) = (nil, nil, false)
  }

  /// Takes the first job away, whose plain bytes are given, and judges its end.
  private func retire(_ first: DecodingJob, _ end: JobEnd) throws {
    if first === openJob { settle(first, end) }
    let (position, plannedEnd, unit) = pool.look(at: first) { ($0.position, $0.end, $0.unit) }
    switch end {
    case .boundary: try finishStream(cuts[0])
    case .unrecognized: break
    case .truncated: throw error(.truncated, "the data ends early, within a \(codec.unit)")
    case .unconfirmed(let checksum): return decodeAgain(first, unit, checksum)
    case .fault(.memory, .some) where isWorthMoreMemory(first, unit, position):
      dropFollowers()
      (next, needsExclusiveJob) = (unit.start, true)
      return remove(first, unit)
    case .fault(let fault, let refusedBytes):
      throw fault.asError(codec, storedOffset: storedBytes, plainOffset: decodedBytes, refusedBytes: refusedBytes)
    }
    if case .units = first.kind, let plannedEnd, plannedEnd != position {
      dropFollowers()
      (next, isSequential) = (position, true)
    }
    remove(first, unit)
  }

  /// True if a frame needs more memory than a decoder beside others may have, and can be decoded again.
  private func isWorthMoreMemory(_ first: DecodingJob, _ unit: UnitDecoder.Unit, _ position: Int) -> Bool {
    codec == .zstd && !first.isExclusive && unit.plainBytes == 0 && position - unit.start < Self.lookBehindBytes
  }

  /// Has zlib decode a member from its start.
  private func decodeAgain(_ first: DecodingJob, _ unit: UnitDecoder.Unit, _ checksum: UInt32) {
    dropFollowers()
    remove(first, unit)
    pool.endProvisionalDecoding()
    (next, storedEnd, isBaseAtEnd, isSequential) = (unit.start, unit.start, false, true)
    if unit.plainBytes > 0 { givenBytes = GivenBytes(end: decodedBytes, checksum: checksum) }
    decodedBytes -= unit.plainBytes
  }

  private func remove(_ first: DecodingJob, _ unit: UnitDecoder.Unit) {
    if case .units = first.kind { lastUnit = unit }
    pool.removeFirst()
    cuts.removeFirst()
    idleRings.append(first.plain)
  }

  /// Adds a block's checksum to that of its stream, and compares it at the stream's end.
  private func finishStream(_ cut: Cut) throws {
    guard case .block(let block) = cut.job.kind else { return }
    if cut.startsStream { streamChecksum = Bzip2StreamChecksum() }
    streamChecksum.append(block.checksum)
    if let expected = cut.streamChecksum, expected != streamChecksum.value {
      throw DecoderFault.syntax.asError(codec, storedOffset: storedBytes, plainOffset: decodedBytes)
    }
  }

  // MARK: Errors

  /// Number of stored bytes that are decoded.
  var storedBytes: Int { cuts.first.map { pool.look(at: $0.job, \.position) } ?? next }

  var checksumError: any Error {
    DecoderFault.checksum.asError(codec, storedOffset: storedBytes, plainOffset: decodedBytes)
  }

  func error(_ code: DecodingError.Code, _ message: String) -> DecodingError {
    DecodingError(codec: codec, code: code, storedOffset: storedBytes, plainOffset: decodedBytes, message: message)
  }
}
