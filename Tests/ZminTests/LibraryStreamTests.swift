import Testing
import Zmin
import ZminEngine
import ZminTestSupport

/// Streams, pushed in chunks.
@Suite struct LibraryStreamTests {
  @Test("Output and error agree with the oracle for every chunk size and every cut in two", arguments: Format.allCases)
  func everyChunking(_ format: Format) throws {
    for test in try LibraryCase.random(format, seed: 46, count: 12) where test.input.count < 600 {
      for windowBytes in [7, 64, 4096] {
        var stream = try MinifierStream(test.options, windowBytes: windowBytes, ledger: MemoryLedger())
        for cut in 1...max(1, test.input.count) {
          let sized = chunks(of: test.input, byteCount: cut)
          #expect(
            pushed(sized, through: &stream).withoutPartialOutput == test.expected(pushedIn: sized),
            "chunks of \(cut), windows of \(windowBytes): \(readable(test.input))")
          let halves = [Array(test.input.prefix(cut)), [], Array(test.input.dropFirst(cut))]
          #expect(
            pushed(halves, through: &stream).withoutPartialOutput == test.expected(pushedIn: halves),
            "cut at \(cut), windows of \(windowBytes): \(readable(test.input))")
        }
      }
    }
  }

  @Test("An error is thrown by the push that brings its byte, at the same position for all chunks")
  func errorsComeWithTheirByte() throws {
    for message in MessageTests.cases {
      let test = try LibraryCase(message.input, MinifierOptions(format: message.format))
      #expect(test.expected.error?.description == message.description)
      guard case .invalidJSON(let expected) = test.expected.error else {
        Issue.record("no error: \(readable(test.input))")
        continue
      }
      // An error at the end of input is thrown by `finish`.
      if expected.offset >= test.input.count { continue }
      for byteCount in 1...test.input.count {
        var stream = try MinifierStream(test.options)
        var left = chunks(of: test.input, byteCount: byteCount)[...]
        var thrown: ZminError?
        var pushedBytes = 0
        while thrown == nil, pushedBytes <= expected.offset, let chunk = left.popFirst() {
          pushedBytes += chunk.count
          do throws(ZminError) { try stream.push(chunk) { _ in } } catch { thrown = error }
        }
        guard case .invalidJSON(let error) = thrown else {
          Issue.record("\(readable(test.input)) in chunks of \(byteCount): no error with the faulty byte")
          continue
        }
        #expect((error.line, error.column, error.offset) == (expected.line, expected.column, expected.offset))
        #expect(thrown == test.expected(pushedIn: chunks(of: test.input, byteCount: byteCount)).error)
      }
    }
  }

  @Test(
    "Each value is written by the push that completes it, without any of the next",
    arguments: [Format.ndjson, .concat])
  func valuesComeAtOnce(_ format: Format) throws {
    var generator = DocumentGenerator(seed: 47)
    var random = SplitMix64(seed: 48)
    for _ in 0..<60 {
      let input = generator.document(format)
      let output = Oracle(input, format).output
      for chunkBytesMax in [1, 2, 9, 70] {
        var stream = try MinifierStream(MinifierOptions(format: format))
        var complete = CompleteValues(format)
        var offset = 0
        var found: [UInt8] = []
        while offset < input.count {
          let chunk = input[offset..<min(input.count, offset + 1 + random.below(chunkBytesMax))]
          for byte in chunk { complete.append(byte) }
          try stream.push(chunk) { bytes in bytes.withUnsafeBytes { found += $0 } }
          offset += chunk.count
          #expect(found[...] == output.lines(complete.count), "\(readable(input)) up to \(offset)")
        }
        try stream.finish { bytes in bytes.withUnsafeBytes { found += $0 } }
        #expect(found == output)
      }
    }
  }

  @Test("Values of concat before an error are written before it is thrown")
  func valuesBeforeAnError() throws {
    let texts = [
      ("{\"a\": 1}x", "{\"a\":1}\n"), ("[1] ]", "[1]\n"), ("\"a\",", "\"a\"\n"), ("12 oops", "12\n"),
      ("1{}x", "1\n{}\n"), ("true\nnul]", "true\n"), ("[][1", "[]\n"), ("12]", "12\n"), ("12x", ""), (" x", ""),
    ]
    for (text, output) in texts {
      let input = Array(text.utf8)
      for byteCount in 1...input.count {
        var stream = try MinifierStream(MinifierOptions(format: .concat))
        let outcome = pushed(chunks(of: input, byteCount: byteCount), through: &stream)
        #expect(outcome.output == Array(output.utf8), "\(text) in chunks of \(byteCount)")
        #expect(outcome.error != nil)
      }
    }
  }

  @Test("Inputs and chunks around the window size agree with the oracle")
  func sizesAroundTheWindow() throws {
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

  @Test("Exactly the whole records before an error are written", arguments: [Format.ndjson, .concat])
  func wholeRecordsOnlyBeforeAnError(_ format: Format) throws {
    var stream = try MinifierStream(MinifierOptions(format: format))
    let input = Array("{\"a\": 1}\n[2, 3]\n[4, x]\n".utf8)
    for byteCount in 1...input.count {
      let outcome = pushed(chunks(of: input, byteCount: byteCount), through: &stream)
      #expect(outcome.output == Array("{\"a\":1}\n[2,3]\n".utf8))
      #expect(outcome.error?.description == "3:5: value expected, found 'x' (byte 20)")
    }
  }

  @Test("An error is thrown again until reset")
  func anErrorIsThrownAgainUntilReset() throws {
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
    // After the end of an input the stream takes another.
    #expect(pushed([good], through: &stream) == LibraryOutcome(output: Array("[1]".utf8)))
  }

  @Test("An error within the size limit precedes the error of the limit")
  func sizeLimit() throws {
    // `NaN` is named only if one chunk contains all of it.
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
          let isNamed = chunks(of: input, byteCount: byteCount).contains { readable($0).contains("NaN") }
          let expected =
            isNamed ? description : description.replacing("NaN is not JSON", with: "value expected, found 'N'")
          #expect(error?.description == expected, "\(text) in chunks of \(byteCount)")
        }
      }
    }
    var stream = try MinifierStream(MinifierOptions(inputBytesMax: 6))
    #expect(pushed([Array("[1, 2]".utf8)], through: &stream).error == nil)
  }

  @Test("Pushing allocates nothing, and destroying the stream frees all")
  func chunksAllocateNothing() throws {
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

  @Test("Nesting costs one bit per level")
  func nestingCostsOneBitPerLevel() throws {
    let ledger = MemoryLedger()
    let options = MinifierOptions(depthMax: 4_000_000)
    var stream = try MinifierStream(options, ledger: ledger)
    let before = ledger.snapshot().total.currentBytes
    let openers = [UInt8](repeating: UInt8(ascii: "["), count: 1_000_000)
    let closers = [UInt8](repeating: UInt8(ascii: "]"), count: 1_000_000)
    let chunks = [openers, openers, closers, closers]
    #expect(pushed(chunks, through: &stream).output == Array(chunks.joined()))
    // Two stacks of two million levels, each at most twice the needed size.
    #expect(ledger.snapshot().total.currentBytes - before <= 4 * 2_000_000 / 8 + 4096)
  }
}
