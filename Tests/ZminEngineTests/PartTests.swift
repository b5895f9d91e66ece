import Testing
import ZminCPU
import ZminCore
@testable import ZminEngine
import ZminMemory
import ZminTestSupport

/// A document cut anywhere, minified part by part and joined, has the bytes, verdict and message of one run.
@Suite("Parts") struct PartTests {
  /// A part that was minified.
  private struct Part {
    var findings: PartFindings
    var output: [UInt8]
  }

  /// Minifies parts, each by itself, and joins them.
  private struct Joiner: ~Copyable {
    private let options: MinifierOptions
    private let run: PartRun
    /// Parts that were minified again.
    private(set) var redoneCount = 0

    init(_ options: MinifierOptions, _ plan: SlicePlan) throws {
      self.options = options
      run = try PartRun(options, plan, ledger: MemoryLedger())
    }

    func part(_ bytes: ArraySlice<UInt8>, startingIn start: Lexeme?, isSeekable: Bool) throws -> Part {
      var input = MemoryInput(Array(bytes), isSeekable: isSeekable, pieceBytes: isSeekable ? .max : 3)
      var output = MemoryOutput()
      let findings = try run.run(
        from: &input, to: &output, startingIn: start, beginsDocument: bytes.startIndex == 0)
      return Part(findings: findings, output: output.bytes)
    }

    mutating func outcome(
      _ bytes: [UInt8], _ slices: [ArraySlice<UInt8>], _ parts: [Part]
    ) throws -> (output: [UInt8], error: InvalidJSON?) {
      var chain = PartChain(options)
      let input = MemoryInput(bytes, isSeekable: true)
      var output: [UInt8] = []
      for (slice, first) in zip(slices, parts) {
        var part = first
        var answer = chain.append(part.findings, partBytes: slice.count)
        if case .wrongStart(let start) = answer {
          redoneCount += 1
          part = try self.part(slice, startingIn: start, isSeekable: true)
          answer = chain.append(part.findings, partBytes: slice.count)
        }
        switch answer {
        case .joined(let isBoundary): output += (isBoundary ? [UInt8(ascii: "\n")] : []) + part.output
        case .wrongStart: Issue.record("a part is refused twice")
        case .invalid:
          let error = try chain.explanation(upTo: slice.endIndex, in: input, ledger: MemoryLedger())
          if let error { return ([], error) }
          guard let isBoundary = chain.appendValid(part.findings) else {
            Issue.record("a valid part does not fit")
            return ([], nil)
          }
          output += (isBoundary ? [UInt8(ascii: "\n")] : []) + part.output
        }
      }
      guard chain.isComplete else {
        let error = try chain.explanation(upTo: bytes.count, in: input, ledger: MemoryLedger())
        #expect(error != nil, "a document that is not complete has an error")
        return ([], error)
      }
      return (output + (chain.endsWithLineFeed ? [UInt8(ascii: "\n")] : []), nil)
    }
  }

  private static let plans = [
    SlicePlan(workers: 1, slots: 1, sliceBytes: 7, smallestSliceBytes: 1),
    SlicePlan(workers: 1, slots: 2, sliceBytes: 64, smallestSliceBytes: 64),
    SlicePlan(workers: 3, slots: 4, sliceBytes: 700, smallestSliceBytes: 3),
    SlicePlan(workers: 2, slots: 3, sliceBytes: 300, smallestSliceBytes: 300),
  ]

  private func expectAgreement(
    _ joiner: inout Joiner, _ bytes: [UInt8], at cuts: [Int], _ options: MinifierOptions, _ random: inout SplitMix64
  ) throws {
    let bounds = [0] + cuts + [bytes.count]
    let slices = zip(bounds, bounds.dropFirst()).map { bytes[$0..<$1] }
    let parts = try slices.map { slice in
      // Mostly what the bytes suggest, sometimes a state forced on the part.
      let start: Lexeme? = random.once(in: 4) ? random.pick(Lexeme.allCases) : nil
      return try joiner.part(slice, startingIn: slice.startIndex == 0 ? nil : start, isSeekable: random.once(in: 2))
    }
    let expected = try RunOutcome.windowed(bytes, options)
    let found = try joiner.outcome(bytes, slices, parts)
    if found.output != expected.output || found.error != expected.error {
      Issue.record(
        """
        \(options.kernel.name), \(options.format), depth \(options.depthMax): \(readable(bytes)) at \(cuts) gives \
        \(readable(found.output)) \(found.error as Any), not \(readable(expected.output)) \(expected.error as Any)
        """)
    }
  }

  @Test("Any document cut anywhere has the result of one run", arguments: plans, Format.allCases)
  func randomDocuments(_ plan: SlicePlan, _ format: Format) throws {
    var generator = DocumentGenerator(seed: 91)
    var mutator = Mutator(seed: 92)
    for depthMax in [MinifierOptions.defaultDepthMax, 12, 3] {
      let options = MinifierOptions(format: format, depthMax: depthMax)
      var joiner = try Joiner(options, plan)
      for round in 0..<(Corpora.testsAreLong ? 20_000 : 200) {
        var document = generator.document(format)
        // The first slice of a part has all of a byte order mark.
        if round % 7 == 0, plan.sliceBytes > 100 { document = [0xEF, 0xBB, 0xBF] + document }
        for bytes in [document, mutator.mutation(of: document), mutator.soup(byteCount: round % 20)] {
          // No plan has a cut in a byte order mark.
          let cuts = mutator.random.cuts(in: bytes.count).filter { bytes.first != 0xEF || $0 >= 3 }.prefix(63)
          try expectAgreement(&joiner, bytes, at: Array(cuts), options, &mutator.random)
        }
      }
      #expect(joiner.redoneCount > 0)
    }
  }

  @Test("Cuts lie in order, and every task finds the same ones", arguments: Format.allCases)
  func cuts(_ format: Format) throws {
    var generator = DocumentGenerator(seed: 93)
    var random = SplitMix64(seed: 94)
    for round in 0..<60 {
      var bytes: [UInt8] = []
      while bytes.count < round * 1000 { bytes += generator.document(format) }
      let cuts = PartCuts(inputBytes: bytes.count, count: 1 + random.below(64))
      var last = 0
      for index in 0...cuts.count {
        let window = cuts.window(before: index)
        let offset = bytes[window].withUnsafeBytes { cuts.cut(before: index, in: $0, format) }
        #expect(offset >= last && offset <= cuts.wishedOffset(before: index))
        if index > 0 {
          let needed = cuts.neededRange(ofPart: index - 1)
          #expect(needed.lowerBound <= last && needed.upperBound >= offset)
        }
        last = offset
      }
      #expect(last == bytes.count)
    }
  }

  @Test("Planned cuts of documents as they are found need no part twice", arguments: Format.allCases)
  func plannedCuts(_ format: Format) throws {
    var generator = DocumentGenerator(seed: 95)
    let options = MinifierOptions(format: format)
    var joiner = try Joiner(options, SlicePlan(workers: 2, slots: 6, sliceBytes: 8 << 10, smallestSliceBytes: 1 << 10))
    var random = SplitMix64(seed: 96)
    for _ in 0..<10 {
      var bytes = format == .json ? Array("[".utf8) : []
      while bytes.count < 100_000 {
        let records = generator.document(format)
        if format == .json, bytes.count > 1 { bytes += Array(",\n".utf8) }
        bytes += records + (format == .json ? [] : [UInt8(ascii: "\n")])
      }
      if format == .json { bytes.append(UInt8(ascii: "]")) }
      let plan = PartCuts(inputBytes: bytes.count, count: 12)
      let cuts = (1..<12).map { index in
        bytes[plan.window(before: index)].withUnsafeBytes { plan.cut(before: index, in: $0, format) }
      }
      let bounds = [0] + cuts + [bytes.count]
      let slices = zip(bounds, bounds.dropFirst()).map { bytes[$0..<$1] }
      let parts = try slices.map { try joiner.part($0, startingIn: nil, isSeekable: random.once(in: 2)) }
      let found = try joiner.outcome(bytes, slices, parts)
      let expected = try RunOutcome.windowed(bytes, options)
      #expect(found.output == expected.output && found.error == expected.error)
    }
    #expect(joiner.redoneCount <= 2)
  }
}
