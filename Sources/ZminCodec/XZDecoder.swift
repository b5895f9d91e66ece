import CZminCodec

/// Decoder of xz streams, by liblzma.
final class XZDecoder: Decoder {
  /// State of the library. Its address must not change, as the library keeps pointers into it.
  private let stream: UnsafeMutablePointer<lzma_stream>
  private let memory: UnsafeMutablePointer<lzma_allocator>
  private let allocator: CodecAllocator
  private var isInStream = false

  init(_ allocator: CodecAllocator) {
    self.allocator = allocator
    memory = .allocate(capacity: 1)
    memory.initialize(to: lzma_allocator())
    memory.pointee.opaque = allocator.context
    memory.pointee.alloc = { context, count, size in CodecAllocator.allocate(count, of: size, in: context) }
    memory.pointee.free = { _, pointer in CodecAllocator.release(pointer) }
    stream = .allocate(capacity: 1)
    // All zeroes is what LZMA_STREAM_INIT stands for.
    stream.initialize(to: lzma_stream())
    stream.pointee.allocator = UnsafePointer(memory)
  }

  deinit {
    lzma_end(stream)
    stream.deallocate()
    memory.deallocate()
  }

  func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodingStep {
    if !isInStream {
      // The limit is the allocator's, which counts all that the library takes.
      guard lzma_stream_decoder(stream, .max, 0) == LZMA_OK else {
        return DecodingStep(consumedBytes: 0, producedBytes: 0, isAtEnd: false, fault: .memory)
      }
      isInStream = true
    }
    stream.pointee.next_in = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_in = input.count
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = output.count
    var fault: DecoderFault?
    switch lzma_code(stream, LZMA_RUN) {
    case LZMA_OK, LZMA_BUF_ERROR: break
    case LZMA_STREAM_END: isInStream = false
    case LZMA_MEM_ERROR, LZMA_MEMLIMIT_ERROR: fault = .memory
    // Wrong checksums are LZMA_DATA_ERROR too: the library does not tell.
    default: fault = .syntax
    }
    return DecodingStep(
      consumedBytes: input.count - stream.pointee.avail_in, producedBytes: output.count - stream.pointee.avail_out,
      isAtEnd: !isInStream, fault: fault)
  }
}
