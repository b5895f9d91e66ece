import Testing
import ZminCodec
import ZminMemory
import ZminTestSupport

@Suite("Encoded sinks") struct EncodedSinkTests {
  static let encodings = Encoding.Form.allCases.flatMap { (form) -> [Encoding] in
    [form.levels.lowerBound, form.defaultLevel, form == .zstd ? 19 : 12].map { level in Encoding(form, level: level) }
  }

  private func encode(
    _ plain: [UInt8], _ encoding: Encoding, pieceBytes: Int = 100_000, ledger: MemoryLedger = MemoryLedger()
  ) throws -> [UInt8] {
    var sink = try EncodedSink(MemoryOutput(), encoding, ledger: ledger)
    for start in stride(from: 0, to: plain.count, by: pieceBytes) {
      try plain[start..<min(start + pieceBytes, plain.count)].withUnsafeBytes { bytes in
        try sink.write(bytes, isUnchanged: true)
      }
    }
    return try sink.finish().bytes
  }

  @Test("What is encoded is one member or frame to other programs", arguments: encodings)
  func otherPrograms(_ encoding: Encoding) throws {
    let tool = encoding.form.rawValue
    try #require(Tool.isInstalled(tool), "\(tool) is not installed")
    for byteCount in [0, 1, 1000, 524_287, 524_288, 524_289, 1_200_000] {
      let plain = DecodedSourceTests.text(byteCount: byteCount)
      for pieceBytes in [plain.count + 1, 1001] {
        let stored = try encode(plain, encoding, pieceBytes: pieceBytes)
        #expect(try Tool.run(tool, ["-dc"], stored) == plain, "\(byteCount) bytes in pieces of \(pieceBytes)")
      }
    }
  }

  @Test("The output does not depend on the pieces that it is written in", arguments: encodings)
  func pieces(_ encoding: Encoding) throws {
    let plain = DecodedSourceTests.text(byteCount: 700_000)
    let stored = try encode(plain, encoding)
    for pieceBytes in [999, 131_072, 700_000] {
      #expect(try encode(plain, encoding, pieceBytes: pieceBytes) == stored, "pieces of \(pieceBytes)")
    }
  }

  @Test("Bytes that do not compress come back, and so do long runs", arguments: encodings)
  func extremes(_ encoding: Encoding) throws {
    var generator = SystemRandomNumberGenerator()
    let random = (0..<600_000).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    let codec = try #require(Codec(rawValue: encoding.form.rawValue))
    for plain in [random, [UInt8](repeating: 0x20, count: 2_000_000)] {
      let decoded = try decode(encode(plain, encoding), codec)
      #expect(decoded.bytes == plain && decoded.error == nil)
    }
  }

  @Test("An encoder's memory does not grow with its input, and is given back", arguments: encodings)
  func memory(_ encoding: Encoding) throws {
    let peaks = try [700_000, 2_500_000].map { byteCount in
      let ledger = MemoryLedger()
      _ = try encode(DecodedSourceTests.text(byteCount: byteCount), encoding, ledger: ledger)
      #expect(ledger.snapshot().total.currentBytes == 0)
      return ledger.snapshot().total.peakBytes
    }
    #expect(peaks[0] == peaks[1])
  }
}
