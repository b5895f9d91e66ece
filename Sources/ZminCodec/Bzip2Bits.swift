/// Signatures within a stream of bzip2, which begin at any bit.
///
/// The format has no sizes, so blocks are found by their signature of 48 bits. Data may hold it by chance, or on
/// purpose.
enum Bzip2Signature {
  case block
  /// End of the stream, followed by its checksum.
  case end

  static let bitCount = 48
  /// The checksum of a block or a stream follows its signature.
  static let checksumBitCount = 32
  /// Bits of a signature and the checksum behind it.
  static let markBitCount = bitCount + checksumBitCount

  private static let patterns: [(Bzip2Signature, UInt64)] = [(.block, 0x3141_5926_5359), (.end, 0x1772_4538_5090)]

  /// Bits of a byte that may be the second one of eight bytes with a signature: one for each bit that it may begin at.
  private static let candidates: [UInt8] = (0..<256).map { byte in
    (0..<8).reduce(0) { mask, shift in
      let isCandidate = patterns.contains { ($0.1 >> UInt64(32 + shift)) & 0xFF == byte }
      return isCandidate ? mask | 1 << shift : mask
    }
  }

  /// Finds the first signature that begins at or after a bit and lies within the bytes.
  static func find(in bytes: UnsafeRawBufferPointer, from bit: Int) -> (bit: Int, signature: Bzip2Signature)? {
    candidates.withUnsafeBufferPointer { candidates in
      var index = bit / 8
      while index + 1 < bytes.count {
        var shifts = candidates[Int(bytes[index + 1])]
        while shifts != 0 {
          let start = index * 8 + shifts.trailingZeroBitCount
          shifts &= shifts - 1
          guard start >= bit, let signature = Self.signature(in: bytes, at: start) else { continue }
          return (start, signature)
        }
        index += 1
      }
      return nil
    }
  }

  /// The signature at a bit; nil if none is there.
  static func signature(in bytes: UnsafeRawBufferPointer, at bit: Int) -> Bzip2Signature? {
    guard let value = bits(bitCount, in: bytes, at: bit) else { return nil }
    return patterns.first { $0.1 == value }?.0
  }

  /// The checksum behind the signature at a bit; nil if the bytes end before its end.
  static func checksum(in bytes: UnsafeRawBufferPointer, at bit: Int) -> UInt32? {
    bits(checksumBitCount, in: bytes, at: bit + bitCount).map { UInt32(truncatingIfNeeded: $0) }
  }

  /// At most 56 bits as a number, the first of them highest; nil if the bytes end before.
  private static func bits(_ count: Int, in bytes: UnsafeRawBufferPointer, at bit: Int) -> UInt64? {
    guard bit + count <= bytes.count * 8 else { return nil }
    let value = bytes[bit / 8..<(bit + count + 7) / 8].reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
    let unusedBits = (8 - (bit + count) % 8) % 8
    return value >> UInt64(unusedBits) & (1 << UInt64(count) - 1)
  }
}

/// Start of a block in the stored data.
struct Bzip2Block: Sendable, Equatable {
  /// Offset of the bit at which its signature begins.
  let bit: Int
  /// Level of its stream, which bounds its size: the digits 1 to 9.
  let level: UInt8
  /// CRC-32 of its plain bytes, as the block tells it.
  let checksum: UInt32
}

/// Checksum of a stream of bzip2: that of its blocks, combined.
struct Bzip2StreamChecksum {
  private(set) var value: UInt32 = 0

  mutating func append(_ block: UInt32) { value = (value << 1 | value >> 31) ^ block }
}
