import Testing
import Zmin
import ZminCPU
import ZminCore
import ZminGPU
import ZminMemory
import ZminTestSupport
import ZminVulkan

/// A device makes of a slice what a kernel makes of it: the same bytes, summary and nesting. Only what ends in the midst
/// of a token, it may leave to the kernel.
@Suite(.enabled(if: TestDevice.physical != nil, "there is no software Vulkan device")) struct VulkanSliceTests {
  @Test(arguments: Way.allCases, [Format.json, .ndjson]) func randomDocuments(_ way: Way, _ format: Format) throws {
    var comparison = try SliceComparison(way, format, sliceBytes: 1 << 16)
    var generator = DocumentGenerator(seed: 71)
    var mutator = Mutator(seed: 72)
    for round in 0..<(Corpora.testsAreLong ? 20_000 : 250) {
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
}

extension SplitMix64 {
  /// A document in one to three slices.
  mutating func slices(of input: [UInt8]) -> [[UInt8]] {
    let cuts = (0..<below(3)).map { _ in below(input.count + 1) }.sorted()
    return zip([0] + cuts, cuts + [input.count]).map { Array(input[$0..<$1]) }
  }
}

/// Has a device and a kernel take the same slices.
struct SliceComparison: ~Copyable {
  var random = SplitMix64(seed: 73)
  private let way: Way
  private let format: Format
  private let lane: VulkanSliceLane
  private let kernel: KernelRun
  private var expectedNesting: SliceNesting
  private var nesting: SliceNesting
  /// Clean slices that the device took for unclean, torn tokens apart.
  private(set) var falseAlarms = 0

  init(_ way: Way, _ format: Format, sliceBytes: Int) throws {
    let ledger = MemoryLedger()
    let lane = try VulkanSliceLane(
      VulkanLane(sliceBytes: sliceBytes, on: try TestDevice.device(way, ledger)), kernel: .fastest, ledger: ledger)
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

  mutating func expectAgreement(_ slice: [UInt8], riseMax: Int = 1 << 19) throws {
    for start in [SliceHead.Start.between, .string] { try expectAgreement(slice, startingIn: start, riseMax: riseMax) }
    if slice.count > 0, random.once(in: 3) { try expectUncheckedAgreement(slice) }
  }

  private mutating func expectAgreement(
    _ slice: [UInt8], startingIn start: SliceHead.Start, riseMax: Int
  ) throws {
    var expected: LocalSummary?
    let expectedOutput = try output(of: slice, format) { output in
      expected = try slice.withUnsafeBytes {
        try kernel.checkSlice(&expectedNesting, startingIn: start, format: format, riseMax: riseMax, $0, into: output)
      }
      return expected?.outputByteCount ?? 0
    }
    // What lies behind the slice is not to matter, and what lay where the output comes.
    lane.input.copyBytes(from: slice)
    let junk = random.pick([UInt8(ascii: "\""), UInt8(ascii: "\\"), 0xFF, UInt8(ascii: "0"), 1, UInt8(ascii: "}")])
    for index in slice.count..<min(slice.count + 64, lane.input.count) { lane.input[index] = junk }
    for index in lane.output.indices.prefix(slice.count + 300) { lane.output[index] = junk }
    let found = try lane.checkSlice(
      &nesting, startingIn: start, format: format, riseMax: riseMax, byteCount: slice.count)
    let place = "\(way), \(format), starting in \(start): \(readable(slice))"
    guard let found else {
      guard let expected else { return }
      let endsInToken = expected.end != .between && expected.end != .string
      if !endsInToken { falseAlarms += 1 }
      #expect(endsInToken, "the device calls a clean slice unclean, \(place)")
      return
    }
    guard let expected else {
      Issue.record("the device passes what is not clean, \(place)")
      return
    }
    #expect(found == expected, "\(place)")
    let range = VulkanLane.outputMarginBytes..<VulkanLane.outputMarginBytes + found.outputByteCount
    #expect(Array(lane.output[range]) == expectedOutput, "\(place)")
    #expect(
      nesting.openers.isSame(as: expectedNesting.openers) && nesting.closers.isSame(as: expectedNesting.closers)
        && nesting.base == expectedNesting.base, "\(place)")
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
      let count = try lane.unchecked(&state, format: format, byteCount: slice.count)
      let found = Array(lane.output[VulkanLane.outputMarginBytes..<VulkanLane.outputMarginBytes + count])
      #expect(found == expected && state == expectedState, "\(way), \(format), from \(start): \(readable(slice))")
    }
  }
}

/// What `body` writes, and says how much, given room for what a slice becomes.
private func output(
  of slice: [UInt8], _ format: Format, _ body: (UnsafeMutableRawBufferPointer) throws -> Int
) rethrows -> [UInt8] {
  try [UInt8](unsafeUninitializedCapacity: Minifier.outputBytes(forInputBytes: slice.count, format: format)) {
    $1 = try body(UnsafeMutableRawBufferPointer($0))
  }
}

extension NestingStack {
  /// Whether the same levels are open.
  func isSame(as other: borrowing NestingStack) -> Bool {
    depth == other.depth && (0..<depth).allSatisfy { kind(levelsOut: $0) == other.kind(levelsOut: $0) }
  }
}
