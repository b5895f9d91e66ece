import Testing
import Zmin
import ZminEngine
import ZminTestSupport

/// The push interface.
@Suite struct LibraryStreamTests {
  /// Every chunking into two, and into chunks of every size, in windows that are smaller and larger than the chunks.
  @Test(arguments: Format.allCases) func everyChunking(_ format: Format) throws {
    for test in try LibraryCase.random(format, seed: 46, count: 12) where test.input.count < 600 {
      for windowBytes in [7, 64, 4096] {
        var stream = try MinifierStream(test.options, windowBytes: windowBytes, ledger: MemoryLedger())
        for cut in 1...max(1, test.input.count) {
          let sized = pushed(chunks(of: test.input, byteCount: cut), through: &stream).settled
          #expect(sized == test.expected, "chunks of \(cut), windows of \(windowBytes): \(readable(test.input))")
          let halves = pushed([Array(test.input.prefix(cut)), [], Array(test.input.dropFirst(cut))], through: &stream)
          #expect(halves.settled == test.expected, "cut at \(cut), windows of \(windowBytes): \(readable(test.input))")
        }
      }
    }
  }

  @Test func everyMessageWhateverTheChunks() throws {
    for test in MessageTests.cases {
      var stream = try MinifierStream(MinifierOptions(format: test.format))
      for byteCount in 1...max(1, test.input.count) {
        let error = pushed(chunks(of: test.input, byteCount: byteCount), through: &stream).error
        #expect(error?.description == test.description, "\(readable(test.input)) in chunks of \(byteCount)")
      }
    }
  }

  @Test func sizesAcrossTheWindow() throws {
    var stream = try MinifierStream()
    for extra in [-1, 0, 1] {
      for windows in 1...2 {
        let input = paddedDocument(byteCount: windows * 64 * 1024 + extra)
        let expected = LibraryOutcome(output: Oracle(input, .json).output)
        for byteCount in [1000, 4096, 65_535, 65_536, 65_537, 1 << 20] {
          #expect(pushed(chunks(of: input, byteCount: byteCount), through: &stream) == expected)
        }
      }
    }
  }

  @Test(arguments: [Format.ndjson, .concat]) func wholeRecordsOnlyBeforeAnError(_ format: Format) throws {
    var stream = try MinifierStream(MinifierOptions(format: format))
    let input = Array("{\"a\": 1}\n[2, 3]\n[4, x]\n".utf8)
    for byteCount in 1...input.count {
      let outcome = pushed(chunks(of: input, byteCount: byteCount), through: &stream)
      #expect(outcome.output == Array("{\"a\":1}\n[2,3]\n".utf8))
      #expect(outcome.error?.description == "3:5: value expected, found 'x' (byte 20)")
    }
  }

  @Test func anErrorIsThrownAgainUntilReset() throws {
    var stream = try MinifierStream()
    let bad = Array("[1,]        ".utf8)
    let good = Array(" [1]".utf8)
    let nothing: (RawSpan) -> Void = { bytes in #expect(bytes.byteCount == 0) }
    var errors: [ZminError] = []
    for _ in 0..<3 {
      do throws(ZminError) { try stream.push(bad, to: nothing) } catch { errors.append(error) }
      do throws(ZminError) { try stream.finish(to: nothing) } catch { errors.append(error) }
    }
    #expect(errors.count == 6 && Set(errors).count == 1)
    stream.reset()
    #expect(pushed([good], through: &stream) == LibraryOutcome(output: Array("[1]".utf8)))
    // Ready for another after the end too.
    #expect(pushed([good], through: &stream) == LibraryOutcome(output: Array("[1]".utf8)))
  }

  @Test func limitOnTheInput() throws {
    // An error in the bytes that are allowed comes first, whatever the chunks; else the limit.
    for (text, limit, description) in [
      ("[1, 2]   ", 6, "input is longer than 6 bytes"), ("[1, 2]", 5, "input is longer than 5 bytes"),
      ("[1, x,    2]", 5, "1:5: value expected, found 'x' (byte 4)"),
      ("[1, NaN, 2]", 6, "1:5: value expected, found 'N' (byte 4)"),
      ("[1, NaN, 2]", 9, "1:5: NaN is not JSON (byte 4)"), ("1", 0, "input is longer than 0 bytes"),
      ("1", -1, "input is longer than -1 bytes"),
    ] {
      let input = Array(text.utf8)
      for windowBytes in [1, 4, 4096] {
        var stream = try MinifierStream(
          MinifierOptions(inputBytesMax: limit), windowBytes: windowBytes, ledger: MemoryLedger())
        for byteCount in 1...input.count {
          let error = pushed(chunks(of: input, byteCount: byteCount), through: &stream).error
          #expect(error?.description == description, "\(text) in chunks of \(byteCount)")
        }
      }
    }
    var stream = try MinifierStream(MinifierOptions(inputBytesMax: 6))
    #expect(pushed([Array("[1, 2]".utf8)], through: &stream).error == nil)
  }

  @Test func chunksAllocateNothingAndTheEndFreesAll() throws {
    let ledger = MemoryLedger()
    do {
      var stream = try MinifierStream(MinifierOptions(format: .ndjson), ledger: ledger)
      let made = ledger.snapshot().total
      for _ in 0..<3 {
        let input = Array(String(repeating: "[{\"a\": [1]}]\n", count: 20_000).utf8)
        #expect(pushed(chunks(of: input, byteCount: 5000), through: &stream).error == nil)
      }
      #expect(ledger.snapshot().total == made)
    }
    #expect(ledger.snapshot().total.currentBytes == 0)
  }

  @Test func nestingCostsOneBitALevel() throws {
    let ledger = MemoryLedger()
    let options = MinifierOptions(depthMax: 4_000_000)
    var stream = try MinifierStream(options, ledger: ledger)
    let before = ledger.snapshot().total.currentBytes
    let openers = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
    let closers = [UInt8](repeating: UInt8(ascii: "]"), count: 1_000_000)
    let chunks = [openers, openers, closers, closers]
    #expect(pushed(chunks, through: &stream).output == Array(chunks.joined()))
    // Two stacks of two million levels, each no more than twice as large as it must be.
    #expect(ledger.snapshot().total.currentBytes - before <= 4 * 2_000_000 / 8 + 4096)
  }
}
