import Foundation
import Testing
import ZminCPU
import ZminCore
import ZminEngine
import ZminMemory
import ZminTestSupport
import ZminVulkan
import ZminVulkanEngine

/// Slices on a device, compared with the same slices on a CPU kernel: the same bytes, summary and nesting. A device may
/// call a clean slice unclean only if it ends inside a token or holds a very long number.
@Suite(.enabled(if: TestDevice.physical != nil, "there is no software Vulkan device")) struct VulkanSliceTests {
  @Test("Device and kernel agree on random documents", arguments: Way.allCases, [Format.json, .ndjson])
  func randomDocuments(_ way: Way, _ format: Format) throws {
    var comparison = try SliceComparison(way, format, sliceBytes: 1 << 16)
    var generator = DocumentGenerator(seed: 71)
    var mutator = Mutator(seed: 72)
    for round in 0..<(Corpora.testsAreLong ? 20_000 : 120) {
      var document = generator.document(format)
      while round % 4 == 0, document.count < 9000 {
        document += Array(format == .json ? ",".utf8 : "\n".utf8) + generator.document(format)
      }
      for input in [document, mutator.mutation(of: document)] {
        for slice in comparison.random.slices(of: input) { try comparison.expectAgreement(slice) }
      }
    }
    #expect(TestDevice.messages.texts.isEmpty)
  }

  @Test("Device and kernel agree on all short inputs", arguments: [Format.json, .ndjson])
  func allShortInputs(_ format: Format) throws {
    var comparison = try SliceComparison(Way.allCases[0], format, sliceBytes: 1 << 10)
    try ShortInputs.forEach(upTo: Corpora.testsAreLong ? 4 : 3) { input in
      try comparison.expectAgreement(input)
      return true
    }
  }

  /// The edges are those of bytes and those of skeleton characters.
  @Test(
    "Device and kernel agree on text across the edges of threads, workgroups and tiles",
    arguments: PlacedText.Kind.allCases, Way.allCases)
  func placedText(_ kind: PlacedText.Kind, _ way: Way) throws {
    for format in [Format.json, .ndjson] {
      var comparison = try SliceComparison(way, format, sliceBytes: 1 << 15)
      var text = PlacedText(kind, way, seed: format == .json ? 74 : 75)
      for _ in 0..<(Corpora.testsAreLong ? 10_000 : 50) {
        let document = text.next()
        try comparison.expectAgreement(document)
        if text.random.once(in: 8) {
          for slice in text.random.slices(of: document) { try comparison.expectAgreement(slice) }
        }
      }
    }
    #expect(TestDevice.messages.texts.isEmpty)
  }

  @Test(
    "Device and kernel agree on JSONTestSuite",
    .enabled(if: !Corpora.testSuite.isEmpty, "JSONTestSuite is not installed"))
  func testSuite() throws {
    var comparison = try SliceComparison(Way.allCases[1], .json, sliceBytes: 1 << 18)
    for file in Corpora.testSuite {
      let document = Array(try Data(contentsOf: file))
      try comparison.expectAgreement(document)
      for slice in comparison.random.slices(of: document) { try comparison.expectAgreement(slice) }
    }
  }

  @Test(
    "Device and kernel agree on real documents",
    .enabled(if: !Corpora.realDocuments.isEmpty, "there are no real documents"),
    arguments: Corpora.realDocuments)
  func realDocuments(_ file: URL) throws {
    let document = Array(try Data(contentsOf: file).prefix(Corpora.testsAreLong ? .max : 1 << 20))
    let isLines = file.pathExtension == "ndjson" || file.pathExtension == "jsonl"
    let ways = Corpora.testsAreLong ? Way.allCases : [Way.allCases[file.lastPathComponent.utf8.count % 4]]
    for way in ways {
      var comparison = try SliceComparison(way, isLines ? .ndjson : .json, sliceBytes: 1 << 18)
      var start = 0
      while start < document.count {
        let end = min(start + 1 + comparison.random.below(1 << 18), document.count)
        try comparison.expectAgreement(Array(document[start..<end]))
        start = end
      }
    }
    #expect(TestDevice.messages.texts.isEmpty)
  }
}

extension SplitMix64 {
  /// Cuts a document into one to three slices.
  mutating func slices(of input: [UInt8]) -> [[UInt8]] {
    let cuts = (0..<below(3)).map { _ in below(input.count + 1) }.sorted()
    return zip([0] + cuts, cuts + [input.count]).map { Array(input[$0..<$1]) }
  }
}

/// Runs the same slices on a device and on a kernel.
struct SliceComparison: ~Copyable {
  var random = SplitMix64(seed: 73)
  private let way: Way
  private let format: Format
  private let lane: VulkanSliceLane
  private let kernel: KernelRun
  private var expectedNesting: SliceNesting
  private var nesting: SliceNesting

  init(_ way: Way, _ format: Format, sliceBytes: Int) throws {
    let ledger = MemoryLedger()
    let lane = try VulkanSliceLane(
      VulkanLane(sliceBytes: sliceBytes, on: try TestDevice.device(way)), kernel: .fastest, ledger: ledger)
    let kernel = try KernelRun(.fastest, ledger: ledger)
    let expectedNesting = try SliceNesting(ledger: ledger)
    let nesting = try SliceNesting(ledger: ledger)
    self.way = way
    self.format = format
    self.lane = lane
    self.kernel = kernel
    self.expectedNesting = expectedNesting
    self.nesting = nesting
  }

  mutating func expectAgreement(_ slice: [UInt8], depthIncreaseMax: Int = 1 << 19) throws {
    for start in [SlicePrefix.Start.between, .string] {
      try expectAgreement(slice, startingIn: start, depthIncreaseMax: depthIncreaseMax)
    }
    if slice.count > 0, random.once(in: 3) { try expectUncheckedAgreement(slice) }
  }

  private mutating func expectAgreement(
    _ slice: [UInt8], startingIn start: SlicePrefix.Start, depthIncreaseMax: Int
  ) throws {
    var expected: LocalSummary?
    let expectedOutput = try output(of: slice, format) { output in
      expected = try slice.withUnsafeBytes {
        try kernel.checkSlice(
          &expectedNesting, startingIn: start, format: format, depthIncreaseMax: depthIncreaseMax, $0, into: output)
      }
      return expected?.outputByteCount ?? 0
    }
    // Bytes after the slice and old bytes in the output buffer must not matter.
    lane.input.copyBytes(from: slice)
    let junk = random.pick([UInt8(ascii: "\""), UInt8(ascii: "\\"), 0xFF, UInt8(ascii: "0"), 1, UInt8(ascii: "}")])
    for index in slice.count..<min(slice.count + 64, lane.input.count) { lane.input[index] = junk }
    for index in lane.output.indices.prefix(slice.count + 300) { lane.output[index] = junk }
    let found = try lane.checkSlice(
      &nesting, startingIn: start, format: format, depthIncreaseMax: depthIncreaseMax, lane.bytes(slice.count),
      into: lane.room)
    let context = "\(way), \(format), starting in \(start): \(readable(slice))"
    guard let found else {
      guard let expected else { return }
      let endsInToken = expected.end != .between && expected.end != .string
      #expect(endsInToken || hasLongNumber(slice), "the device calls a clean slice unclean, \(context)")
      return
    }
    guard let expected else {
      Issue.record("the device calls an unclean slice clean, \(context)")
      return
    }
    #expect(found == expected, "\(context)")
    let range = VulkanLane.outputMarginBytes..<VulkanLane.outputMarginBytes + found.outputByteCount
    #expect(Array(lane.output[range]) == expectedOutput, "\(context)")
    #expect(
      nesting.openers.isSame(as: expectedNesting.openers) && nesting.closers.isSame(as: expectedNesting.closers)
        && nesting.base == expectedNesting.base, "\(context)")
  }

  private mutating func expectUncheckedAgreement(_ slice: [UInt8]) throws {
    for start in [StringState.outside, .inString] {
      var expectedState = UncheckedState()
      expectedState.stringState = start
      let expected = output(of: slice, format) { output in
        slice.withUnsafeBytes { kernel.unchecked(&expectedState, format: format, $0, into: output) }
      }
      lane.input.copyBytes(from: slice)
      var state = UncheckedState()
      state.stringState = start
      let count = try lane.unchecked(&state, format: format, lane.bytes(slice.count), into: lane.room)
      let found = Array(lane.output[VulkanLane.outputMarginBytes..<VulkanLane.outputMarginBytes + count])
      #expect(found == expected && state == expectedState, "\(way), \(format), from \(start): \(readable(slice))")
    }
  }
}

/// True if a number has so many digits that the device may not see its previous mark.
private func hasLongNumber(_ slice: [UInt8]) -> Bool {
  slice.split { !"0123456789+-".utf8.contains($0) }.contains { $0.count >= 64 }
}

/// Returns the bytes that `body` writes into a buffer large enough for a slice's output. `body` returns their number.
private func output(
  of slice: [UInt8], _ format: Format, _ body: (UnsafeMutableRawBufferPointer) throws -> Int
) rethrows -> [UInt8] {
  try [UInt8](unsafeUninitializedCapacity: Minifier.outputBytes(forInputBytes: slice.count, format: format)) {
    $1 = try body(UnsafeMutableRawBufferPointer($0))
  }
}

extension VulkanSliceLane {
  /// The first bytes of the lane's memory.
  fileprivate func bytes(_ count: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: input[..<count])
  }

  fileprivate var room: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: output[VulkanLane.outputMarginBytes...])
  }
}

extension NestingStack {
  /// True if the same levels are open.
  func isSame(as other: borrowing NestingStack) -> Bool {
    depth == other.depth && (0..<depth).allSatisfy { kind(levelsOut: $0) == other.kind(levelsOut: $0) }
  }
}
