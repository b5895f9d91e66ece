@testable import ZminCodec
import ZminMemory
import ZminTestSupport

/// Compressed data made for tests.
enum Members {
  /// A gzip member or a zstd frame.
  static func encode(_ plain: [UInt8], _ form: Encoding.Form) throws -> [UInt8] {
    var sink = EncodedSink(MemoryOutput())
    try sink.begin(Encoding(form, level: 1), ledger: MemoryLedger())
    try plain.withUnsafeBytes { try sink.write($0, isUnchanged: true) }
    try sink.finish()
    return sink.base.bytes
  }

  /// A member of BGZF. Its size may be a wrong one.
  static func bgzf(_ plain: [UInt8], sizeError: Int = 0) throws -> [UInt8] {
    let member = try encode(plain, .gzip)
    let size = member.count + 8 - 1 + sizeError
    return [
      0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 0xFF, 6, 0, 0x42, 0x43, 2, 0, UInt8(truncatingIfNeeded: size),
      UInt8(truncatingIfNeeded: size >> 8),
    ]
      + member.dropFirst(10)
  }

  /// A member of MiGz. Its size may be a wrong one.
  static func migz(_ plain: [UInt8], sizeError: Int = 0) throws -> [UInt8] {
    let member = try encode(plain, .gzip)
    let size = member.count - 18 + sizeError
    return [0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 2, 0, 8, 0, 0x4D, 0x5A, 4, 0]
      + (0..<4).map { UInt8(truncatingIfNeeded: size >> (8 * $0)) } + member.dropFirst(10)
  }

  /// A skippable frame of zstd.
  static func skippable(_ byteCount: Int) -> [UInt8] {
    [0x53, 0x2A, 0x4D, 0x18] + (0..<4).map { UInt8(byteCount >> (8 * $0) & 0xFF) }
      + [UInt8](repeating: 7, count: byteCount)
  }

  // MARK: bzip2

  /// A stream of one block for each text, made by splicing the blocks of streams that bzip2 made.
  static func bzip2(_ texts: [[UInt8]]) throws -> [UInt8] {
    var bits = Array("BZh1".utf8).flatMap(Self.bits)
    var checksum = Bzip2StreamChecksum()
    for text in texts {
      let stream = try Tool.run("bzip2", ["-1"], text)
      let block = stream.withUnsafeBytes { stream in
        checksum.append(Bzip2Signature.checksum(in: stream, at: 32) ?? 0)
        // The last signature is the end's, whatever the block holds.
        var end = 32
        while let found = Bzip2Signature.find(in: stream, from: end + 1) { end = found.bit }
        return 32..<end
      }
      bits += stream.flatMap(Self.bits)[block]
    }
    bits += Self.bits(0x1772_4538_5090, count: 48) + Self.bits(UInt64(checksum.value), count: 32)
    bits += [Bool](repeating: false, count: (8 - bits.count % 8) % 8)
    return stride(from: 0, to: bits.count, by: 8).map { start in
      bits[start..<start + 8].reduce(0) { $0 << 1 | ($1 ? 1 : 0) }
    }
  }

  static func bits(_ byte: UInt8) -> [Bool] { bits(UInt64(byte), count: 8) }

  private static func bits(_ value: UInt64, count: Int) -> [Bool] {
    (0..<count).reversed().map { value >> UInt64($0) & 1 == 1 }
  }

  /// Bytes whose block holds a signature that is none: the map of its byte values has a bit for each, in rows of 16.
  static func bytes(withSignature signature: UInt64) -> [UInt8] {
    let values = (0..<48).filter { signature >> UInt64(47 - $0) & 1 == 1 }.map { UInt8($0 + 64) }
    return (0..<40).flatMap { round in values.map { $0 } + values.prefix(round % values.count).reversed() }
  }
}
