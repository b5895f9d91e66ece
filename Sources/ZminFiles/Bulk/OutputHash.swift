/// XXH64 with seed 0 over bytes in pieces, for outputs in a journal. `xxh64sum` prints the same.
package struct OutputHash: Sendable {
  private static let primes: (UInt64, UInt64, UInt64, UInt64, UInt64) = (
    0x9E37_79B1_85EB_CA87, 0xC2B2_AE3D_27D4_EB4F, 0x1656_67B1_9E37_79F9, 0x85EB_CA77_C2B2_AE63, 0x27D4_EB2F_1656_67C5
  )
  private static let stripeBytes = 32

  private var lanes: (UInt64, UInt64, UInt64, UInt64)
  private var byteCount: UInt64 = 0
  /// The bytes after the last whole stripe.
  private var rest = InlineArray<32, UInt8>(repeating: 0)
  private var restBytes = 0

  package init() {
    let primes = Self.primes
    lanes = (primes.0 &+ primes.1, primes.1, 0, 0 &- primes.0)
  }

  /// Appends bytes.
  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    byteCount &+= UInt64(bytes.count)
    var bytes = bytes
    if restBytes > 0 {
      let missing = min(Self.stripeBytes - restBytes, bytes.count)
      keep(bytes.prefix(missing))
      bytes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(missing))
      guard restBytes == Self.stripeBytes else { return }
      let stripe = rest
      withUnsafeBytes(of: stripe) { mix($0) }
      restBytes = 0
    }
    let whole = bytes.count / Self.stripeBytes * Self.stripeBytes
    mix(UnsafeRawBufferPointer(rebasing: bytes.prefix(whole)))
    keep(bytes.dropFirst(whole))
  }

  private mutating func keep(_ bytes: Slice<UnsafeRawBufferPointer>) {
    for byte in bytes {
      rest[restBytes] = byte
      restBytes += 1
    }
  }

  /// Mixes whole stripes into the lanes.
  private mutating func mix(_ bytes: UnsafeRawBufferPointer) {
    var (a, b, c, d) = lanes
    for offset in stride(from: 0, to: bytes.count, by: Self.stripeBytes) {
      a = Self.round(a, Self.word(bytes, offset))
      b = Self.round(b, Self.word(bytes, offset + 8))
      c = Self.round(c, Self.word(bytes, offset + 16))
      d = Self.round(d, Self.word(bytes, offset + 24))
    }
    lanes = (a, b, c, d)
  }

  /// The hash of all bytes so far.
  package var value: UInt64 {
    let primes = Self.primes
    var hash = primes.4
    if byteCount >= UInt64(Self.stripeBytes) {
      hash = Self.rotate(lanes.0, 1) &+ Self.rotate(lanes.1, 7)
      hash = hash &+ Self.rotate(lanes.2, 12) &+ Self.rotate(lanes.3, 18)
      for lane in [lanes.0, lanes.1, lanes.2, lanes.3] {
        hash = (hash ^ Self.round(0, lane)) &* primes.0 &+ primes.3
      }
    }
    hash = hash &+ byteCount
    let rest = rest
    withUnsafeBytes(of: rest) { bytes in
      var offset = 0
      while offset + 8 <= restBytes {
        hash = Self.rotate(hash ^ Self.round(0, Self.word(bytes, offset)), 27) &* primes.0 &+ primes.3
        offset += 8
      }
      if offset + 4 <= restBytes {
        let word = UInt64(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        hash = Self.rotate(hash ^ word &* primes.0, 23) &* primes.1 &+ primes.2
        offset += 4
      }
      while offset < restBytes {
        hash = Self.rotate(hash ^ UInt64(bytes[offset]) &* primes.4, 11) &* primes.0
        offset += 1
      }
    }
    hash = (hash ^ hash >> 33) &* primes.1
    hash = (hash ^ hash >> 29) &* primes.2
    return hash ^ hash >> 32
  }

  private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }

  private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    rotate(lane &+ word &* primes.1, 31) &* primes.0
  }

  private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
    value << count | value >> (64 - count)
  }
}
