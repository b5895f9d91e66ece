import CZminCodec

/// Decoder of gzip members by ISA-L, which is some times as fast as zlib.
final class IgzipDecoder: ProvisionalDecoder {
  /// Functions of the machine's library, loaded by the first call; nil if it has none.
  ///
  /// `nonisolated(unsafe)` is sound because pointers to functions do not change.
  private nonisolated(unsafe) static let library: czmin_igzip? = {
    var library = czmin_igzip()
    return czmin_igzip_load("libisal.so.2", &library) ? library : nil
  }()

  /// Size of compressed data from which on it pays to load the library.
  static let storedBytesMin = 1 << 20

  static let make: ProvisionalDecoderMaker = { IgzipDecoder($0) }

  private let library: czmin_igzip
  private let allocator: CodecAllocator
  private let state: UnsafeMutableRawPointer
  private var isAtEnd = true

  /// Returns nil if the machine has no ISA-L, or there is no memory for its decoder.
  init?(_ allocator: CodecAllocator) {
    guard let library = Self.library, let state = allocator.allocate(czmin_igzip_decoder_size()) else { return nil }
    self.library = library
    self.allocator = allocator
    self.state = state
  }

  deinit { CodecAllocator.release(state) }

  var checksum: UInt32 { czmin_igzip_checksum(state) }

  func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodingStep {
    if isAtEnd { czmin_igzip_begin(library, state) }
    let step = czmin_igzip_decode(
      library, state, input.baseAddress, UInt32(clamping: input.count), output.baseAddress,
      UInt32(clamping: output.count))
    isAtEnd = step.isAtEnd
    return DecodingStep(
      consumedBytes: step.consumedBytes, producedBytes: step.producedBytes, isAtEnd: isAtEnd,
      fault: step.isFault ? .syntax : nil)
  }
}
