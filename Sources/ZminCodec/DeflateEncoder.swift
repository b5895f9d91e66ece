import CZminCodec
import ZminMemory

/// Encoder of deflate data by libdeflate, which zlib decodes again.
///
/// zlib is the decoder that most readers of gzip data have, and shares no code with libdeflate.
final class DeflateEncoder {
  /// Encoded and proved deflate data.
  struct Output {
    let storedBytes: Int
    /// Bits of the last block, counted from the first bit of the first byte.
    let lastBlock: Range<Int>
  }

  private let compressor: OpaquePointer
  private let prover: UnsafeMutablePointer<z_stream>
  private let allocator: CodecAllocator
  private let decoded: ByteBuffer
  private let plainBytesMax: Int
  private let faults: (any EncodingFaults)?

  /// - Parameters:
  ///   - level: Level of libdeflate.
  ///   - plainBytesMax: Size of the longest input.
  /// - Throws: ``OutOfMemory``.
  init(
    level: Int, plainBytesMax: Int, faults: (any EncodingFaults)?, ledger: MemoryLedger
  ) throws(OutOfMemory) {
    let allocator = CodecAllocator(for: .encoder, ledger: ledger)
    // One byte more shows output that is too long.
    decoded = try ByteBuffer(byteCount: plainBytesMax + 1, for: .encoder, in: ledger)
    guard let made = DeflateMemory.withAllocator(allocator, { libdeflate_alloc_compressor(Int32(level)) }) else {
      throw OutOfMemory(byteCount: 0, purpose: .encoder)
    }
    compressor = made
    prover = .allocate(capacity: 1)
    prover.initialize(to: z_stream())
    prover.pointee.useMemory(of: allocator)
    self.allocator = allocator
    self.plainBytesMax = plainBytesMax
    self.faults = faults
    guard czmin_inflate_raw_init(prover) == Z_OK else { throw OutOfMemory(byteCount: 0, purpose: .encoder) }
  }

  deinit {
    inflateEnd(prover)
    prover.deallocate()
    libdeflate_free_compressor(compressor)
  }

  /// Size of a buffer that holds the deflate data of any `plainBytes` bytes.
  static func storedBytesMax(_ plainBytes: Int) -> Int { libdeflate_deflate_compress_bound(nil, plainBytes) }

  /// Memory that an encoder takes, at most.
  static func memoryBytes(level: Int, plainBytesMax: Int) -> Int {
    // Levels 10 to 12 keep all matches of a block for the search of the cheapest sequence.
    let compressorBytes = level >= 10 ? 9_100_000 : 680_000
    let proverBytes = 48 << 10
    return compressorBytes + proverBytes + plainBytesMax + 1
  }

  /// Encodes bytes, and decodes them again.
  ///
  /// - Throws: ``EncodingError`` if the encoded bytes do not decode to `plain`, or do not fit; ``OutOfMemory``.
  func encode(_ plain: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) throws -> Output {
    precondition(plain.count <= plainBytesMax)
    let byteCount = libdeflate_deflate_compress(
      compressor, plain.baseAddress, plain.count, output.baseAddress, output.count)
    guard byteCount > 0 else { throw EncodingError() }
    let stored = UnsafeMutableRawBufferPointer(rebasing: output[..<byteCount])
    faults?.damage(stored)
    return Output(
      storedBytes: byteCount, lastBlock: try prove(UnsafeRawBufferPointer(stored), decodesTo: plain))
  }

  /// Decodes deflate data, compares it, and finds its last block.
  ///
  /// - Returns: Bits of the last block, counted from the first bit of the first byte.
  private func prove(
    _ stored: UnsafeRawBufferPointer, decodesTo plain: UnsafeRawBufferPointer
  ) throws -> Range<Int> {
    inflateReset(prover)
    // The library reads its input only, whatever the type says.
    prover.pointee.next_in = UnsafeMutablePointer(mutating: stored.baseAddress?.assumingMemoryBound(to: UInt8.self))
    prover.pointee.avail_in = UInt32(stored.count)
    prover.pointee.next_out = decoded.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
    prover.pointee.avail_out = UInt32(decoded.bytes.count)
    var (start, end) = (0, 0)
    var status = Z_OK
    while status == Z_OK {
      status = inflate(prover, Z_BLOCK)
      let state = prover.pointee.data_type
      guard status == Z_OK, state & BlockState.isAtBoundary != 0 else { continue }
      let bit = Int(prover.pointee.total_in) * 8 - Int(state & BlockState.unusedBits)
      if state & BlockState.isInLastBlock != 0 { end = bit } else { start = bit }
    }
    // zlib takes its window where it first stops within the data.
    if status == Z_MEM_ERROR { throw OutOfMemory(byteCount: 0, purpose: .encoder) }
    let isWhole = status == Z_STREAM_END && prover.pointee.avail_in == 0 && start < end
    let result = UnsafeRawBufferPointer(rebasing: decoded.bytes[..<Int(prover.pointee.total_out)])
    guard isWhole, result.isEqual(to: plain) else { throw EncodingError() }
    return start..<end
  }

  /// Bits of `data_type`, as `zlib.h` describes them.
  private enum BlockState {
    static let unusedBits: Int32 = 7
    static let isInLastBlock: Int32 = 64
    static let isAtBoundary: Int32 = 128
  }
}
