import Testing
import ZminCore
import ZminTestSupport
import ZminVulkan

/// Stages against their references.
@Suite(.enabled(if: TestDevice.physical != nil, "there is no software Vulkan device")) struct StageTests {
  @Test("Stages match their references on random documents", arguments: Way.allCases, [Format.json, .ndjson])
  func randomDocuments(_ way: Way, _ format: Format) throws {
    var checker = try StageChecker(way, format, sliceBytes: 1 << 16)
    var generator = DocumentGenerator(seed: 81)
    var mutator = Mutator(seed: 82)
    for _ in 0..<(Corpora.testsAreLong ? 5_000 : 40) {
      var document = generator.document(format)
      while document.count < checker.random.below(2 * way.tileBytes) {
        document += Array(format == .json ? ",".utf8 : "\n".utf8) + generator.document(format)
      }
      for input in [document, mutator.mutation(of: document)] {
        for slice in checker.random.slices(of: input) { try checker.expectNoDifference(in: slice) }
      }
    }
  }

  /// Random bytes from small alphabets reach all states at all edges.
  @Test("Stages match their references on random bytes", arguments: Way.allCases, [Format.json, .ndjson])
  func soup(_ way: Way, _ format: Format) throws {
    var checker = try StageChecker(way, format, sliceBytes: 4 * way.tileBytes)
    var mutator = Mutator(seed: 83)
    let alphabets = [
      "\"\\", "\" \n", "\"a\n\r ", "\n 1", "\\\\\\\\\\\\\\\\\"", "[]{},:\"", ",\":", ",,,,,\"\":1", "0.e-1",
      "123456789.",
      "1+-eE.0", "é漢😀\"", "truefalsn,", "\"\\u00e9",
    ].map { Array($0.utf8) }
    for round in 0..<(Corpora.testsAreLong ? 5_000 : 80) {
      let byteCount = checker.random.below(3 * way.tileBytes)
      var slice = mutator.soup(byteCount: byteCount)
      if round % 4 != 0 {
        let alphabet = checker.random.pick(alphabets)
        slice = (0..<byteCount).map { _ in checker.random.pick(alphabet) }
      }
      try checker.expectNoDifference(in: slice)
    }
  }

  @Test(
    "Stages match their references on slices that end near every edge", arguments: Way.allCases,
    [Format.json, .ndjson])
  func sizes(_ way: Way, _ format: Format) throws {
    var checker = try StageChecker(way, format, sliceBytes: 4 * way.tileBytes)
    let edges = [28, 32, 64, 28 * way.threads, way.tileBytes, 2 * 28 * way.threads, 2 * way.tileBytes]
    let sizes = Array(0...4) + edges.flatMap { ($0 - 3)...($0 + 3) }
    let pieces = ["1,", "{\"a\":", " \n", "\"\\\"\",", "[[[[", "\"", "\\", "é", "1\n"].map { Array($0.utf8) }
    for size in sizes {
      for piece in [checker.random.pick(pieces), checker.random.pick(pieces)] {
        let pattern = (0..<(size / piece.count + 1)).flatMap { _ in piece }
        try checker.expectNoDifference(in: Array(pattern.prefix(size)))
      }
    }
  }
}

/// Compares slices from both start states that devices are given.
struct StageChecker {
  var random = SplitMix64(seed: 84)
  private let way: Way
  private let format: Format
  private var comparison: StageComparison

  init(_ way: Way, _ format: Format, sliceBytes: Int) throws {
    self.way = way
    self.format = format
    comparison = try StageComparison(sliceBytes: sliceBytes, on: TestDevice.device(way))
  }

  mutating func expectNoDifference(in slice: [UInt8]) throws {
    for startsInString in [false, true] {
      let histories: [String] = ["::::", "[[[[", "1,\",", "\n\n\n\n", "{{{\"", "]]]]"]
      let history = random.pick(histories).utf8.reversed().reduce(0) { $0 << 8 | UInt32($1) }
      let request = VulkanLane.Request(
        kind: ProgramKind(isLines: format == .ndjson, checks: !random.once(in: 6)), byteCount: slice.count,
        startsInString: startsInString, history: history, historyHasElement: random.once(in: 2))
      let difference = try comparison.firstDifference(
        in: slice, request, behind: random.pick(Mutator.nastyBytes), caseName: "random")
      if let difference {
        Issue.record("\(way), \(format): \(difference) in \(slice.count) bytes from \(request): \(readable(slice))")
      }
    }
    #expect(TestDevice.messages.texts.isEmpty)
  }
}

extension Way {
  /// Size of a tile.
  var tileBytes: Int { threads * 32 }
}
