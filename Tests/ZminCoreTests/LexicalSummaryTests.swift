import Testing
import ZminCore
import ZminTestSupport

/// Lexical summaries of any bytes, from each start state, against the unchecked machine.
@Suite struct LexicalSummaryTests {
  /// Bytes that take the unchecked machine from the start of a document to each state.
  private static let prefixes: [LexicalSummary.Start: [UInt8]] = [
    .recordStart: [], .outside: [0x31], .inString: [0x22], .escaped: [0x22, 0x5C],
  ]

  private func expectAgreement(_ input: [UInt8], _ summary: LexicalSummary) {
    #expect(summary.byteCount == input.count)
    #expect(summary.lineFeedCount == input.count { $0 == 0x0A })
    #expect(summary.lastLineFeed == input.lastIndex(of: 0x0A))
    for (start, prefix) in Self.prefixes {
      var state = UncheckedState()
      for byte in prefix { _ = state.keeps(byte, format: .ndjson) }
      var effect = (kept: 0, lineFeeds: 0, openQuote: Int?.none)
      for (index, byte) in input.enumerated() {
        let wasOutside = state.stringState == .outside
        if state.keeps(byte, format: .ndjson) {
          if wasOutside && byte == 0x0A { effect.lineFeeds += 1 } else { effect.kept += 1 }
        }
        if wasOutside, state.stringState == .inString { effect.openQuote = index }
        if state.stringState == .outside { effect.openQuote = nil }
      }
      let end: LexicalSummary.Start =
        switch state.stringState {
        case .outside: state.owesLineFeed ? .outside : .recordStart
        case .inString: .inString
        case .escaped: .escaped
        }
      let found = summary[start]
      if found.end != end || found.keptByteCount != effect.kept || found.keptLineFeedCount != effect.lineFeeds
        || found.openQuote != effect.openQuote
      {
        Issue.record("from \(start): \(readable(input)): \(found), expected \(end) \(effect)")
      }
    }
  }

  @Test("The summary of a short input equals the steps of the machine and the join of its two parts")
  func shortInputs() {
    ShortInputs.forEach(upTo: Corpora.testsAreLong ? 8 : 5, over: Array("\"\\ \n1".utf8)) { input in
      let whole = input.withUnsafeBytes { LexicalSummary($0) }
      expectAgreement(input, whole)
      for cut in 0...input.count {
        var joined = input[..<cut].withUnsafeBytes { LexicalSummary($0) }
        joined.append(input[cut...].withUnsafeBytes { LexicalSummary($0) })
        if joined != whole { Issue.record("\(readable(input)) cut at \(cut)") }
      }
      return true
    }
  }

  @Test("Summaries joined in a random grouping equal the steps of the machine")
  func mutatedDocumentsInManyPieces() {
    var generator = DocumentGenerator(seed: 14)
    var mutator = Mutator(seed: 15)
    var random = SplitMix64(seed: 16)
    for _ in 0..<(Corpora.testsAreLong ? 20_000 : 200) {
      let input = mutator.mutation(of: generator.document(.ndjson))
      var parts = input.slices(at: random.cuts(in: input.count)).map { $0.withUnsafeBytes { LexicalSummary($0) } }
      while parts.count > 1 {
        let index = random.below(parts.count - 1)
        parts[index].append(parts.remove(at: index + 1))
      }
      expectAgreement(input, parts[0])
    }
  }
}
