import CZminCodec

/// State of libbz2 for one stream after another.
final class Bzip2Stream {
  /// Its address must not change, as the library checks it.
  private let state: UnsafeMutablePointer<bz_stream>
  private let allocator: CodecAllocator
  /// True from the start of a stream to its end.
  private(set) var isOpen = false

  init(_ allocator: CodecAllocator) {
    self.allocator = allocator
    state = .allocate(capacity: 1)
    state.initialize(to: bz_stream())
    state.pointee.opaque = allocator.context
    state.pointee.bzalloc = { context, count, size in CodecAllocator.allocate(count, of: size, in: context) }
    state.pointee.bzfree = { _, pointer in CodecAllocator.release(pointer) }
  }

  deinit {
    close()
    state.deallocate()
  }

  /// Starts a stream, unless one is open.
  ///
  /// - Returns: False if there is no memory.
  func open() -> Bool {
    if !isOpen { isOpen = BZ2_bzDecompressInit(state, 0, 0) == BZ_OK }
    return isOpen
  }

  /// Gives up the open stream, if there is one.
  func close() {
    if isOpen { BZ2_bzDecompressEnd(state) }
    isOpen = false
  }

  /// Decodes as much of the open stream as input and room allow. Closes it at its end.
  func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodingStep {
    let (inputBytes, outputBytes) = (min(input.count, Int(Int32.max)), min(output.count, Int(Int32.max)))
    // The library reads its input only, whatever the type says.
    state.pointee.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.assumingMemoryBound(to: CChar.self))
    state.pointee.avail_in = UInt32(inputBytes)
    state.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: CChar.self)
    state.pointee.avail_out = UInt32(outputBytes)
    var fault: DecoderFault?
    switch BZ2_bzDecompress(state) {
    case BZ_OK: break
    case BZ_STREAM_END: close()
    case BZ_MEM_ERROR: fault = .memory
    // Wrong checksums of blocks are BZ_DATA_ERROR too: the library does not tell.
    default: fault = .syntax
    }
    return DecodingStep(
      consumedBytes: inputBytes - Int(state.pointee.avail_in),
      producedBytes: outputBytes - Int(state.pointee.avail_out), isAtEnd: !isOpen, fault: fault)
  }
}
