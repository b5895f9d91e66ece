import CZminCodec
import ZminMemory

/// Decoder of whole gzip members, by libdeflate, which decodes them faster than zlib.
///
/// Every error is judged by zlib, which tells one kind from another.
///
/// `@unchecked Sendable` because ``GzipBlockDecoders`` lends a decoder to one thread at a time.
final class GzipBlockDecoder: @unchecked Sendable {
  private let decompressor: OpaquePointer
  private let judge: GzipDecoder
  /// Compressed bytes of a member.
  let stored: ByteBuffer
  /// Decoded bytes of a member of which a part is wanted.
  let plain: ByteBuffer

  /// - Throws: ``DecoderFault/memory``.
  init(
    storedBytesMax: Int, plainBytesMax: Int, _ allocator: CodecAllocator, ledger: MemoryLedger
  ) throws(DecoderFault) {
    do throws(OutOfMemory) {
      stored = try ByteBuffer(byteCount: max(storedBytesMax, 1), for: .decoder, in: ledger)
      plain = try ByteBuffer(byteCount: max(plainBytesMax, 1), for: .decoder, in: ledger)
    } catch {
      throw .memory
    }
    judge = try GzipDecoder(allocator)
    guard let made = DeflateMemory.withAllocator(allocator, { libdeflate_alloc_decompressor() }) else {
      throw .memory
    }
    decompressor = made
  }

  deinit { libdeflate_free_decompressor(decompressor) }

  /// Decodes the member at the start of ``stored``.
  ///
  /// - Parameters:
  ///   - storedBytes: Size of the member.
  ///   - output: Exactly as much room as the member says that it needs.
  /// - Throws: ``DecoderFault``; ``DecoderFault/checksum`` also if the member decodes to more or fewer bytes.
  func decode(storedBytes: Int, into output: UnsafeMutableRawBufferPointer) throws(DecoderFault) {
    var (takenBytes, madeBytes) = (0, 0)
    let result = libdeflate_gzip_decompress_ex(
      decompressor, stored.bytes.baseAddress, storedBytes, output.baseAddress, output.count, &takenBytes, &madeBytes)
    if result == LIBDEFLATE_SUCCESS, takenBytes == storedBytes, madeBytes == output.count { return }
    let input = UnsafeRawBufferPointer(rebasing: stored.bytes[..<storedBytes])
    judge.reset()
    _ = try judge.decode(input, into: output)
    throw .checksum
  }
}
