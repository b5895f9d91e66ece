/// Decoder of bzip2 streams, by libbz2.
final class Bzip2Decoder: Decoder {
  private let stream: Bzip2Stream

  init(_ allocator: CodecAllocator) { stream = Bzip2Stream(allocator) }

  func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodingStep {
    guard stream.open() else {
      return DecodingStep(consumedBytes: 0, producedBytes: 0, isAtEnd: false, fault: .memory)
    }
    return stream.decode(input, into: output)
  }
}
