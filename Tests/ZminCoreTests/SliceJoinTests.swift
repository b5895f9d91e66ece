import Foundation
import Testing
import ZminCore
import ZminMemory
import ZminTestSupport

/// Verdict, output and first error of joined slices, against the oracle.
@Suite struct SliceJoinTests {
  @Test("Short inputs join to the oracle's result in every cut", arguments: Format.allCases)
  func shortInputsInEveryCut(_ format: Format) throws {
    var joiner = try SummaryJoiner(format, depthMax: 2, seed: 20)
    try ShortInputs.forEach(upTo: Corpora.testsAreLong ? 6 : 4, over: Array("{}[]:,\"0.\n a".utf8)) { input in
      let oracle = Oracle(input, format, depthMax: 2)
      for mask in 0..<(1 << max(input.count - 1, 0)) {
        try joiner.expectAgreement(input, at: (0..<input.count).filter { mask >> $0 & 1 == 1 }.map { $0 + 1 }, oracle)
      }
      return oracle.errorOffset == nil || oracle.errorOffset == input.count
    }
  }

  @Test("Short inputs, most of them invalid, join to the oracle's result in two slices", arguments: Format.allCases)
  func shortInputsInTwo(_ format: Format) throws {
    var joiner = try SummaryJoiner(format, depthMax: 3, seed: 21)
    try ShortInputs.forEach(upTo: Corpora.testsAreLong ? 5 : 3) { input in
      let oracle = Oracle(input, format, depthMax: 3)
      for cut in 0...input.count { try joiner.expectAgreement(input, at: [cut], oracle) }
      return true
    }
  }

  @Test("Each rule of the grammar holds in every cut into three slices", arguments: GrammarRuleTests.all)
  func rulesInEveryCut(_ rule: GrammarCase) throws {
    var joiner = try SummaryJoiner(rule.format, depthMax: 3, seed: 29)
    let oracle = Oracle(rule.input, rule.format, depthMax: 3)
    for first in 0...rule.input.count {
      for second in first...rule.input.count { try joiner.expectAgreement(rule.input, at: [first, second], oracle) }
    }
  }

  @Test("Random documents join to the oracle's result in random cuts", arguments: Format.allCases)
  func randomDocuments(_ format: Format) throws {
    var joiner = try SummaryJoiner(format, seed: 22)
    var generator = DocumentGenerator(seed: 23)
    for _ in 0..<(Corpora.testsAreLong ? 20_000 : 40) {
      let document = generator.document(format)
      let oracle = Oracle(document, format)
      for _ in 0..<4 {
        try joiner.expectAgreement(document, at: joiner.random.cuts(in: document.count), oracle)
      }
    }
  }

  @Test("Broken documents join to the oracle's result in random cuts", arguments: Format.allCases)
  func mutatedDocuments(_ format: Format) throws {
    var generator = DocumentGenerator(seed: 24)
    var mutator = Mutator(seed: 25)
    for round in 0..<(Corpora.testsAreLong ? 20_000 : 80) {
      let depthMax = round % 2 == 0 ? 1 << 20 : 1 + round % 40
      var joiner = try SummaryJoiner(format, depthMax: depthMax, seed: UInt64(round))
      let document = generator.document(format)
      for _ in 0..<4 {
        let mutation = mutator.mutation(of: document)
        let oracle = Oracle(mutation, format, depthMax: depthMax)
        for _ in 0..<3 { try joiner.expectAgreement(mutation, at: joiner.random.cuts(in: mutation.count), oracle) }
      }
    }
  }

  @Test("Deep nesting joins to the oracle's result across the boundaries of words")
  func deepNesting() throws {
    var random = SplitMix64(seed: 26)
    for depth in [62, 63, 64, 65, 125, 126, 127, 1_000] {
      var joiner = try SummaryJoiner(.json, depthMax: depth, seed: UInt64(depth))
      for excess in [0, 1] {
        let kinds = (0..<depth + excess).map { _ in random.once(in: 2) }
        let opening = kinds.map { $0 ? "{\"\":" : "[" }.joined()
        let closing = kinds.reversed().map { $0 ? "}" : "]" }.joined()
        let wrongClosing = String(closing.dropLast()) + (kinds.first == true ? "]" : "}")
        for text in [opening + "1" + closing, opening + "1" + wrongClosing, opening + "1" + closing + "]"] {
          let document = Array(text.utf8)
          let oracle = Oracle(document, .json, depthMax: depth)
          for _ in 0..<3 { try joiner.expectAgreement(document, at: random.cuts(in: document.count), oracle) }
        }
      }
    }
  }

  @Test(
    "Files of JSONTestSuite join to the oracle's result in random cuts",
    .enabled(if: !Corpora.testSuite.isEmpty, "JSONTestSuite not found; see ZMIN_CORPORA"),
    arguments: Corpora.testSuite)
  func testSuite(_ file: URL) throws {
    let input = try [UInt8](Data(contentsOf: file))
    for format in Format.allCases where input.count < 4_096 || Corpora.testsAreLong {
      var joiner = try SummaryJoiner(format, seed: 27)
      let oracle = Oracle(input, format)
      for _ in 0..<4 { try joiner.expectAgreement(input, at: joiner.random.cuts(in: min(input.count, 4_096)), oracle) }
    }
  }

  @Test(
    "Real documents join to the oracle's result in equal slices",
    .enabled(if: !Corpora.realDocuments.isEmpty, "real documents not found; see ZMIN_CORPORA"),
    .enabled(if: Corpora.testsAreLong, "takes minutes unoptimised: ZMIN_LONG_TESTS=1"),
    arguments: Corpora.realDocuments)
  func realDocuments(_ file: URL) throws {
    let input = try [UInt8](Data(contentsOf: file))
    let format: Format = file.pathExtension == "ndjson" ? .ndjson : .json
    let oracle = Oracle(input, format)
    var joiner = try SummaryJoiner(format, seed: 28)
    for sliceByteCount in [997, 65_536] {
      let cuts = Array(stride(from: sliceByteCount, to: input.count, by: sliceByteCount))
      try joiner.expectAgreement(input, at: cuts, oracle)
    }
  }
}
