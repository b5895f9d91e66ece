import CZminCodec
import Glibc
import ZminMemory

/// Encoder of one zstd frame with a checksum, by libzstd.
///
/// A decoder follows the encoder: encoded bytes are written when they have been decoded and compared. Plain bytes wait
/// for that in a queue. libzstd encodes blocks of 128 KiB as soon as they are full, so the queue stays short.
final class ZstdEncoder: Encoder {
  private let context: OpaquePointer
  private let allocator: CodecAllocator
  private let decoder: ZstdDecoder
  private let stored: ByteBuffer
  private let decoded: ByteBuffer
  /// Plain bytes that are not proved yet.
  private let queue: ByteBuffer
  private var queuedBytes = 0

  private static let pieceBytes = 128 << 10
  /// The block being filled, the piece that fills it, and what the decoder holds back.
  private static let queueBytes = 4 * pieceBytes

  init(level: Int, ledger: MemoryLedger) throws(OutOfMemory) {
    let allocator = CodecAllocator(for: .encoder, ledger: ledger)
    let refused = OutOfMemory(byteCount: 0, purpose: .encoder)
    do throws(DecoderFault) {
      decoder = try ZstdDecoder(allocator)
    } catch {
      throw refused
    }
    let made = czmin_zstd_encoder(
      { context, byteCount in CodecAllocator.allocate(1, of: byteCount, in: context) },
      { _, pointer in CodecAllocator.release(pointer) }, allocator.context)
    guard let made else { throw refused }
    context = made
    self.allocator = allocator
    stored = try ByteBuffer(byteCount: ZSTD_CStreamOutSize(), for: .encoder, in: ledger)
    decoded = try ByteBuffer(byteCount: ZSTD_DStreamOutSize(), for: .encoder, in: ledger)
    queue = try ByteBuffer(byteCount: Self.queueBytes, for: .encoder, in: ledger)
    ZSTD_CCtx_setParameter(made, ZSTD_c_compressionLevel, Int32(level))
    ZSTD_CCtx_setParameter(made, ZSTD_c_checksumFlag, 1)
  }

  deinit { ZSTD_freeCCtx(context) }

  func encode(_ plain: UnsafeRawBufferPointer, write: (UnsafeRawBufferPointer) throws -> Void) throws {
    var rest = plain[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.pieceBytes))
      guard queuedBytes + piece.count <= Self.queueBytes else { throw EncodingError() }
      queue.bytes[queuedBytes...].copyBytes(from: piece)
      queuedBytes += piece.count
      try compress(piece, ZSTD_e_continue, write)
      rest = rest.dropFirst(piece.count)
    }
  }

  func finish(write: (UnsafeRawBufferPointer) throws -> Void) throws {
    try compress(UnsafeRawBufferPointer(start: nil, count: 0), ZSTD_e_end, write)
    guard queuedBytes == 0 else { throw EncodingError() }
  }

  private func compress(
    _ plain: UnsafeRawBufferPointer, _ directive: ZSTD_EndDirective, _ write: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var source = ZSTD_inBuffer(src: plain.baseAddress, size: plain.count, pos: 0)
    while true {
      var destination = ZSTD_outBuffer(dst: stored.bytes.baseAddress, size: stored.bytes.count, pos: 0)
      let left = ZSTD_compressStream2(context, &destination, &source, directive)
      guard ZSTD_isError(left) == 0 else {
        if ZSTD_getErrorCode(left) == ZSTD_error_memory_allocation {
          throw OutOfMemory(byteCount: 0, purpose: .encoder)
        }
        throw EncodingError()
      }
      if destination.pos > 0 {
        let bytes = UnsafeRawBufferPointer(rebasing: stored.bytes[..<destination.pos])
        try prove(bytes)
        try write(bytes)
      }
      if source.pos == source.size, directive == ZSTD_e_end ? left == 0 : destination.pos < destination.size { return }
    }
  }

  /// Decodes encoded bytes, and compares them with the head of the queue.
  private func prove(_ bytes: UnsafeRawBufferPointer) throws {
    var rest = bytes
    while true {
      let step: DecodingStep
      do throws(DecoderFault) {
        step = try decoder.decode(rest, into: decoded.bytes)
      } catch {
        if error == .memory { throw OutOfMemory(byteCount: 0, purpose: .encoder) }
        throw EncodingError()
      }
      try dequeue(UnsafeRawBufferPointer(rebasing: decoded.bytes[..<step.producedBytes]))
      rest = UnsafeRawBufferPointer(rebasing: rest[step.consumedBytes...])
      if rest.isEmpty, step.producedBytes < decoded.bytes.count || step.isAtEnd { return }
    }
  }

  private func dequeue(_ proved: UnsafeRawBufferPointer) throws {
    guard let start = proved.baseAddress, !proved.isEmpty, let head = queue.bytes.baseAddress else { return }
    guard proved.count <= queuedBytes, memcmp(start, head, proved.count) == 0 else { throw EncodingError() }
    queuedBytes -= proved.count
    memmove(head, head + proved.count, queuedBytes)
  }
}
