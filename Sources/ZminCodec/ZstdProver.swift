import CZminCodec
import ZminMemory

/// Decoder of what an encoder of zstd made.
final class ZstdProver {
  private let decoder: ZstdDecoder
  private let decoded: ByteBuffer

  /// - Throws: ``OutOfMemory``.
  init(ledger: MemoryLedger) throws(OutOfMemory) {
    do throws(DecoderFault) {
      decoder = try ZstdDecoder(CodecAllocator(for: .encoder, ledger: ledger))
    } catch {
      throw OutOfMemory(byteCount: 0, purpose: .encoder)
    }
    decoded = try ByteBuffer(byteCount: ZSTD_DStreamOutSize(), for: .encoder, in: ledger)
  }

  /// Memory that a prover takes, at most.
  static func memoryBytes(windowBytes: Int) -> Int { ZSTD_estimateDStreamSize(windowBytes) + ZSTD_DStreamOutSize() }

  /// Decodes the next encoded bytes.
  ///
  /// - Parameter compare: Called with decoded bytes, in order.
  /// - Returns: True if a frame ends with the last byte.
  /// - Throws: ``EncodingError``, ``OutOfMemory``.
  func decode(
    _ stored: UnsafeRawBufferPointer, compare: (UnsafeRawBufferPointer) throws(EncodingError) -> Void
  ) throws -> Bool {
    var rest = stored
    while true {
      let step = decoder.decode(rest, into: decoded.bytes)
      if let fault = step.fault {
        if fault == .memory { throw OutOfMemory(byteCount: 0, purpose: .encoder) }
        throw EncodingError()
      }
      try compare(UnsafeRawBufferPointer(rebasing: decoded.bytes[..<step.producedBytes]))
      rest = UnsafeRawBufferPointer(rebasing: rest[step.consumedBytes...])
      if rest.isEmpty, step.producedBytes < decoded.bytes.count || step.isAtEnd { return step.isAtEnd }
    }
  }
}
