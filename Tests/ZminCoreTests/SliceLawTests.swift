import Testing
import ZminCore
import ZminTestSupport

/// The laws of joining slices: a neutral element, associativity, and parts that equal the whole.
@Suite struct SliceLawTests {
  private let rounds = Corpora.testsAreLong ? 300_000 : 1_500

  /// A run of bytes, often from the middle of a document: valid, broken or random.
  private func bytes(_ random: inout SplitMix64, _ format: Format) -> [UInt8] {
    var generator = DocumentGenerator(seed: random.next())
    var mutator = Mutator(seed: random.next())
    if random.once(in: 3) { return mutator.soup(byteCount: random.below(10)) }
    var bytes = generator.document(format)
    if random.once(in: 2) { bytes = mutator.mutation(of: bytes) }
    let start = random.below(bytes.count + 1)
    return Array(bytes[start...].prefix(random.below(60)))
  }

  /// A state before the run, mostly one after which the run can be clean.
  private func lexeme(_ random: inout SplitMix64) -> Lexeme {
    random.once(in: 4) ? random.pick(Lexeme.allCases) : random.once(in: 4) ? .string : .between
  }

  @Test("Joining the empty slice changes nothing", arguments: Format.allCases)
  func emptySliceChangesNothing(_ format: Format) {
    var random = SplitMix64(seed: 11)
    for _ in 0..<rounds / 3 {
      let input = bytes(&random, format)
      let summary = ScannedSlice(input[...], from: lexeme(&random), format).summary
      #expect(summary.combined(with: .identity, format: format) == summary)
      #expect(SliceSummary.identity.combined(with: summary, format: format) == summary)
    }
    for start in Lexeme.allCases { #expect(ScannedSlice([], from: start, format).summary == .identity) }
    #expect(SliceSummary.documentStart.combined(with: .identity, format: format) == .documentStart)
  }

  @Test("The summary does not depend on the grouping of joins", arguments: Format.allCases)
  func groupingDoesNotMatter(_ format: Format) {
    var random = SplitMix64(seed: 12)
    var cleanCount = 0
    for _ in 0..<rounds {
      let input = bytes(&random, format)
      var start = lexeme(&random)
      let cuts = random.cuts(in: input.count)
      let parts = input.slices(at: cuts).map { slice in
        let summary = ScannedSlice(slice, from: start, format).summary
        // Mostly the end of the slice before, sometimes another state.
        start = random.once(in: 30) ? random.pick(Lexeme.allCases) : summary.local?.end ?? start
        return summary
      }
      let leftFold = parts.reduce(SliceSummary.identity) { $0.combined(with: $1, format: format) }
      if !leftFold.isDirty { cleanCount += 1 }
      let rightFold = parts.reversed().reduce(SliceSummary.identity) { $1.combined(with: $0, format: format) }
      let tree = random.join(parts, format)
      if leftFold != rightFold || leftFold != tree {
        Issue.record("\(format): \(readable(input)) in \(cuts)")
      }
    }
    #expect(cleanCount > rounds / 4, "hardly any case is clean")
  }

  @Test("Two joined parts have the summary of the whole", arguments: Format.allCases)
  func partsMakeTheWhole(_ format: Format) {
    var random = SplitMix64(seed: 13)
    var cleanCount = 0
    for _ in 0..<rounds {
      let input = bytes(&random, format)
      let start = lexeme(&random)
      let cut = random.below(input.count + 1)
      let whole = ScannedSlice(input[...], from: start, format).summary
      let left = ScannedSlice(input[..<cut], from: start, format).summary
      let right = ScannedSlice(input[cut...], from: left.local?.end ?? start, format).summary
      if left.combined(with: right, format: format) != whole {
        Issue.record("\(format), from \(start): \(readable(input)) cut at \(cut)")
      }
      if !whole.isDirty { cleanCount += 1 }
    }
    #expect(cleanCount > rounds / 4, "hardly any case is clean")
  }

  @Test(
    "Stage 1 alone finds errors that need no nesting",
    arguments: ["{1", "[:", ":,", "\"a\" 1", "[,", "1:", "{\"a\",", "tru ", "01", "\"\\x", "\"\u{1}", "}1", ",]"])
  func errorsWithoutNesting(_ text: String) {
    #expect(!ScannedSlice(Array(text.utf8)[...], from: .between, .json).isLocallyClean)
  }

  @Test(
    "Stage 2 finds errors in the nesting",
    arguments: ["[}", "{]", "[1,\"a\":", "1,2}", "{\"a\":1,2"])
  func errorsInNesting(_ text: String) {
    let scanned = ScannedSlice(Array(text.utf8)[...], from: .between, .json)
    #expect(scanned.summary.isDirty)
  }
}
