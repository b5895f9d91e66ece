import Testing
import Zmin
import ZminEngine
import ZminTestSupport

/// Minifying in place.
@Suite struct LibraryInPlaceTests {
  /// Minifies in memory of exactly the input's size, so that a sanitizer detects any write past it. Checks that an
  /// error leaves the memory unchanged.
  private func inPlace(_ input: [UInt8], _ options: MinifierOptions, windowBytes: Int) -> LibraryOutcome {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: input.count, alignment: 1)
    defer { memory.deallocate() }
    memory.copyBytes(from: input)
    do throws(ZminError) {
      let byteCount = try minifyInPlace(memory, options, windowBytes: windowBytes, ledger: MemoryLedger())
      return LibraryOutcome(output: Array(memory.prefix(byteCount)))
    } catch {
      #expect(memory.elementsEqual(input), "\(error)")
      return LibraryOutcome(error: error)
    }
  }

  @Test("Output agrees with the oracle, and an error leaves the input unchanged", arguments: Format.allCases)
  func agreesWithTheOracle(_ format: Format) throws {
    for (round, test) in try LibraryCase.random(format, seed: 44, count: 150).enumerated() {
      for windowBytes in [1 + round % 70, 512, 1 << 18] {
        let outcome = inPlace(test.input, test.options, windowBytes: windowBytes)
        if outcome.error == .noRoomInPlace {
          #expect(test.expected.error == nil && format != .json)
          if format == .ndjson { #expect(test.expected.output.count == test.input.count + 1) }
        } else {
          #expect(outcome == test.expected, "windows of \(windowBytes): \(readable(test.input))")
        }
      }
    }
  }

  @Test("Inputs of each size around a window boundary agree with the oracle")
  func sizesAroundWindows() throws {
    for byteCount in 32...400 {
      let input = paddedDocument(byteCount: byteCount)
      let expected = LibraryOutcome(output: Oracle(input, .json).output)
      for windowBytes in [1, 63, 64, 65, 127, 128, 200] {
        #expect(inPlace(input, MinifierOptions(), windowBytes: windowBytes) == expected)
      }
    }
    for extra in [-130, -129, -128, -127, -65, -64, -63, -2, -1, 0, 1, 2, 63, 64, 65, 127, 128, 129, 130] {
      for windows in 1...2 {
        let input = paddedDocument(byteCount: windows * 256 * 1024 + extra)
        var bytes = input
        try minifyInPlace(&bytes)
        #expect(bytes == Oracle(input, .json).output)
      }
    }
  }

  @Test("An array keeps its storage and takes less than 1 MiB of other memory")
  func arraysKeepTheirStorage() throws {
    let ledger = MemoryLedger()
    let input = paddedDocument(byteCount: 4 << 20)
    var bytes = input
    bytes.reserveCapacity(bytes.count + 1)
    let address = bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) }
    try minifyInPlace(&bytes, ledger: ledger)
    #expect(bytes == Oracle(input, .json).output)
    #expect(bytes.withUnsafeBytes { UInt(bitPattern: $0.baseAddress) } == address)
    let total = ledger.snapshot().total
    #expect(total.currentBytes == 0 && total.peakBytes < 1 << 20)
  }

  @Test("An error leaves an array unchanged")
  func errorsLeaveArraysUnchanged() {
    let input = paddedDocument(byteCount: 1 << 20).dropLast()
    var bytes = Array(input)
    #expect(throws: ZminError.self) { try minifyInPlace(&bytes) }
    #expect(bytes == Array(input))
    #expect(throws: ZminError.inputTooLarge(limit: 5)) {
      try minifyInPlace(&bytes, options: MinifierOptions(inputBytesMax: 5))
    }
    var empty: [UInt8] = []
    #expect(throws: ZminError.self) { try minifyInPlace(&empty) }
  }

  @Test("A last LF without room grows an array, and is an error in a span")
  func missingLastLineFeed() throws {
    for validates in [true, false] {
      let options = MinifierOptions(format: .ndjson, validates: validates)
      for (text, expected) in [("1", "1\n"), ("1\n2", "1\n2\n"), (" 1", "1\n"), ("1 \n\n", "1\n"), ("", "")] {
        var bytes = Array(text.utf8)
        try minifyInPlace(&bytes, options: options)
        #expect(bytes == Array(expected.utf8))
        let hasNoRoom = expected.utf8.count > text.utf8.count
        let outcome = inPlace(Array(text.utf8), options, windowBytes: 64)
        #expect((outcome.error == .noRoomInPlace) == hasNoRoom)
      }
    }
  }

  @Test("Unchecked output in place is the oracle's, and a span returns its length")
  func uncheckedAndSpans() throws {
    var mutator = Mutator(seed: 45)
    for format in [Format.json, .ndjson] {
      let options = MinifierOptions(format: format, validates: false)
      for _ in 0..<200 {
        let input = mutator.soup(byteCount: 1 + mutator.random.below(300))
        var bytes = input
        try minifyInPlace(&bytes, options: options)
        #expect(bytes == Oracle.unchecked(input, format), "\(readable(input))")
      }
    }
    var bytes = Array("[ 1 ]".utf8)
    var span = bytes.mutableSpan
    var rawSpan = span.mutableBytes
    #expect(try minifyInPlace(&rawSpan) == 3)
    #expect(bytes.starts(with: Array("[1]".utf8)))
  }
}
