import Testing
import ZminCPU
import ZminCore
import ZminEngine
import ZminMemory
import ZminTestSupport

/// Slices of every kernel, joined one after another, have the verdict, output and state of the document.
@Suite struct KernelSliceTests {
  private let ledger = MemoryLedger()

  @Test("Slices of random documents join to the result of the reference", arguments: Kernel.available, Format.allCases)
  func randomDocuments(_ kernel: Kernel, _ format: Format) throws {
    var joiner = try KernelSliceJoiner(kernel, format, seed: 31, ledger: ledger)
    var generator = DocumentGenerator(seed: 32)
    var mutator = Mutator(seed: 33)
    for round in 0..<(Corpora.testsAreLong ? 12_000 : 250) {
      var document = generator.document(format)
      if round % 4 == 0 {
        // Long enough for whole blocks.
        while document.count < 4000 {
          document += Array(format == .json ? ",".utf8 : "\n".utf8) + generator.document(format)
        }
        if format == .json { document = Array("[".utf8) + document + Array("]".utf8) }
      }
      let depthMax = round % 3 == 0 ? 1 + round % 50 : 1 << 20
      for input in [document, mutator.mutation(of: document)] {
        let cuts = joiner.random.cuts(in: input.count)
        try joiner.expectAgreement(input, at: cuts, depthMax: depthMax)
      }
    }
  }

  @Test("Short inputs cut anywhere join to the result of the reference", arguments: Kernel.available, Format.allCases)
  func shortInputsInEveryCut(_ kernel: Kernel, _ format: Format) throws {
    var joiner = try KernelSliceJoiner(kernel, format, seed: 34, ledger: ledger)
    try ShortInputs.forEach(upTo: Corpora.testsAreLong ? 6 : 4, over: Array("{}[]:,\"0.\n a".utf8)) { input in
      let oracle = Oracle(input, format)
      for mask in 0..<(1 << max(input.count - 1, 0)) {
        let cuts = (0..<input.count).filter { mask >> $0 & 1 == 1 }.map { $0 + 1 }
        try joiner.expectAgreement(input, at: cuts)
      }
      return oracle.errorOffset == nil || oracle.errorOffset == input.count
    }
  }

  @Test(
    "Slices longer than a group of blocks join to the result of the reference",
    arguments: Kernel.available, Format.allCases)
  func longSlices(_ kernel: Kernel, _ format: Format) throws {
    var joiner = try KernelSliceJoiner(kernel, format, seed: 35, ledger: ledger)
    let heads = [
      "", "1", "\"a\"", "\"a\":1", "{", "[", "}", "]", ",", ":", "\n", "\n1", " \"", "\"a", "true", "x", "\"a\",",
    ]
    let fillers = [
      ",1", ",\"a\"", ",\"a\":1", "],[", "},{", "]],[[", "}}", "]", "[", " ", "\n", "\n1", "1\n", "a", "\"", "{}",
    ]
    let openings = [
      "", "[", "{\"k\":", "[[", "[{\"k\":", "{\"k\":[", "[1", "{\"k\":1", "[\"x", "{\"x", "1", "[1,\"x",
    ]
    for opening in openings {
      for head in heads {
        for filler in fillers where joiner.random.once(in: Corpora.testsAreLong ? 1 : 4) {
          let repeated = String(repeating: filler, count: 1 + 1400 / filler.utf8.count)
          let input = Array((opening + head + repeated).utf8)
          try joiner.expectAgreement(input, at: [opening.utf8.count])
        }
      }
    }
  }

  @Test("A slice whose assumed start was wrong does not fit", arguments: Kernel.available)
  func wrongStarts(_ kernel: Kernel) throws {
    var joiner = try KernelSliceJoiner(kernel, .json, seed: 36, ledger: ledger)
    joiner.liesAboutStarts = true
    var generator = DocumentGenerator(seed: 37)
    for _ in 0..<500 {
      let document = generator.document(.json)
      try joiner.expectAgreement(document, at: joiner.random.cuts(in: document.count))
    }
  }
}

/// Joins slices that a kernel has minified separately, and compares the result with the reference.
struct KernelSliceJoiner: ~Copyable {
  var random: SplitMix64
  var liesAboutStarts = false
  private let format: Format
  private let run: KernelRun
  private var nesting: SliceNesting
  private var state: DocumentState
  private var reference: DocumentState

  init(_ kernel: Kernel, _ format: Format, seed: UInt64, ledger: MemoryLedger) throws {
    let run = try KernelRun(kernel, ledger: ledger)
    let nesting = try SliceNesting(ledger: ledger)
    let state = try DocumentState(ledger: ledger)
    let reference = try DocumentState(ledger: ledger)
    random = SplitMix64(seed: seed)
    self.format = format
    self.run = run
    self.nesting = nesting
    self.state = state
    self.reference = reference
  }

  mutating func expectAgreement(_ input: [UInt8], at cuts: [Int], depthMax: Int = 1 << 20) throws {
    state.reset()
    reference.reset()
    for (start, end) in zip([0] + cuts, cuts + [input.count]) {
      let slice = Array(input[start..<end])
      let (expected, isClean) = try expectedOutput(of: slice, depthMax)
      let found = try output(of: slice, depthMax)
      switch found {
      case .undecided where !isClean: return
      case .undecided: try state.assign(from: reference)
      case .dirty where !isClean: return
      case .clean(let output) where isClean && output == expected && areEqual(): break
      default:
        Issue.record(
          """
          \(run.kernel), \(format), depth \(depthMax): \(readable(input)) at \(start)..<\(end): \(found)
          expected \(isClean ? readable(expected) : "dirty") \(reference.lexeme) \(reference.expectation), \
          not \(state.lexeme) \(state.expectation)
          """)
        return
      }
    }
  }

  private enum Found {
    case dirty
    case clean([UInt8])
    /// Neither. Such a slice is minified again.
    case undecided
  }

  private mutating func output(of slice: [UInt8], _ depthMax: Int) throws -> Found {
    let truth: SlicePrefix.Start
    switch state.lexeme {
    case .between: truth = .between
    case .string: truth = .string
    default: return .undecided
    }
    let isLie = liesAboutStarts && random.once(in: 2)
    let start: SlicePrefix.Start = isLie ? (truth == .between ? .string : .between) : truth
    let depthIncreaseMax = max(1, depthMax / 2)
    var local: LocalSummary?
    var output = try [UInt8](
      unsafeUninitializedCapacity: Minifier.outputBytes(forInputBytes: slice.count, format: format)
    ) { buffer, count in
      local = try slice.withUnsafeBytes {
        try run.checkSlice(
          &nesting, startingIn: start, format: format, depthIncreaseMax: depthIncreaseMax, $0,
          into: UnsafeMutableRawBufferPointer(buffer))
      }
      count = local?.outputByteCount ?? 0
    }
    let isShallow = depthMax >= 1 << 20
    guard let local else { return isLie || !isShallow ? .undecided : .dirty }
    guard let seam = try state.append(local, nesting, format: format, depthMax: depthMax) else {
      return isLie || !isShallow ? .undecided : .dirty
    }
    if isLie, !slice.isEmpty { return .clean(Array("a lie was believed".utf8)) }
    if seam.isBoundary { output.insert(UInt8(ascii: "\n"), at: 0) }
    return .clean(output)
  }

  private mutating func expectedOutput(of slice: [UInt8], _ depthMax: Int) throws -> ([UInt8], isClean: Bool) {
    var automaton = Reference(format: format, depthMax: depthMax)
    try reference.nesting.reserve(slice.count)
    var isClean = false
    let output = [UInt8](
      unsafeUninitializedCapacity: Minifier.outputBytes(forInputBytes: slice.count, format: format)
    ) { buffer, count in
      isClean =
        slice.withUnsafeBytes {
          automaton.run(&reference, $0, into: UnsafeMutableRawBufferPointer(buffer))
        } == nil
      count = automaton.written
    }
    return (output, isClean)
  }

  private func areEqual() -> Bool {
    // A complete scalar ends with the byte after it, which a blank slice does not show.
    guard state.lexeme == reference.lexeme, state.expectation == reference.expectation else { return false }
    return state.nesting.depth == reference.nesting.depth
      && (0..<state.nesting.depth).allSatisfy {
        state.nesting.kind(levelsOut: $0) == reference.nesting.kind(levelsOut: $0)
      }
  }
}
