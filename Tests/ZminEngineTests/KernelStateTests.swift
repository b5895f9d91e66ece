import Testing
import ZminCPU
import ZminCore
import ZminEngine
import ZminMemory
import ZminTestSupport

/// Every kernel has the state of the reference after every window, and finds a window clean exactly if the reference
/// does.
@Suite struct KernelStateTests {
  /// Result of a window.
  private struct Outcome: Equatable {
    var isClean: Bool
    var output: [UInt8] = []
    var lexeme = Lexeme.between
    var expectation = Expectation.start
    var open: [ContainerKind] = []
  }

  private let ledger = MemoryLedger()

  @Test(
    "After every window a kernel has the state of the reference, and its verdict",
    arguments: Kernel.available, Format.allCases)
  func likeTheReference(_ kernel: Kernel, _ format: Format) throws {
    var generator = DocumentGenerator(seed: 21)
    var mutator = Mutator(seed: 22)
    for round in 0..<(Corpora.testsAreLong ? 4000 : 60) {
      var document: [UInt8] = []
      while document.count < 3000 {
        document += generator.document(format) + Array(format == .json ? ",".utf8 : "\n".utf8)
      }
      if format == .json { document = Array("[".utf8) + document + Array("0]".utf8) }
      for input in [document, mutator.mutation(of: document)] {
        try compare(kernel, format, depthMax: round % 5 == 0 ? 1 + round % 40 : 1 << 20, input, &mutator.random)
      }
    }
  }

  @Test("Nesting around the edges of a word of the stack, and of windows, is right", arguments: Kernel.available)
  func deep(_ kernel: Kernel) throws {
    var random = SplitMix64(seed: 23)
    for depth in [61, 62, 63, 64, 125, 126, 127, 128, 189, 700] {
      for depthMax in [depth - 1, depth, depth + 1] {
        let kinds = (0..<depth).map { _ in random.once(in: 2) }
        let openers = kinds.map { $0 ? "{\"\":" : "[" }.joined(separator: random.once(in: 2) ? "" : " ")
        let closers = kinds.reversed().map { $0 ? "}" : "]" }.joined(separator: random.once(in: 2) ? "" : " ")
        try compare(kernel, .json, depthMax: depthMax, Array((openers + "1" + closers).utf8), &random)
      }
    }
  }

  private func compare(
    _ kernel: Kernel, _ format: Format, depthMax: Int, _ input: [UInt8], _ random: inout SplitMix64
  ) throws {
    let run = try KernelRun(kernel, ledger: ledger)
    var reference = Reference(format: format, depthMax: depthMax)
    var state = try DocumentState(ledger: ledger)
    var referenceState = try DocumentState(ledger: ledger)
    var offset = 0
    while offset < input.count {
      let window = Array(input[offset..<min(input.count, offset + 512 * random.below(4) + random.below(513))])
      try state.nesting.reserve(window.count)
      try referenceState.nesting.reserve(window.count)
      let room = Minifier.outputBytes(forInputBytes: window.count, format: format)
      var outcome = Outcome(isClean: true)
      outcome.output = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        let written = window.withUnsafeBytes {
          run.check(
            &state, format: format, depthMax: depthMax, $0, into: UnsafeMutableRawBufferPointer(buffer))
        }
        outcome.isClean = written != nil
        count = written ?? 0
      }
      var expected = Outcome(isClean: true)
      expected.output = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
        let found = window.withUnsafeBytes {
          reference.run(&referenceState, $0, into: UnsafeMutableRawBufferPointer(buffer))
        }
        expected.isClean = found == nil
        count = expected.isClean ? reference.written : 0
      }
      if outcome.isClean { try describe(state, &outcome) }
      if expected.isClean { try describe(referenceState, &expected) }
      if outcome != expected {
        Issue.record("\(kernel), \(format), window at \(offset) of \(window.count) bytes: \(readable(input))")
      }
      if !outcome.isClean || !expected.isClean { return }
      offset += window.count
    }
  }

  private func describe(_ state: borrowing DocumentState, _ outcome: inout Outcome) throws {
    outcome.lexeme = state.lexeme
    outcome.expectation = state.expectation
    var nesting = try NestingStack(ledger: ledger)
    try nesting.assign(from: state.nesting)
    while let kind = nesting.innermost, nesting.close(kind) { outcome.open.append(kind) }
  }
}
