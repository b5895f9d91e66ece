import CZminCodec

/// Decoder of bzip2 streams, by libbz2.
final class Bzip2Decoder: Decoder {
  /// State of the library. Its address must not change, as the library checks it.
  private let stream: UnsafeMutablePointer<bz_stream>
  private let allocator: CodecAllocator
  /// True between the first byte of a stream and its end.
  private var isInStream = false

  init(_ allocator: CodecAllocator) {
    self.allocator = allocator
    stream = .allocate(capacity: 1)
    stream.initialize(to: bz_stream())
    stream.pointee.useMemory(of: allocator)
  }

  deinit {
    if isInStream { BZ2_bzDecompressEnd(stream) }
    stream.deallocate()
  }

  func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodingStep {
    if !isInStream {
      guard BZ2_bzDecompressInit(stream, 0, 0) == BZ_OK else {
        return DecodingStep(consumedBytes: 0, producedBytes: 0, isAtEnd: false, fault: .memory)
      }
      isInStream = true
    }
    let (inputBytes, outputBytes) = (min(input.count, Int(Int32.max)), min(output.count, Int(Int32.max)))
    stream.pointee.setBuffers(input.prefix(inputBytes), output.prefix(outputBytes))
    var fault: DecoderFault?
    switch BZ2_bzDecompress(stream) {
    case BZ_OK: break
    case BZ_STREAM_END:
      BZ2_bzDecompressEnd(stream)
      isInStream = false
    case BZ_MEM_ERROR: fault = .memory
    // Wrong checksums of blocks are BZ_DATA_ERROR too: the library does not tell.
    default: fault = .syntax
    }
    return DecodingStep(
      consumedBytes: inputBytes - Int(stream.pointee.avail_in),
      producedBytes: outputBytes - Int(stream.pointee.avail_out), isAtEnd: !isInStream,
      fault: fault)
  }
}

extension bz_stream {
  /// Has the library take its memory from an allocator, which must outlive the stream.
  mutating func useMemory(of allocator: CodecAllocator) {
    opaque = allocator.context
    bzalloc = { context, count, size in CodecAllocator.allocate(count, of: size, in: context) }
    bzfree = { _, pointer in CodecAllocator.release(pointer) }
  }

  mutating func setBuffers(_ input: Slice<UnsafeRawBufferPointer>, _ output: Slice<UnsafeMutableRawBufferPointer>) {
    let (input, output) = (
      UnsafeRawBufferPointer(rebasing: input), UnsafeMutableRawBufferPointer(rebasing: output)
    )
    // The library reads its input only, whatever the type says.
    next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: CChar.self))
    avail_in = UInt32(input.count)
    next_out = output.baseAddress?.assumingMemoryBound(to: CChar.self)
    avail_out = UInt32(output.count)
  }
}
