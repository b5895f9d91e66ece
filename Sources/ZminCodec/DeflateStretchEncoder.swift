import CZminCodec
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
package final class DeflateStretchEncoder: BlockEncoder {
  /// Levels of libdeflate. 6 makes output as small as `gzip -6` does.
  package static let levels = 1...12
  package static let defaultLevel = 6

  private let deflate: DeflateEncoder
  /// Size of a buffer that holds any encoded stretch.
  package let storedBytesMax: Int

  /// Bytes that the seam behind a stretch takes at most: the rest of a byte, and an empty stored block.
  private static let seamBytes = 6

  /// - Parameters:
  ///   - level: One of ``levels``.
  ///   - plainBytesMax: Size of the longest stretch.
  ///   - faults: Damage to stretches before they are proved, for tests.
  ///   - ledger: Ledger of all that the encoder takes.
  /// - Throws: ``OutOfMemory``.
  package init(
    level: Int, plainBytesMax: Int, faults: (any EncodingFaults)? = nil, ledger: MemoryLedger
  ) throws(OutOfMemory) {
    precondition(Self.levels.contains(level), "level \(level) is not known")
    deflate = try DeflateEncoder(level: level, plainBytesMax: plainBytesMax, faults: faults, ledger: ledger)
    storedBytesMax = Self.storedBytesMax(plainBytesMax)
  }

  private static func storedBytesMax(_ plainBytes: Int) -> Int {
    DeflateEncoder.storedBytesMax(plainBytes) + seamBytes
  }

  /// Longer stretches compress better, and take more memory: 1.5% from 128 KiB to 512 KiB, 0.3% from there to 1 MiB.
  private static let blockBytes = 512 << 10

  /// Blocks of one gzip member.
  static func format(level: Int, faults: (any EncodingFaults)?) -> BlockFormat {
    BlockFormat(
      plainBytesMax: blockBytes, storedBytesMax: storedBytesMax(blockBytes), hasEmptyBlock: false,
      encoderBytes: DeflateEncoder.memoryBytes(level: level, plainBytesMax: blockBytes)
    ) { ledger in
      try DeflateStretchEncoder(level: level, plainBytesMax: blockBytes, faults: faults, ledger: ledger)
    }
  }

  /// Encodes a stretch, and decodes it again.
  ///
  /// - Parameters:
  ///   - plain: At most as many bytes as the encoder was made for.
  ///   - output: At least ``storedBytesMax`` bytes.
  /// - Throws: ``EncodingError`` if the encoded bytes do not decode to `plain`; ``OutOfMemory``.
  package func encode(
    _ plain: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws -> EncodedBlock {
    precondition(output.count >= storedBytesMax)
    let data = UnsafeMutableRawBufferPointer(rebasing: output.dropLast(Self.seamBytes))
    let encoded = try deflate.encode(plain, into: data)
    return EncodedBlock(
      storedBytes: Self.openEnd(of: output, encoded.lastBlock), plainBytes: plain.count,
      checksum: libdeflate_crc32(0, plain.baseAddress, plain.count))
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

/// Framing of one gzip member of stretches.
package final class GzipMember: BlockFraming {
  /// Final block that holds nothing.
  private static let emptyFinalBlock: [UInt8] = [0x03, 0x00]

  private var checksum: UInt32 = 0
  private var plainBytes = 0

  package init() {}

  package var start: [UInt8] { GzipFraming.header() }

  package func append(_ stretch: EncodedBlock) {
    checksum = UInt32(
      truncatingIfNeeded: crc32_combine(UInt(checksum), UInt(stretch.checksum), stretch.plainBytes))
    plainBytes += stretch.plainBytes
  }

  /// The bytes behind the last stretch.
  package var end: [UInt8] {
    Self.emptyFinalBlock + GzipFraming.trailer(checksum: checksum, plainBytes: plainBytes)
  }

  package func writeEnd(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
    try end.withUnsafeBytes(write)
  }
}
