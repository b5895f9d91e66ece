import Synchronization
import Testing
import ZminCPU
import ZminCore
import ZminEngine
import ZminMemory
import ZminTestSupport

@Suite("Producers that pause", .timeLimit(.minutes(5))) struct PauseTests {
  /// A run in windows, or in slices.
  struct Engine: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let plan: SlicePlan?

    func run(_ options: MinifierOptions, _ pieces: [PausingProducer.Piece]) throws -> (RunResult, [UInt8]) {
      let written = WrittenBytes()
      var input = PausingProducer(pieces, written)
      var output = WatchedOutput(written: written)
      let result: RunResult
      if let plan {
        var run = try SlicedRun(options, plan, ledger: MemoryLedger())
        result = try run.run(from: &input, to: &output)
      } else {
        var run = try WindowedRun(options, windowBytes: 64, ledger: MemoryLedger())
        result = try run.run(from: &input, to: &output)
      }
      return (result, written.bytes.withLock { $0 })
    }
  }

  static let engines = [
    Engine(testDescription: "windows", plan: nil),
    Engine(
      testDescription: "slices, one worker",
      plan: SlicePlan(workers: 1, slots: 2, sliceBytes: 4096, smallestSliceBytes: 1024)),
    Engine(
      testDescription: "slices, three workers",
      plan: SlicePlan(workers: 3, slots: 6, sliceBytes: 4096, smallestSliceBytes: 1024)),
    Engine(
      testDescription: "slices shorter than the pieces",
      plan: SlicePlan(workers: 2, slots: 4, sliceBytes: 32, smallestSliceBytes: 16)),
  ]

  @Test("Each value is written while the producer waits for it", arguments: engines, [Format.ndjson, .concat])
  func valuesAreWrittenAtOnce(_ engine: Engine, _ format: Format) throws {
    var generator = DocumentGenerator(seed: 83)
    var random = SplitMix64(seed: 84)
    for round in 0..<40 {
      let bytes = generator.document(format)
      let expected = Oracle(bytes, format).output
      var complete = CompleteValues(format)
      var pieces: [PausingProducer.Piece] = []
      var offset = 0
      while offset < bytes.count {
        let piece = Array(bytes[offset...].prefix(1 + random.below(round % 2 == 0 ? 6 : 200)))
        for byte in piece { complete.append(byte) }
        pieces.append(.init(bytes: piece, awaitedBytes: expected.lines(complete.count).count))
        offset += piece.count
      }
      let options = MinifierOptions(format: format, kernel: random.pick(Kernel.available))
      let (result, output) = try engine.run(options, pieces)
      guard case .complete(let totals) = result else {
        Issue.record("\(readable(bytes)) is valid")
        continue
      }
      #expect(output == expected)
      #expect(totals.outputBytes == expected.count)
      #expect(totals.isUnchanged == (bytes == expected), "\(readable(bytes))")
    }
  }

  @Test("An error is reported while the producer pauses, after the values before it", arguments: engines)
  func errorsAreReported(_ engine: Engine) throws {
    for (text, format, output, description) in [
      ("[1, x", Format.json, "", "1:5: value expected, found 'x' (byte 4)"),
      ("{\"a\": 1}\n[2,]", .ndjson, "{\"a\":1}\n", "2:4: trailing comma in array (byte 12)"),
      ("{\"a\": 1}[2] oops", .concat, "{\"a\":1}\n[2]\n", "1:13: end of input expected, found 'o' (byte 12)"),
      ("{\"a\": 1}\n]", .concat, "{\"a\":1}\n", "2:1: ']' closes nothing (byte 9)"),
      ("12 \"\u{1}", .concat, "12\n", "1:5: control character 0x01 in string (opened at line 1, column 4) (byte 4)"),
      ("[NaN", .json, "", "1:2: NaN is not JSON (byte 1)"),
    ] {
      for pieceBytes in [1, 3, 100] {
        let cut = chunks(of: Array(text.utf8), byteCount: pieceBytes)
        let pieces = cut.enumerated().map { index, bytes in
          PausingProducer.Piece(bytes: bytes, awaitedBytes: index == cut.count - 1 ? .max : 0)
        }
        let (result, found) = try engine.run(MinifierOptions(format: format), pieces)
        guard case .invalid(let error, _) = result else {
          Issue.record("\(text) is not valid")
          continue
        }
        #expect(error.description == description)
        if format != .json { #expect(String(decoding: found, as: UTF8.self) == output) }
      }
    }
  }

  @Test("An error is reported at the end of its line, not with later bytes", arguments: Format.allCases)
  func errorsAreReportedWithTheirLine(_ format: Format) throws {
    var minifier = try Minifier(MinifierOptions(format: format), ledger: MemoryLedger())
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 200, alignment: 1)
    defer { room.deallocate() }
    var result = try Array("[x".utf8).withUnsafeBytes { bytes in try minifier.minify(bytes, into: room) }
    #expect(result.failure == nil)
    result = try Array("]\n".utf8).withUnsafeBytes { bytes in try minifier.minify(bytes, into: room) }
    #expect(result.failure?.offset == 1)
  }

  @Test("Output and input are compared correctly, however far one is ahead of the other")
  func comparison() throws {
    var generator = DocumentGenerator(seed: 85)
    for _ in 0..<300 {
      // Half of them minified already, some of these but for their last LF.
      let document = generator.document(.concat)
      var bytes = document
      if generator.random.once(in: 2) { bytes = Oracle(document, .concat).output }
      if generator.random.once(in: 3) { bytes = bytes.dropLast() }
      let expected = Oracle(bytes, .concat)
      guard expected.errorOffset == nil else { continue }
      for pieceBytes in [1, 2, 7, 1000] {
        var run = try WindowedRun(MinifierOptions(format: .concat), windowBytes: 64, ledger: MemoryLedger())
        var input = MemoryInput(bytes, isSeekable: false, pieceBytes: pieceBytes)
        var output = MemoryOutput(isFinal: false)
        guard case .complete(let totals) = try run.run(from: &input, to: &output) else {
          Issue.record("\(readable(bytes)) is valid")
          continue
        }
        #expect(totals.isUnchanged == (expected.output == bytes), "\(readable(bytes)) in pieces of \(pieceBytes)")
      }
    }
  }
}
