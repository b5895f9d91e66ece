import CZminCodec

/// Decoder of zstd frames, skippable ones too, by libzstd.
final class ZstdDecoder: Decoder {
  private let context: OpaquePointer
  private let allocator: CodecAllocator
  /// Number of bytes that the library needs for the next thing it does.
  private var pieceBytes = headerBytes
  /// True if the library may have more plain bytes than there was room for.
  private var isHoldingBack = false

  /// Length of the shortest header of a frame. The library asks for more if there is more.
  private static let headerBytes = 5
  private static let blockHeaderBytes = 3

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

  func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodingStep {
    var step = DecodingStep(consumedBytes: 0, producedBytes: 0, isAtEnd: false)
    var isStuck = false
    // The library forgets what it has made in a call that fails. So each call gets no more than the next block, and
    // nothing while there is more to be given of the last one.
    while !isStuck, step.fault == nil, !step.isAtEnd {
      let rest = input[step.consumedBytes...].prefix(isHoldingBack ? 0 : pieceBytes)
      let room = UnsafeMutableRawBufferPointer(rebasing: output[step.producedBytes...])
      let wasHoldingBack = isHoldingBack
      let progress = call(UnsafeRawBufferPointer(rebasing: rest), into: room, &step)
      isStuck = progress == 0 && !(wasHoldingBack && !isHoldingBack)
    }
    return step
  }

  /// - Returns: The number of bytes taken and made.
  private func call(
    _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, _ step: inout DecodingStep
  ) -> Int {
    var source = ZSTD_inBuffer(src: input.baseAddress, size: input.count, pos: 0)
    var destination = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
    let hint = ZSTD_decompressStream(context, &destination, &source)
    guard ZSTD_isError(hint) == 0 else {
      step.fault = fault(of: hint)
      return 0
    }
    step.consumedBytes += source.pos
    step.producedBytes += destination.pos
    step.isAtEnd = hint == 0
    isHoldingBack = hint != 0 && destination.pos == destination.size
    // The library hints at the header of the next block, too.
    let isBlock = ZSTD_nextInputType(context) == ZSTDnit_block
    pieceBytes = hint == 0 ? Self.headerBytes : max(1, hint - (isBlock ? Self.blockHeaderBytes : 0))
    return source.pos + destination.pos
  }

  private func fault(of result: Int) -> DecoderFault {
    switch ZSTD_getErrorCode(result) {
    case ZSTD_error_checksum_wrong: .checksum
    case ZSTD_error_dictionary_wrong, ZSTD_error_dictionary_corrupted: .dictionary
    case ZSTD_error_frameParameter_windowTooLarge: .window
    case ZSTD_error_memory_allocation: .memory
    default: .syntax
    }
  }
}
