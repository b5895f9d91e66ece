import CZminCodec
import ZminMemory

/// Encoder of one zstd frame with a checksum, by libzstd and its threads.
///
/// libzstd cuts its input into jobs for its threads. Their size does not depend on the number of threads, so neither do
/// the bytes. A decoder follows the encoder on the thread that calls: encoded bytes are written when they have been
/// decoded and compared. Plain bytes wait for that in a ring.
///
/// The first bytes are held back, so that a short output is encoded at once, with its size in the frame's header.
///
/// libzstd's threads are its own: their stacks are not in the ledger. They use some pages of them.
final class ZstdEncoder: Encoder {
  private let context: ZstdContext
  private let prover: ZstdProver
  private let stored: ByteBuffer
  /// Plain bytes that are not proved yet.
  private var ring: ByteQueue
  private var isStarted = false
  private var isWhole = false
  /// Calls without output that empty a place in the ring, at most: each ends a job or waits for output.
  private let fruitlessCallsMax: Int
  private let faults: (any EncodingFaults)?

  private static let pieceBytes = 128 << 10

  /// - Parameter workers: Number of threads that encode, at least 1.
  /// - Throws: ``OutOfMemory``.
  init(level: Int, workers: Int, faults: (any EncodingFaults)?, ledger: MemoryLedger) throws(OutOfMemory) {
    prover = try ZstdProver(ledger: ledger)
    stored = try ByteBuffer(byteCount: ZSTD_CStreamOutSize(), for: .encoder, in: ledger)
    let jobs = ZstdJobs(level: level, workers: workers)
    context = try ZstdContext(level: level, reserveBytes: jobs.reserveBytes, ledger: ledger)
    ring = try ByteQueue(byteCount: jobs.ringBytes, ledger: ledger)
    fruitlessCallsMax = 2 * workers + 16
    self.faults = faults
    jobs.set(on: context)
  }

  /// Memory of an encoder, at most.
  static func memoryBytes(level: Int, workers: Int) -> Int {
    let jobs = ZstdJobs(level: level, workers: workers)
    return jobs.memoryBytes + ZstdProver.memoryBytes(windowBytes: jobs.windowBytes) + ZSTD_CStreamOutSize()
  }

  func encode(_ plain: UnsafeRawBufferPointer, write: (UnsafeRawBufferPointer) throws -> Void) throws {
    var rest = plain[...]
    while !rest.isEmpty {
      if !isStarted, ring.count + rest.count > ZstdJobs.pledgedBytesMax { try start(write) }
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.pieceBytes))
      try makeRoom(for: piece.count, write)
      ring.append(piece)
      if isStarted { try compress(piece, ZSTD_e_continue, write) }
      rest = rest.dropFirst(piece.count)
    }
  }

  func finish(write: (UnsafeRawBufferPointer) throws -> Void) throws {
    if !isStarted {
      _ = try context.checked(ZSTD_CCtx_setPledgedSrcSize(context.pointer, UInt64(ring.count)))
      try compress(ring.head, ZSTD_e_end, write)
    } else {
      try compress(UnsafeRawBufferPointer(start: nil, count: 0), ZSTD_e_end, write)
    }
    guard isWhole, ring.count == 0 else { throw EncodingError() }
  }

  /// Encodes what was held back.
  private func start(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
    isStarted = true
    // The ring is not freed of the bytes until they are proved.
    if ring.count > 0 { try compress(ring.head, ZSTD_e_continue, write) }
  }

  /// Waits until enough of the ring is proved.
  private func makeRoom(for byteCount: Int, _ write: (UnsafeRawBufferPointer) throws -> Void) throws {
    var fruitlessCalls = 0
    while ring.room < byteCount {
      let before = ring.count
      try compress(UnsafeRawBufferPointer(start: nil, count: 0), ZSTD_e_continue, write)
      fruitlessCalls = ring.count < before ? 0 : fruitlessCalls + 1
      guard fruitlessCalls < fruitlessCallsMax else { throw EncodingError() }
    }
  }

  private func compress(
    _ plain: UnsafeRawBufferPointer, _ directive: ZSTD_EndDirective, _ write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var source = ZSTD_inBuffer(src: plain.baseAddress, size: plain.count, pos: 0)
    while true {
      var destination = ZSTD_outBuffer(dst: stored.bytes.baseAddress, size: stored.bytes.count, pos: 0)
      let left = try context.checked(ZSTD_compressStream2(context.pointer, &destination, &source, directive))
      if destination.pos > 0 {
        let bytes = UnsafeMutableRawBufferPointer(rebasing: stored.bytes[..<destination.pos])
        faults?.damage(bytes)
        try prove(UnsafeRawBufferPointer(bytes))
        try write(UnsafeRawBufferPointer(bytes))
      }
      if source.pos == source.size, directive == ZSTD_e_end ? left == 0 : destination.pos < destination.size { return }
    }
  }

  /// Decodes encoded bytes, and compares them with the head of the ring.
  private func prove(_ bytes: UnsafeRawBufferPointer) throws {
    isWhole = try prover.decode(bytes) { decoded throws(EncodingError) in
      guard ring.removeFirst(ifEqualTo: decoded) else { throw EncodingError() }
    }
  }
}
