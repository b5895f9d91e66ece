import Testing
@testable import ZminCodec
import ZminEngine
import ZminMemory
import ZminTestSupport

/// Waits, pauses, errors of the base, and shortages.
@Suite("Decoded sources that wait") struct DecodedSourceWaitingTests {
  /// An input that has no more bytes after those of a stage, until the next stage is allowed.
  struct StagedInput: ByteSource {
    let stages: [[UInt8]]
    private(set) var stage = 0
    private var offset = 0
    /// Thrown by a read that would wait.
    struct Waits: Error {}

    init(_ stages: [[UInt8]]) { self.stages = stages }

    var isSeekable: Bool { false }
    var seekableSize: Int? { nil }
    var endedEarlyError: any Error { Waits() }

    func isReady(withinMilliseconds milliseconds: Int32) -> Bool {
      stage == stages.count || offset < stages[stage].count
    }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      if stage == stages.count { return 0 }
      // The first read after a pause is the next stage's.
      if offset == stages[stage].count {
        (stage, offset) = (stage + 1, 0)
        if stage == stages.count { return 0 }
      }
      let piece = stages[stage][offset...].prefix(buffer.count)
      buffer.copyBytes(from: piece)
      offset += piece.count
      return piece.count
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int { 0 }
  }

  /// Reads as long as bytes come without waiting.
  private func readReady(_ source: inout DecodedSource<StagedInput>) throws -> [UInt8] {
    var room = [UInt8](repeating: 0, count: 100_000)
    var bytes: [UInt8] = []
    while try source.isReady(withinMilliseconds: 0) || source.isReady(withinMilliseconds: 300) {
      let count = try room.withUnsafeMutableBytes { try source.read(into: $0) }
      if count == 0 { break }
      bytes += room.prefix(count)
    }
    return bytes
  }

  @Test(
    "A pause of the producer holds nothing back that can be decoded", arguments: DecodedSourceTests.oneEach, [1, 2])
  func pauses(_ encoder: DecodedSourceTests.Encoder, _ workers: Int) throws {
    let texts = [70_000, 10, 300_000, 1].map { DecodedSourceTests.text(byteCount: $0) }
    let members = try texts.map { try encoder.encode($0) }
    for cut in [0, 1, 17, 30] {
      // Each pause comes some bytes into the member behind the one that is complete.
      let stored = members.flatMap { $0 }
      var (stages, start, end) = ([[UInt8]](), 0, 0)
      for member in members {
        end += member.count
        let stageEnd = min(end + cut, stored.count)
        stages.append(Array(stored[start..<stageEnd]))
        start = stageEnd
      }
      var source = try DecodedSource(
        StagedInput(stages), encoder.codec, ParallelDecodingTests.plan(encoder.codec, workers: workers),
        ledger: MemoryLedger())
      var bytes: [UInt8] = []
      for (index, _) in stages.enumerated() where stages[index].count > 0 {
        bytes += try readReady(&source)
        let complete = texts[...index].flatMap { $0 }
        #expect(bytes.starts(with: complete), "stage \(index), \(cut) bytes more")
        // Goes on to the next stage.
        var room = [UInt8](repeating: 0, count: 1)
        let count = try room.withUnsafeMutableBytes { try source.read(into: $0) }
        bytes += room.prefix(count)
      }
      bytes += try readReady(&source)
      #expect(bytes == texts.flatMap { $0 })
    }
  }

  @Test("A member of BGZF that comes in two parts is decoded as far as it came, and so is MiGz")
  func partialMembers() throws {
    let text = DecodedSourceTests.text(byteCount: 60_000)
    for (member, end) in [(try Members.bgzf(text), try Members.bgzf([])), (try Members.migz(text), [])] {
      let stages = [member + member.prefix(5000), Array(member.dropFirst(5000)), end]
      for workers in [1, 3] {
        var source = try DecodedSource(
          StagedInput(stages), .gzip, ParallelDecodingTests.plan(.gzip, workers: workers), ledger: MemoryLedger())
        let bytes = try readReady(&source)
        #expect(bytes.count > text.count + 1000 && (text + text).starts(with: bytes))
        #expect(bytes + decode(&source).bytes == text + text)
      }
    }
  }

  @Test("A source that waits in vain says so after the timeout")
  func timeout() throws {
    let stored = try Members.encode(DecodedSourceTests.text(byteCount: 1000), .gzip)
    let source = try DecodedSource(
      StagedInput([Array(stored.prefix(5)), stored]), .gzip, ParallelDecodingTests.plan(.gzip, workers: 1),
      ledger: MemoryLedger())
    #expect(try !source.isReady(withinMilliseconds: 0))
    #expect(try !source.isReady(withinMilliseconds: 20))
  }

  // MARK: Errors of the base

  /// An input that fails at an offset.
  struct FailingInput: ByteSource {
    struct Failure: Error {}
    var input: MemoryInput
    let failureOffset: Int

    var isSeekable: Bool { false }
    var seekableSize: Int? { nil }
    var endedEarlyError: any Error { Failure() }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      let left = failureOffset - input.offset
      if left == 0 { throw Failure() }
      return input.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(left)))
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int { 0 }
  }

  @Test("An error of the base comes behind all bytes before it", arguments: DecodedSourceTests.oneEach)
  func baseError(_ encoder: DecodedSourceTests.Encoder) throws {
    let text = DecodedSourceTests.text(byteCount: 30_000)
    let member = try encoder.encode(text)
    let stored = [[UInt8]](repeating: member, count: 8).flatMap { $0 }
    for count in [0, 1, 5] {
      let input = MemoryInput(stored, isSeekable: false, pieceBytes: 1000)
      var source = try DecodedSource(
        FailingInput(input: input, failureOffset: count * member.count + 40), encoder.codec,
        ParallelDecodingTests.plan(encoder.codec, workers: 2), ledger: MemoryLedger())
      let decoded = decode(&source)
      #expect(decoded.otherError is FailingInput.Failure)
      #expect(decoded.bytes.count >= count * text.count && decoded.bytes.count < (count + 1) * text.count)
    }
  }

  // MARK: Ends and counts

  @Test("A source that is dropped anywhere leaves nothing behind", arguments: DecodedSourceTests.oneEach)
  func dropped(_ encoder: DecodedSourceTests.Encoder) throws {
    let member = try encoder.encode(DecodedSourceTests.text(byteCount: 200_000))
    let stored = [[UInt8]](repeating: member, count: 4).flatMap { $0 }
    for readCount in 0..<20 {
      let ledger = MemoryLedger()
      do {
        var source = try DecodedSource(
          MemoryInput(stored, isSeekable: false, pieceBytes: 3000), encoder.codec,
          ParallelDecodingTests.plan(encoder.codec, workers: 3), ledger: ledger)
        var room = [UInt8](repeating: 0, count: 5000)
        for _ in 0..<readCount { _ = try room.withUnsafeMutableBytes { try source.read(into: $0) } }
      }
      #expect(ledger.snapshot().total.currentBytes == 0)
    }
  }

  @Test("Stored and decoded bytes are counted, up to an error too", arguments: DecodedSourceTests.oneEach)
  func counts(_ encoder: DecodedSourceTests.Encoder) throws {
    let text = DecodedSourceTests.text(byteCount: 100_000)
    let member = try encoder.encode(text)
    for (tail, isWhole) in [([], true), ([1, 2, 3], false), (Array(member.dropLast(3)), false)] as [([UInt8], Bool)] {
      let stored = member + member + tail
      var source = try DecodedSource(
        MemoryInput(stored, isSeekable: false), encoder.codec, workers: 2, ledger: MemoryLedger())
      let decoded = decode(&source)
      #expect(source.decodedBytes == decoded.bytes.count)
      #expect(isWhole ? source.storedBytes == stored.count : source.storedBytes == decoded.error?.storedOffset)
    }
  }

  // MARK: Shortages

  /// Refuses all threads.
  private struct NoThreads: MemoryFaults {
    func refuses(_ purpose: MemoryPurpose) -> Bool { purpose == .threadStack }
  }

  @Test("Without threads the reading thread decodes", arguments: DecodedSourceTests.oneEach)
  func noThreads(_ encoder: DecodedSourceTests.Encoder) throws {
    let text = DecodedSourceTests.text(byteCount: 700_000)
    let member = try encoder.encode(text)
    let decoded = try decode(member + member, encoder.codec, ledger: MemoryLedger(faults: NoThreads()))
    #expect(decoded.bytes == text + text && decoded.error == nil)
  }

  @Test("Refused memory is an error, or makes decoding slower", arguments: DecodedSourceTests.oneEach)
  func refusedMemory(_ encoder: DecodedSourceTests.Encoder) throws {
    let text = DecodedSourceTests.text(byteCount: 300_000)
    let member = try encoder.encode(text)
    for index in 0..<30 {
      for isLasting in [false, true] {
        let ledger = MemoryLedger(faults: CountingMemoryFaults(refusing: index, isLasting: isLasting))
        do {
          let decoded = try decode(
            member + member, encoder.codec, plan: ParallelDecodingTests.plan(encoder.codec, workers: 2), ledger: ledger)
          #expect(decoded.error == nil && (decoded.otherError == nil || decoded.otherError is OutOfMemory))
          #expect((text + text).starts(with: decoded.bytes))
          if decoded.otherError == nil { #expect(decoded.bytes == text + text) }
        } catch is OutOfMemory {}
        #expect(ledger.snapshot().total.currentBytes == 0)
      }
    }
  }

  @Test("A limit that is enough for one decoder is enough", arguments: DecodedSourceTests.encoders)
  func limits(_ encoder: DecodedSourceTests.Encoder) throws {
    let text = DecodedSourceTests.text(byteCount: 300_000)
    let member = try encoder.encode(text)
    for limit in [20_000, 50_000, 300_000, 3 << 20, 5 << 20, 8 << 20, 16 << 20] {
      let expected = decodeInOrder(member + member, encoder.codec, decoderBytesMax: limit)
      let ledger = MemoryLedger()
      let decoded = try decode(
        member + member, encoder.codec, workers: 4, decoderBytesMax: limit, ledger: ledger)
      #expect(decoded.error?.code == expected.error?.code && decoded.otherError == nil, "limit of \(limit)")
      if expected.error == nil { #expect(decoded.bytes == text + text, "limit of \(limit)") }
      let peak = ledger.snapshot()
      let stackBytes = peak.purposes[.threadStack]?.peakBytes ?? 0
      #expect(peak.total.peakBytes - stackBytes <= limit + limit / 4 + 128 << 10, "limit of \(limit)")
    }
  }
}
