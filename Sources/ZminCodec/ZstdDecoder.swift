import CZminCodec

/// Decoder of zstd frames, skippable ones too, by libzstd.
final class ZstdDecoder: Decoder {
  private let context: OpaquePointer
  private let allocator: CodecAllocator

  /// - Throws: ``DecoderFault/memory``.
  init(_ allocator: CodecAllocator) throws(DecoderFault) {
    self.allocator = allocator
    let made = czmin_zstd_decoder(
      { context, byteCount in CodecAllocator.allocate(1, of: byteCount, in: context) },
      { _, pointer in CodecAllocator.release(pointer) }, allocator.context)
    guard let made else { throw .memory }
    context = made
  }

  deinit { ZSTD_freeDCtx(context) }

  func decode(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(DecoderFault) -> DecodingStep {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var destination = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let result = ZSTD_decompressStream(context, &destination, &source)
    guard ZSTD_isError(result) == 0 else {
      switch ZSTD_getErrorCode(result) {
      case ZSTD_error_checksum_wrong: throw .checksum
      case ZSTD_error_dictionary_wrong, ZSTD_error_dictionary_corrupted: throw .dictionary
      case ZSTD_error_frameParameter_windowTooLarge: throw .window
      case ZSTD_error_memory_allocation: throw .memory
      default: throw .syntax
      }
    }
    return DecodingStep(consumedBytes: source.pos, producedBytes: destination.pos, isAtEnd: result == 0)
  }
}
