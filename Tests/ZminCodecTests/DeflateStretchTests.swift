import Testing
import ZminCodec
import ZminMemory

@Suite("Stretches of one gzip member") struct DeflateStretchTests {
  /// One member of stretches of the given sizes.
  private func member(
    _ plain: [UInt8], stretchBytes: Int, level: Int = DeflateStretchEncoder.defaultLevel,
    ledger: MemoryLedger = MemoryLedger()
  ) throws -> [UInt8] {
    let encoder = try DeflateStretchEncoder(level: level, plainBytesMax: stretchBytes, ledger: ledger)
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: encoder.storedBytesMax, alignment: 16)
    defer { room.deallocate() }
    let member = GzipMember()
    var stored = member.start
    for start in stride(from: 0, to: plain.count, by: stretchBytes) {
      let stretch = try plain[start..<min(start + stretchBytes, plain.count)].withUnsafeBytes { bytes in
        try encoder.encode(bytes, into: room)
      }
      member.append(stretch)
      stored += room.prefix(stretch.storedBytes)
    }
    return stored + member.end
  }

  static let decoders = [("gzip", ["-dc"]), ("pigz", ["-dc"]), ("zcat", [])]
    .filter { Tool.isInstalled($0.0) }

  @Test("Stretches of any size are one member to other programs", arguments: decoders)
  func otherPrograms(_ tool: String, _ arguments: [String]) throws {
    for byteCount in [0, 1, 1000, 300_000] {
      let plain = DecodedSourceTests.text(byteCount: byteCount)
      for stretchBytes in [1 << 19, 100_000, 997, 13] where byteCount / stretchBytes < 2000 {
        let stored = try member(plain, stretchBytes: stretchBytes)
        #expect(try Tool.run(tool, arguments, stored) == plain, "\(byteCount) bytes in stretches of \(stretchBytes)")
      }
    }
  }

  @Test(
    "Stretches of every length and level decode to their bytes, in one member", arguments: DeflateStretchEncoder.levels)
  func levels(_ level: Int) throws {
    // Every length puts the end of the last block at other bits.
    for byteCount in 0..<200 {
      let plain = DecodedSourceTests.text(byteCount: byteCount, seed: UInt64(level))
      for stretchBytes in [1, 7, 64, 1000] {
        let decoded = try decode(member(plain, stretchBytes: stretchBytes, level: level), .gzip)
        #expect(decoded.bytes == plain && decoded.error == nil)
      }
    }
  }

  @Test("Bytes that do not compress are stored in little more room")
  func incompressible() throws {
    var generator = SystemRandomNumberGenerator()
    let plain = (0..<300_000).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    let stored = try member(plain, stretchBytes: 1 << 16)
    #expect(stored.count < plain.count + 1000)
    #expect(try decode(stored, .gzip).bytes == plain)
  }

  @Test("The same bytes come out each time, and nothing is left in the ledger")
  func repeatable() throws {
    let plain = DecodedSourceTests.text(byteCount: 100_000)
    let ledger = MemoryLedger()
    let first = try member(plain, stretchBytes: 10_000, ledger: ledger)
    #expect(try member(plain, stretchBytes: 10_000, ledger: ledger) == first)
    #expect(ledger.snapshot().total.currentBytes == 0 && ledger.snapshot().total.peakBytes > 0)
  }
}
