import Foundation
import Testing
@testable import ZminCodec
import ZminMemory

/// Decoding on several threads agrees with decoding in order, whatever the data.
@Suite("Parallel decoding") struct ParallelDecodingTests {
  /// Data that can be cut.
  struct Sample: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let codec: Codec
    let stored: [UInt8]
    let plain: [UInt8]
  }

  private static let isLong = ProcessInfo.processInfo.environment["ZMIN_LONG_TESTS"] == "1"

  private static let texts = [300, 0, 1, 700, 120, 0].enumerated().map { index, byteCount in
    DecodedSourceTests.text(byteCount: byteCount, seed: UInt64(index))
  }

  static let samples: [Sample] = {
    let plain = texts.flatMap { $0 }
    let bgzf = texts.compactMap { try? Members.bgzf($0) }.flatMap { $0 }
    let migz = texts.compactMap { try? Members.migz($0) }.flatMap { $0 }
    let gzip = texts.compactMap { try? Members.encode($0, .gzip) }.flatMap { $0 }
    let zstd = texts.compactMap { try? Members.encode($0, .zstd) }
    var samples = [
      Sample(testDescription: "BGZF", codec: .gzip, stored: bgzf, plain: plain),
      Sample(testDescription: "MiGz", codec: .gzip, stored: migz, plain: plain),
      Sample(
        testDescription: "members with sizes and without", codec: .gzip, stored: gzip + migz + gzip + bgzf,
        plain: plain + plain + plain + plain),
      Sample(
        testDescription: "frames", codec: .zstd,
        stored: zstd.flatMap { $0 + Members.skippable($0.count % 5) } + Members.skippable(40), plain: plain),
    ]
    let blocks = texts.filter { !$0.isEmpty }
    if let bzip2 = try? Members.bzip2(blocks) {
      let empty = (try? Tool.run("bzip2", ["-1"], [])) ?? []
      samples.append(
        Sample(
          testDescription: "blocks", codec: .bzip2, stored: empty + bzip2 + bzip2 + empty, plain: plain + plain))
    }
    if let streams = try? texts.map({ try Tool.run("xz", ["-0"], $0) }) {
      samples.append(
        Sample(
          testDescription: "streams of xz", codec: .xz, stored: streams.flatMap { $0 }, plain: plain))
    }
    return samples
  }()

  /// Plans whose windows are so small that every sample fills them.
  static func plan(_ codec: Codec, workers: Int) -> DecodingPlan {
    var plan = DecodingPlan(
      workers: workers, slots: workers + 1, storedBytes: 4096, plainBytes: 4096, decoderBytesMax: 5 << 20)
    (plan.jobStoredBytes, plan.jobPlainBytes, plan.threadlessBytes) = (200, 400, 0)
    return plan
  }

  /// Expects all ways of decoding to agree with decoding in order.
  private func expectAgreement(
    _ stored: [UInt8], _ codec: Codec, workers: [Int] = [1, 2, 4], pieceBytes: Int = .max, _ comment: String
  ) throws {
    let decoderBytesMax = 64 << 20
    let expected = decodeInOrder(stored, codec, decoderBytesMax: decoderBytesMax)
    var first: Decoded?
    for workers in workers {
      let decoded = try decode(
        stored, codec, plan: Self.plan(codec, workers: workers), pieceBytes: pieceBytes, roomBytes: 1000,
        decoderBytesMax: decoderBytesMax)
      let label = "\(comment), \(workers) workers" as Comment
      #expect((decoded.error == nil) == (expected.error == nil) && decoded.otherError == nil, label)
      #expect(decoded.error?.plainOffset ?? decoded.bytes.count == decoded.bytes.count, label)
      #expect((decoded.error?.storedOffset ?? 0) <= stored.count, label)
      switch (codec, expected.error?.code) {
      // On a frame that is longer than it claims, the library's verdict depends on the size of the frames before it.
      case (.zstd, .syntax), (.zstd, .truncated), (.zstd, .checksum): continue
      // Of a damaged block libbz2 gives more or fewer bytes, depending on the room that it has in a call.
      case (.bzip2, .syntax): break
      default: #expect(decoded.bytes == expected.bytes, label)
      }
      #expect(decoded.error?.code == expected.error?.code, label)
      #expect(first.map { $0.bytes == decoded.bytes } != false, label)
      first = decoded
    }
  }

  @Test("Data that is cut into jobs decodes to the same bytes for any number of workers", arguments: samples)
  func whole(_ sample: Sample) throws {
    #expect(decodeInOrder(sample.stored, sample.codec).bytes == sample.plain)
    for pieceBytes in [Int.max, 1000, 100, 7, 1] {
      try expectAgreement(
        sample.stored, sample.codec, workers: [0, 1, 2, 4], pieceBytes: pieceBytes, "pieces of \(pieceBytes)")
    }
    for tail in [[UInt8](repeating: 0, count: 5000), [0, 0, 1], Array("{}".utf8)] {
      try expectAgreement(sample.stored + tail, sample.codec, "\(tail.count) bytes behind")
    }
  }

  @Test("Data that is cut off anywhere ends with the same error", arguments: samples)
  func truncation(_ sample: Sample) throws {
    for count in 0..<sample.stored.count where Self.isLong || count % 2 == 0 {
      try expectAgreement(
        Array(sample.stored.prefix(count)), sample.codec, workers: Self.isLong ? [1, 2, 4] : [1 + count % 3],
        "\(count) bytes")
    }
  }

  @Test("A flipped bit anywhere has the same effect", arguments: samples)
  func flippedBits(_ sample: Sample) throws {
    for bit in 0..<sample.stored.count * 8 where Self.isLong || bit % 5 == sample.stored.count % 5 {
      var flipped = sample.stored
      flipped[bit / 8] ^= 1 << (bit % 8)
      try expectAgreement(flipped, sample.codec, workers: Self.isLong ? [1, 2, 4] : [1 + bit % 3], "bit \(bit)")
    }
  }

  @Test("A member that tells a wrong size is decoded all the same")
  func wrongSizes() throws {
    let text = DecodedSourceTests.text(byteCount: 500)
    for sizeError in [-200, -100, -30, -20, -8, -1, 1, 8, 30, 100, 500, 5000] {
      for index in 0..<4 {
        let bgzf = try (0..<5).flatMap { try Members.bgzf(text, sizeError: $0 == index ? sizeError : 0) }
        try expectAgreement(bgzf + Members.bgzf([]), .gzip, "BGZF, \(sizeError) at \(index)")
        let migz = try (0..<5).flatMap { try Members.migz(text, sizeError: $0 == index ? sizeError : 0) }
        try expectAgreement(migz, .gzip, "MiGz, \(sizeError) at \(index)")
      }
    }
    // Every member may be wrong, and a size may lead to another member.
    let member = try Members.bgzf(text)
    let skipping = try Members.bgzf(text, sizeError: member.count) + member + member + Members.bgzf([])
    try expectAgreement(skipping, .gzip, "a size of two members")
    let huge = try Members.migz(text, sizeError: 1 << 31) + Members.migz(text)
    try expectAgreement(huge, .gzip, "a size of 2 GiB")
  }

  @Test("A member that claims a wrong length is refused, one that claims none too")
  func wrongLengths() throws {
    let text = DecodedSourceTests.text(byteCount: 500)
    for length in [0, 1, 499, 501, 65_536, Int(UInt32.max)] {
      var member = try Members.migz(text)
      for index in 0..<4 { member[member.count - 4 + index] = UInt8(length >> (8 * index) & 0xFF) }
      let stored = try Members.migz(text) + member + Members.migz(text)
      try expectAgreement(stored, .gzip, "a length of \(length)")
      #expect(try decode(stored, .gzip).error?.code == .checksum)
    }
  }

  @Test("A hundred thousand empty members and frames are decoded", arguments: [Codec.gzip, .zstd])
  func tinyUnits(_ codec: Codec) throws {
    let one = try codec == .gzip ? Members.bgzf([]) : Members.encode([], .zstd)
    let last = try codec == .gzip ? Members.bgzf([0x31]) + one : Members.encode([0x31], .zstd)
    let stored = [[UInt8]](repeating: one, count: 100_000).flatMap { $0 } + last
    for workers in [1, 2] {
      let decoded = try decode(stored, codec, workers: workers)
      #expect(decoded.bytes == [0x31] && decoded.error == nil)
    }
  }

  @Test("Members, frames and blocks that decode to more than a window are streamed", arguments: Codec.allCases)
  func bombs(_ codec: Codec) throws {
    let tool = codec.rawValue
    try #require(Tool.isInstalled(tool), "\(tool) is not installed")
    let one = try Tool.run(tool, ["-c"], [UInt8](repeating: 0x20, count: 20_000_000))
    let ledger = MemoryLedger()
    let decoded = try decode(one + one + one, codec, workers: 2, ledger: ledger)
    #expect(decoded.bytes.count == 60_000_000 && decoded.error == nil)
    #expect(decoded.bytes.allSatisfy { $0 == 0x20 })
    #expect(ledger.snapshot().total.peakBytes < 32 << 20)
  }

  static let encoders: [DecodedSourceTests.Encoder] = [
    .init(codec: .gzip, tool: "bgzip", arguments: ["-c"]), .init(codec: .gzip, tool: "pigz", arguments: ["-i"]),
    .init(codec: .zstd, tool: "pzstd", arguments: ["-q", "-1", "-p", "4"]),
    .init(codec: .bzip2, tool: "bzip2", arguments: ["-1"]),
    .init(codec: .bzip2, tool: "pbzip2", arguments: ["-1", "-c", "-q"]),
    .init(codec: .xz, tool: "xz", arguments: ["-0", "--block-size=100000"]),
  ].filter { Tool.isInstalled($0.tool) }

  @Test("Real encoders' output of several jobs is read by any number of workers", arguments: encoders)
  func realEncoders(_ encoder: DecodedSourceTests.Encoder) throws {
    let plain = DecodedSourceTests.text(byteCount: 1_500_000)
    let stored = try encoder.encode(plain)
    for workers in [1, 2, 3, 5] {
      for pieceBytes in [Int.max, 3000] {
        let decoded = try decode(stored + stored, encoder.codec, workers: workers, pieceBytes: pieceBytes)
        #expect(decoded.bytes == plain + plain && decoded.error == nil)
      }
    }
  }
}
