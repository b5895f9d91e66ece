import Testing
import ZminEngine
import ZminMemory
import ZminTestSupport

@testable import ZminCodec

@Suite("Encoded sinks") struct EncodedSinkTests {
  /// All layouts, and the lowest and a high level of each form.
  static let encodings =
    Encoding.layouts + [Encoding(.gzip, level: 1), Encoding(.gzip, level: 12), Encoding(.zstd, level: 1)]
  @Test("Encoded bytes are decoded to the same by other programs", arguments: encodings)
  func otherPrograms(_ encoding: Encoding) throws {
    let tool = encoding.layout == .bgzf ? "bgzip" : encoding.form.rawValue
    try #require(Tool.isInstalled(tool), "\(tool) is not installed")
    for byteCount in [0, 1, 1000, 1_200_000] {
      let plain = DecodedSourceTests.text(byteCount: byteCount)
      let stored = try encode(plain, encoding, workers: 2)
      #expect(try Tool.run(tool, ["-dc"], stored) == plain, "\(byteCount) bytes")
    }
  }

  @Test("Levels whose windows are large make what others decode, within their plans", arguments: [19, 22])
  func largeWindows(_ level: Int) throws {
    try #require(Tool.isInstalled("zstd"), "zstd is not installed")
    let (encoding, ledger) = (Encoding(.zstd, level: level), MemoryLedger())
    let plain = DecodedSourceTests.text(byteCount: 600_000)
    let stored = try encode(plain, encoding, workers: 2, ledger: ledger)
    #expect(ledger.snapshot().total.peakBytes <= encoding.memoryBytes(workers: 2))
    #expect(try Tool.run("zstd", ["-dc", "--long=31"], stored) == plain)
  }

  @Test("Outputs whose lengths are around those of blocks decode to their bytes", arguments: encodings)
  func edges(_ encoding: Encoding) throws {
    let blockBytes =
      switch (encoding.form, encoding.layout) {
      case (_, .bgzf): [65_280, 8 * 65_280]
      case (.gzip, _): [512 << 10]
      case (.zstd, .single): [512 << 10, 1 << 20, 3 << 20]
      case (.zstd, _): [4 << 20]
      }
    let text = encoding.text(blocks: 16)
    for byteCount in blockBytes.flatMap({ [$0 - 1, $0, $0 + 1, 2 * $0] }) {
      let plain = Array(text.prefix(byteCount))
      let decoded = try decode(encode(plain, encoding, workers: 2), encoding.codec)
      #expect(decoded.bytes == plain && decoded.error == nil, "\(byteCount) bytes")
    }
  }

  @Test("Small outputs of every length decode to their bytes", arguments: Encoding.layouts)
  func small(_ encoding: Encoding) throws {
    for byteCount in 0..<100 {
      let plain = DecodedSourceTests.text(byteCount: byteCount)
      let decoded = try decode(encode(plain, encoding, workers: 1 + byteCount % 3, pieceBytes: 7), encoding.codec)
      #expect(decoded.bytes == plain && decoded.error == nil, "\(byteCount) bytes")
    }
  }

  @Test("The output does not depend on the pieces that it is written in", arguments: encodings)
  func pieces(_ encoding: Encoding) throws {
    let plain = DecodedSourceTests.text(byteCount: 1_200_000)
    let stored = try encode(plain, encoding)
    for pieceBytes in [999, 131_072, 1_200_000] {
      #expect(try encode(plain, encoding, pieceBytes: pieceBytes) == stored, "pieces of \(pieceBytes)")
    }
  }

  @Test("Bytes that do not compress come back, and so do long runs", arguments: encodings)
  func extremes(_ encoding: Encoding) throws {
    var generator = SplitMix64(seed: 1)
    let random = (0..<600_000).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    for plain in [random, [UInt8](repeating: 0x20, count: 2_000_000)] {
      let stored = try encode(plain, encoding, workers: 2)
      let decoded = try decode(stored, encoding.codec)
      #expect(decoded.bytes == plain && decoded.error == nil)
      #expect(stored.count < plain.count + plain.count / 1000 + 100)
    }
  }

  @Test("One frame of a short output has its size in its header", arguments: [0, 1, 1000, 512 << 10])
  func contentSize(_ byteCount: Int) throws {
    try #require(Tool.isInstalled("zstd"), "zstd is not installed")
    let stored = try encode(DecodedSourceTests.text(byteCount: byteCount), Encoding(.zstd))
    // Bits 6 and 7 tell the bytes of the size. None are zero bytes, but one if bit 5 is set.
    #expect(stored[4] & 0xE0 != 0)
  }

  // MARK: Limits

  @Test(
    "Stored bytes are counted, and writing stops before there are more than allowed", arguments: Encoding.fastLayouts)
  func storedBytesMax(_ encoding: Encoding) throws {
    let plain = encoding.text(blocks: 2)
    let stored = try encode(plain, encoding, workers: 2)
    for (limit, isEnough) in [(stored.count, true), (stored.count - 1, false), (1000, false)] {
      var sink = EncodedSink(MemoryOutput())
      try sink.begin(encoding, workers: 2, storedBytesMax: limit, ledger: MemoryLedger())
      try write(plain, to: &sink)
      try sink.finish()
      #expect(sink.hasOutgrownLimit == !isEnough && sink.plainBytes == plain.count)
      #expect(sink.storedBytes == sink.base.bytes.count && sink.storedBytes <= limit)
      #expect(stored.starts(with: sink.base.bytes))
    }
  }

  @Test("A sink without an encoding passes its bytes on")
  func plain() throws {
    var sink = EncodedSink(MemoryOutput())
    try write(Array("[1]".utf8), to: &sink)
    try sink.finish()
    #expect(sink.base.bytes == Array("[1]".utf8) && sink.encoding == nil)
    #expect(sink.plainBytes == 3 && sink.storedBytes == 3 && sink.lastPlainByte == UInt8(ascii: "]"))
  }
}
