import CZminCodec

/// Decoder of whole gzip members in memory, by libdeflate: faster than zlib, which has the last word about damage.
final class DeflateMemberDecoder {
  private let decompressor: OpaquePointer
  private let allocator: CodecAllocator

  /// - Throws: ``DecoderFault/memory``.
  init(_ allocator: CodecAllocator) throws(DecoderFault) {
    guard let made = DeflateMemory.withAllocator(allocator, { libdeflate_alloc_decompressor() }) else { throw .memory }
    decompressor = made
    self.allocator = allocator
  }

  deinit { libdeflate_free_decompressor(decompressor) }

  /// Decodes a member, and checks its checksum and its length.
  ///
  /// - Returns: The number of plain bytes; nil if the member is damaged, has another size, or needs more room.
  func decode(_ member: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> Int? {
    var (storedBytes, plainBytes) = (0, 0)
    let result = libdeflate_gzip_decompress_ex(
      decompressor, member.baseAddress, member.count, room.baseAddress, room.count, &storedBytes, &plainBytes)
    return result == LIBDEFLATE_SUCCESS && storedBytes == member.count ? plainBytes : nil
  }
}
