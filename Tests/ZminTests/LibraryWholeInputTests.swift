import Foundation
import Testing
import Zmin
import ZminEngine
import ZminTestSupport

/// The public functions on whole inputs in memory.
@Suite struct LibraryWholeInputTests {
  private func minified(_ input: some Collection<UInt8>, _ options: MinifierOptions) -> LibraryOutcome {
    do throws(ZminError) {
      return LibraryOutcome(output: try minify(input, options: options))
    } catch {
      return LibraryOutcome(error: error)
    }
  }

  @Test("minify and validate agree with the oracle on valid and broken documents", arguments: Format.allCases)
  func agreesWithTheOracle(_ format: Format) throws {
    for test in try LibraryCase.random(format, seed: 41, count: 150) {
      #expect(minified(test.input, test.options) == test.expected, "\(readable(test.input))")
      let validated = Result { () throws(ZminError) in try validate(test.input, options: test.options) }
      switch validated {
      case .success: #expect(test.expected.error == nil)
      case .failure(let error): #expect(test.expected.error == error)
      }
    }
  }

  @Test("Inputs around a multiple of the window size agree with the oracle")
  func sizesAcrossWindows() throws {
    for windows in 1...2 {
      for extra in [-129, -2, -1, 0, 1, 2, 64, 4095] {
        let input = paddedDocument(byteCount: windows * 256 * 1024 + extra)
        #expect(try minify(input) == Oracle(input, .json).output)
        try validate(input)
        let broken = Array(input.dropLast()) + [UInt8(ascii: "}")]
        #expect(throws: ZminError.self) { try validate(broken) }
        #expect(minified(broken, MinifierOptions()) == (try LibraryCase(broken, MinifierOptions()).expected))
      }
    }
  }

  @Test("Any collection of bytes is accepted")
  func acceptsAnyCollection() throws {
    let text = "[ 1, \"\u{e9}\" ]"
    let expected = Array("[1,\"\u{e9}\"]".utf8)
    let bytes = Array(text.utf8)
    #expect(try minify(text.utf8) == expected)
    #expect(try minify(text.dropFirst(0).utf8) == expected)
    #expect(try minify(([0] + bytes).dropFirst()) == expected)
    #expect(try minify(Data(bytes)) == expected)
    #expect(try minify(ContiguousArray(bytes)) == expected)
    // This collection is not contiguous.
    #expect(try minify(bytes.lazy.map { $0 }) == expected)
    #expect(try bytes.span.bytes.withUnsafeBytes { try minify($0) } == expected)
    #expect(throws: ZminError.self) { try minify([]) }
  }

  @Test("Limits on size and depth are exact")
  func limits() throws {
    let options = MinifierOptions(inputBytesMax: 3)
    #expect(try minify(Array("[1]".utf8), options: options).count == 3)
    #expect(throws: ZminError.inputTooLarge(limit: 3)) { try minify(Array("[1] ".utf8), options: options) }
    #expect(throws: ZminError.inputTooLarge(limit: 3)) { try validate(Array("[1] ".utf8), options: options) }
    for (depthMax, isValid) in [(-1, false), (0, false), (1, false), (2, true)] {
      let outcome = minified(Array("[[]]".utf8), MinifierOptions(depthMax: depthMax))
      #expect((outcome.error == nil) == isValid)
    }
    #expect(minified(Array("1".utf8), MinifierOptions(depthMax: -1)).error == nil)
    let error = minified(Array("[\n[]]".utf8), MinifierOptions(depthMax: 1)).error
    #expect(error?.description == "2:1: nested deeper than 1 levels (byte 2)")
  }

  @Test("Without validation the output is the oracle's, and concat is still checked")
  func withoutValidation() throws {
    for format in Format.allCases {
      var mutator = Mutator(seed: 43)
      let options = MinifierOptions(format: format, validates: false)
      for _ in 0..<100 {
        let input = mutator.soup(byteCount: mutator.random.below(200))
        // `concat` cannot be split into values without checks.
        let expected =
          format == .concat
          ? try LibraryCase(input, options).expected : LibraryOutcome(output: Oracle.unchecked(input, format))
        #expect(minified(input, options) == expected, "\(readable(input))")
      }
    }
    #expect(throws: ZminError.self) { try validate(Array("tru e".utf8), options: MinifierOptions(validates: false)) }
  }

  @Test("Each call frees its memory and stays below 1 MiB")
  func memoryIsFreed() throws {
    let ledger = MemoryLedger()
    let input = paddedDocument(byteCount: 4 << 20)
    _ = try minify(input, ledger: ledger)
    try validate(input, ledger: ledger)
    #expect(throws: ZminError.self) { try minify(input.dropLast(), ledger: ledger) }
    let total = ledger.snapshot().total
    #expect(total.currentBytes == 0)
    #expect(total.allocations == total.frees && total.allocations > 0)
    #expect(total.peakBytes < 1 << 20)
  }
}
