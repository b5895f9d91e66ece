import CZminCodec
import Glibc
package import ZminMemory

// One gzip member made by many workers.
//
// libdeflate compresses whole buffers only, and marks the last block of each as final. So each stretch of the input is
// compressed by itself, and its output is changed so that another stretch may follow it:
//
//     before   ... block | BFINAL=1 last block |pad
//     after    ... block | BFINAL=0 last block | 0 00 pad 00 00 FF FF
//                                                └ an empty stored block, which ends at a byte
//
// Where the last block begins and ends is known to a decoder only. zlib's inflate stops at block boundaries and tells
// their bits (`Z_BLOCK`), and decoding has to be done anyway: it proves the stretch, byte for byte, before it is
// written. After the last stretch an empty final block ends the data.
//
// Stretches do not refer to one another, so that any worker may compress any of them, and the output does not depend on
// the number of workers.

/// Encoder of stretches that follow one another in the data of one gzip member.
package final class DeflateStretchEncoder {
  /// Levels of libdeflate. 6 makes output as small as `gzip -6` does.
  package static let levels = 1...12
  package static let defaultLevel = 6

  /// An encoded and proved stretch.
  package struct Stretch: Sendable, Equatable {
    /// Bytes in the output buffer.
    package let storedBytes: Int
    package let plainBytes: Int
    /// CRC-32 of the plain bytes.
    package let checksum: UInt32
  }

  private let compressor: OpaquePointer
  private let prover: UnsafeMutablePointer<z_stream>
  private let allocator: CodecAllocator
  private let decoded: ByteBuffer
  private let plainBytesMax: Int

  /// Bytes that the seam behind a stretch takes at most: the rest of a byte, and an empty stored block.
  private static let seamBytes = 6

  /// - Parameters:
  ///   - level: One of ``levels``.
  ///   - plainBytesMax: Size of the longest stretch.
  ///   - ledger: Ledger of all that the encoder takes.
  /// - Throws: ``OutOfMemory``.
  package init(level: Int, plainBytesMax: Int, ledger: MemoryLedger) throws(OutOfMemory) {
    precondition(Self.levels.contains(level), "level \(level) is not known")
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
    guard czmin_inflate_raw_init(prover) == Z_OK else { throw OutOfMemory(byteCount: 0, purpose: .encoder) }
  }

  deinit {
    inflateEnd(prover)
    prover.deallocate()
    libdeflate_free_compressor(compressor)
  }

  /// Size of a buffer that holds any encoded stretch.
  package var storedBytesMax: Int { libdeflate_deflate_compress_bound(compressor, plainBytesMax) + Self.seamBytes }

  /// Encodes a stretch, and decodes it again.
  ///
  /// - Parameters:
  ///   - plain: At most as many bytes as the encoder was made for.
  ///   - output: At least ``storedBytesMax`` bytes.
  /// - Throws: ``EncodingError`` if the encoded bytes do not decode to `plain`.
  package func encode(
    _ plain: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(EncodingError) -> Stretch {
    precondition(plain.count <= plainBytesMax && output.count >= storedBytesMax)
    let room = output.count - Self.seamBytes
    let byteCount = libdeflate_deflate_compress(compressor, plain.baseAddress, plain.count, output.baseAddress, room)
    guard byteCount > 0 else { throw EncodingError() }
    let lastBlock = try prove(UnsafeRawBufferPointer(rebasing: output[..<byteCount]), decodesTo: plain)
    return Stretch(
      storedBytes: Self.openEnd(of: output, lastBlock), plainBytes: plain.count,
      checksum: libdeflate_crc32(0, plain.baseAddress, plain.count))
  }

  /// Decodes a stretch, compares it, and finds its last block.
  ///
  /// - Returns: Bits of the last block, counted from the first bit of the first byte.
  private func prove(
    _ stored: UnsafeRawBufferPointer, decodesTo plain: UnsafeRawBufferPointer
  ) throws(EncodingError) -> Range<Int> {
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
    let isWhole = status == Z_STREAM_END && prover.pointee.avail_in == 0 && start < end
    guard isWhole, Int(prover.pointee.total_out) == plain.count, isEqual(decoded.bytes, plain) else {
      throw EncodingError()
    }
    return start..<end
  }

  private func isEqual(_ decoded: UnsafeMutableRawBufferPointer, _ plain: UnsafeRawBufferPointer) -> Bool {
    guard let start = decoded.baseAddress, let other = plain.baseAddress else { return plain.isEmpty }
    return memcmp(start, other, plain.count) == 0
  }

  /// Bits of `data_type`, as `zlib.h` describes them.
  private enum BlockState {
    static let unusedBits: Int32 = 7
    static let isInLastBlock: Int32 = 64
    static let isAtBoundary: Int32 = 128
  }

  /// Makes the last block one that others may follow, and ends the data at a byte.
  ///
  /// - Returns: The number of bytes.
  private static func openEnd(of bytes: UnsafeMutableRawBufferPointer, _ lastBlock: Range<Int>) -> Int {
    bytes[lastBlock.lowerBound / 8] &= ~(1 << (lastBlock.lowerBound % 8))
    var count = lastBlock.upperBound / 8
    let usedBits = lastBlock.upperBound % 8
    if usedBits > 0 {
      bytes[count] &= (1 << usedBits) - 1
      count += 1
    }
    // The three bits of the header go into the rest of the byte, if there are as many, or else into the next one too.
    if usedBits == 0 || usedBits > 5 {
      bytes[count] = 0
      count += 1
    }
    bytes[count...].copyBytes(from: [0x00, 0x00, 0xFF, 0xFF])
    return count + 4
  }
}

/// Encoded bytes do not decode to what they were made of: memory or a library is broken.
package struct EncodingError: Error, Sendable, Equatable {}

/// Sum of the stretches of one gzip member.
package struct GzipMember: Sendable {
  /// Header without name and time, so that the same input makes the same bytes: RFC 1952, section 2.3.
  package static let header: [UInt8] = [0x1F, 0x8B, 0x08, 0, 0, 0, 0, 0, 0, 0xFF]
  /// Final block that holds nothing.
  private static let emptyFinalBlock: [UInt8] = [0x03, 0x00]

  private var checksum: UInt32 = 0
  private var plainBytes = 0

  package init() {}

  /// Adds the next stretch.
  package mutating func append(_ stretch: DeflateStretchEncoder.Stretch) {
    checksum = UInt32(
      truncatingIfNeeded: crc32_combine(UInt(checksum), UInt(stretch.checksum), stretch.plainBytes))
    plainBytes += stretch.plainBytes
  }

  /// The bytes behind the last stretch.
  package var end: [UInt8] {
    Self.emptyFinalBlock + Self.littleEndian(checksum) + Self.littleEndian(UInt32(truncatingIfNeeded: plainBytes))
  }

  private static func littleEndian(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> (8 * $0) & 0xFF) } }
}
