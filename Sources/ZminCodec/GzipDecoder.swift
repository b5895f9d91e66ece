import CZminCodec

/// Decoder of gzip members, by zlib.
final class GzipDecoder: Decoder {
  /// State of the library. Its address must not change, as the library checks it.
  private let stream: UnsafeMutablePointer<z_stream>
  private let allocator: CodecAllocator
  private var isAtEnd = false

  /// - Throws: ``DecoderFault/memory``.
  init(_ allocator: CodecAllocator) throws(DecoderFault) {
    self.allocator = allocator
    stream = .allocate(capacity: 1)
    stream.initialize(to: z_stream())
    stream.pointee.useMemory(of: allocator)
    guard czmin_inflate_init(stream) == Z_OK else { throw .memory }
  }

  deinit {
    inflateEnd(stream)
    stream.deallocate()
  }

  func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodingStep {
    if isAtEnd {
      inflateReset(stream)
      isAtEnd = false
    }
    let (inputBytes, outputBytes) = (min(input.count, Int(Int32.max)), min(output.count, Int(Int32.max)))
    // The library reads its input only, whatever the type says.
    stream.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
    stream.pointee.avail_in = UInt32(inputBytes)
    stream.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
    stream.pointee.avail_out = UInt32(outputBytes)
    var fault: DecoderFault?
    switch inflate(stream, Z_NO_FLUSH) {
    case Z_OK, Z_BUF_ERROR: break
    case Z_STREAM_END: isAtEnd = true
    case Z_MEM_ERROR: fault = .memory
    case Z_NEED_DICT: fault = .dictionary
    default: fault = isChecksumMessage ? .checksum : .syntax
    }
    return DecodingStep(
      consumedBytes: inputBytes - Int(stream.pointee.avail_in),
      producedBytes: outputBytes - Int(stream.pointee.avail_out), isAtEnd: isAtEnd,
      fault: fault)
  }

  /// True if the library's message is about the trailer: "incorrect data check", "incorrect length check".
  private var isChecksumMessage: Bool {
    stream.pointee.msg.map { ["incorrect data check", "incorrect length check"].contains(String(cString: $0)) } ?? false
  }
}

extension z_stream {
  /// Has the library take its memory from an allocator, which must outlive the stream.
  mutating func useMemory(of allocator: CodecAllocator) {
    opaque = allocator.context
    zalloc = { context, count, size in CodecAllocator.allocate(count, of: size, in: context) }
    zfree = { _, pointer in CodecAllocator.release(pointer) }
  }
}
