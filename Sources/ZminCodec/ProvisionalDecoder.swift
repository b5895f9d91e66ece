/// Decoder of gzip members that is faster than zlib, which has the last word about what it finds wrong.
///
/// It is used only where the compressed bytes can be read again: a member that it does not decode to the end is decoded
/// from its start by zlib, and the plain bytes that were given are compared with the new ones.
protocol ProvisionalDecoder: Decoder {
  /// CRC-32 of the plain bytes of the member so far.
  var checksum: UInt32 { get }
}

/// Maker of a decoder that takes its memory from an allocator. Nil if there is no such decoder on the machine.
typealias ProvisionalDecoderMaker = @Sendable (CodecAllocator) -> (any ProvisionalDecoder)?

/// Plain bytes of a member that were given before it is decoded again.
struct GivenBytes {
  /// Offset of their end among all plain bytes.
  let end: Int
  let checksum: UInt32
  /// CRC-32 of those that were made again.
  var repeatedChecksum: UInt32 = 0
}
