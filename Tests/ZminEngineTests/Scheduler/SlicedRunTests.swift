import Testing
import ZminCPU
import ZminCore
@testable import ZminEngine
import ZminMemory
import ZminTestSupport

/// Runs in slices have the bytes, verdict, message and totals of runs in one window.
@Suite struct SlicedRunTests {
  static let plans = [
    SlicePlan(workers: 1, slots: 1, sliceBytes: 7, smallestSliceBytes: 1),
    SlicePlan(workers: 1, slots: 2, sliceBytes: 64, smallestSliceBytes: 64),
    SlicePlan(workers: 3, slots: 4, sliceBytes: 30, smallestSliceBytes: 3),
    SlicePlan(workers: 4, slots: 10, sliceBytes: 700, smallestSliceBytes: 64),
  ]

  private func expectAgreement(
    _ run: inout SlicedRun, _ plan: SlicePlan, _ bytes: [UInt8], _ options: MinifierOptions,
    _ random: inout SplitMix64
  ) throws {
    // A final output receives whole records. For any other the output before an error does not matter.
    let isFinal = options.makesRecords && random.once(in: 2)
    let expected = try RunOutcome.windowed(bytes, options, isFinal: isFinal)
    for isSeekable in [true, false] {
      var input = MemoryInput(bytes, isSeekable: isSeekable, pieceBytes: 1 + random.below(100))
      var output = MemoryOutput(isFinal: isFinal)
      let found = RunOutcome(try run.run(from: &input, to: &output), output)
      if found != expected {
        Issue.record(
          """
          \(plan), \(options.kernel.name), \(options.format), checks \(options.validates), seekable \(isSeekable): \
          \(readable(bytes)) gives \(readable(found.output)) \(found.error as Any) \(found.isUnchanged as Any), \
          not \(readable(expected.output)) \(expected.error as Any) \(expected.isUnchanged as Any)
          """)
      }
    }
  }

  @Test("Random documents in slices have the result of one window", arguments: plans, Format.allCases)
  func randomDocuments(_ plan: SlicePlan, _ format: Format) throws {
    var generator = DocumentGenerator(seed: 71)
    var mutator = Mutator(seed: 72)
    for kernel in Kernel.available {
      for depthMax in [MinifierOptions.defaultDepthMax, 12] {
        let options = MinifierOptions(format: format, depthMax: depthMax, kernel: kernel)
        var run = try SlicedRun(options, plan, ledger: MemoryLedger())
        for _ in 0..<(Corpora.testsAreLong ? 4000 : 60) {
          let document = generator.document(format)
          for bytes in [document, mutator.mutation(of: document)] {
            try expectAgreement(&run, plan, bytes, options, &mutator.random)
          }
        }
      }
    }
  }

  @Test("Unchecked bytes in slices have the result of one window", arguments: plans, [Format.json, .ndjson])
  func uncheckedBytes(_ plan: SlicePlan, _ format: Format) throws {
    var generator = DocumentGenerator(seed: 73)
    var mutator = Mutator(seed: 74)
    for kernel in Kernel.available {
      let options = MinifierOptions(format: format, validates: false, kernel: kernel)
      var run = try SlicedRun(options, plan, ledger: MemoryLedger())
      for round in 0..<(Corpora.testsAreLong ? 10_000 : 150) {
        let bytes =
          round % 2 == 0
          ? mutator.soup(byteCount: mutator.random.below(400)) : mutator.mutation(of: generator.document(format))
        try expectAgreement(&run, plan, bytes, options, &mutator.random)
      }
    }
  }

  /// An input made to mislead: every guess is wrong, or none can be made.
  struct HostileInput: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let text: String

    init(_ name: String, _ start: String, _ unit: String, _ count: Int, _ end: String = "") {
      testDescription = name
      text = start + String(repeating: unit, count: count) + end
    }
  }

  static let hostile: [HostileInput] = [
    HostileInput("a string of 1,2,1,2", "[\"", "1,2,", 2000, "\"]"),
    HostileInput("a string of digits", "[\"", "01234567", 900, "\"]"),
    HostileInput("strings of ,", "[", "\",\",", 2000, "\"\"]"),
    HostileInput("names of :", "{", "\":\":\",\",", 900, "\"\":0}"),
    HostileInput("backslashes in a string", "[\"", "\\\\", 4000, "\"]"),
    HostileInput("quotes in a string", "[\"", "\\\"", 4000, "\"]"),
    HostileInput("JSON in strings", "[", "\"[1,[true]],\",", 700, "0]"), HostileInput("openers", "", "[", 5000),
    HostileInput("brackets", String(repeating: "[", count: 4000), "]", 4000), HostileInput("spaces", "", " ", 9000),
    HostileInput("quotes", "", "\"", 6001), HostileInput("backslashes", "", "\\", 6000),
    HostileInput("one number", "[", "1", 9000),
    HostileInput("deep objects", String(repeating: "{\"a\":", count: 2000) + "1", "}", 2000),
    HostileInput("multibyte text", "[\"", "漢字😀", 900, "\"]"), HostileInput("escapes", "[\"", "\\u00e9", 1000, "\"]"),
    HostileInput("line feeds", "", "\n", 5000, "1"), HostileInput("short records", "", "1\n", 3000),
    HostileInput("byte order marks", "", "\u{FEFF}", 500), HostileInput("numbers", "[", "123.5,-7e3,", 900, "01]"),
    HostileInput("literals", "[", "true,", 1500, "nul]"), HostileInput("nothing", "", "", 0),
  ]

  @Test(
    "Inputs that mislead every guess have the result of one window",
    arguments: plans + [SlicePlan(workers: 2, slots: 6, sliceBytes: 2048, smallestSliceBytes: 1024)], hostile)
  func hostileInputs(_ plan: SlicePlan, _ input: HostileInput) throws {
    var random = SplitMix64(seed: 75)
    for format in Format.allCases {
      for validates in [true, false] where validates || format != .concat {
        let options = MinifierOptions(format: format, validates: validates)
        var run = try SlicedRun(options, plan, ledger: MemoryLedger())
        try expectAgreement(&run, plan, Array(input.text.utf8), options, &random)
      }
    }
  }

  @Test("Slices with any boundaries and assumed starts join to the whole", arguments: Kernel.available, Format.allCases)
  func randomCuts(_ kernel: Kernel, _ format: Format) throws {
    var random = SplitMix64(seed: 76)
    var generator = DocumentGenerator(seed: 77)
    var mutator = Mutator(seed: 78)
    for validates in [true, false] where validates || format != .concat {
      let options = MinifierOptions(format: format, validates: validates, kernel: kernel)
      var joiner = try CutJoiner(options)
      for round in 0..<(Corpora.testsAreLong ? 12_000 : 150) {
        var document = generator.document(format)
        if round % 3 == 0 { document = mutator.mutation(of: document) }
        let expected = try RunOutcome.windowed(document, options)
        for _ in 0..<6 {
          let cuts = random.cuts(in: document.count)
          let found = try joiner.outcome(document, cuts, &random)
          if found != expected {
            Issue.record(
              "\(kernel), \(format), checks \(validates): \(readable(document)) at \(cuts): \(found), not \(expected)")
          }
        }
      }
    }
  }

  @Test("A joined slice gives each value that it completes", arguments: Kernel.available, [Format.ndjson, .concat])
  func joinedSlicesHoldNoValueBack(_ kernel: Kernel, _ format: Format) throws {
    var random = SplitMix64(seed: 80)
    var generator = DocumentGenerator(seed: 81)
    var joiner = try CutJoiner(MinifierOptions(format: format, kernel: kernel))
    // The joiner holds back at most 1000 bytes.
    let documents = (0..<100).map { _ in generator.document(format) }.filter { $0.count < 1000 }
    try #require(documents.count > 20)
    for document in documents {
      let expected = Oracle(document, format).output
      var complete = CompleteValues(format)
      let completeCounts = document.map { byte in
        complete.append(byte)
        return complete.count
      }
      let cuts = random.cuts(in: document.count)
      let outcome = try joiner.outcome(document, cuts, outputIsFinal: true, &random) { output, end in
        let count = end == 0 ? 0 : completeCounts[end - 1]
        #expect(output[...] == expected.lines(count), "\(readable(document)) at \(cuts) up to \(end)")
      }
      #expect(outcome.output == expected)
    }
  }

  @Test("Slices allocate nothing", arguments: [true, false])
  func slicesAllocateNothing(_ isSeekable: Bool) throws {
    let ledger = MemoryLedger()
    var run = try SlicedRun(
      MinifierOptions(), SlicePlan(workers: 3, slots: 6, sliceBytes: 1024, smallestSliceBytes: 128), ledger: ledger)
    let allocations = ledger.bufferAllocations
    for _ in 0..<3 {
      var input = MemoryInput(
        Array(("[" + String(repeating: "[{\"a\": [1]}], ", count: 10_000) + "0]").utf8), isSeekable: isSeekable)
      var output = MemoryOutput()
      _ = try run.run(from: &input, to: &output)
    }
    #expect(ledger.bufferAllocations == allocations)
  }

  @Test("A slice with a right guess is not minified again") func whatIsGuessedRightIsNotDoneAgain() throws {
    var run = try SlicedRun(
      MinifierOptions(), SlicePlan(workers: 2, slots: 6, sliceBytes: 4096, smallestSliceBytes: 1024),
      ledger: MemoryLedger())
    let texts = [
      String(repeating: "{\"name\":\"some text\",\"n\":[1.5,2]},", count: 4000),
      String(repeating: "12.5,-1e3,", count: 9000),
      String(repeating: "{\"name\" : \"some text\",\n \"n\" : [ 1.5, 2 ] },\n", count: 4000),
    ]
    for text in texts {
      for isSeekable in [true, false] {
        var input = MemoryInput(Array(("[" + text + "0]").utf8), isSeekable: isSeekable)
        var output = MemoryOutput()
        _ = try run.run(from: &input, to: &output)
        #expect(run.redoneSliceCount == 0)
      }
    }
    // In one giant string the guesses for the first undecided slices are wrong. The others follow the real start of
    // these.
    var input = MemoryInput(Array(("[\"" + String(repeating: "1,2,", count: 100_000) + "\"]").utf8), isSeekable: true)
    var output = MemoryOutput()
    _ = try run.run(from: &input, to: &output)
    #expect((1...12).contains(run.redoneSliceCount))
  }

  @Test("An error of input or output stops all workers and is thrown") func errorsOfTheEnds() throws {
    struct Refusal: Error {}
    struct FailingOutput: ByteSink {
      let isFinal = false
      var left: Int
      mutating func write(_ bytes: UnsafeRawBufferPointer, isUnchanged: Bool) throws {
        left -= bytes.count
        if left < 0 { throw Refusal() }
      }
    }
    struct FailingInput: ByteSource {
      let bytes: [UInt8]
      let failsFrom: Int
      let isSeekable = true
      var seekableSize: Int? { bytes.count }
      var endedEarlyError: any Error { Refusal() }
      mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { throw Refusal() }
      func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
        if offset + buffer.count > failsFrom { throw Refusal() }
        buffer.copyBytes(from: bytes[offset..<offset + buffer.count])
        return buffer.count
      }
    }
    let bytes = Array(("[" + String(repeating: "1, ", count: 20_000) + "x]").utf8)
    var run = try SlicedRun(
      MinifierOptions(), SlicePlan(workers: 3, slots: 6, sliceBytes: 1000, smallestSliceBytes: 100),
      ledger: MemoryLedger())
    for place in stride(from: 0, to: 40_000, by: 3_777) {
      var input = MemoryInput(bytes, isSeekable: true)
      var failingOutput = FailingOutput(left: place)
      #expect(throws: Refusal.self) { try run.run(from: &input, to: &failingOutput) }
    }
    for place in stride(from: 0, through: bytes.count, by: 5_003) {
      var failingInput = FailingInput(bytes: bytes, failsFrom: place)
      var output = MemoryOutput()
      #expect(throws: Refusal.self) { try run.run(from: &failingInput, to: &output) }
    }
    // An error of the input stands before the bytes that could not be read.
    var failingInput = FailingInput(
      bytes: Array(("[" + String(repeating: "1, ", count: 5_000) + "x" + String(repeating: " ", count: 9_000)).utf8),
      failsFrom: 17_000)
    var output = MemoryOutput()
    guard case .invalid(let error, _) = try run.run(from: &failingInput, to: &output) else {
      return #expect(Bool(false), "taken for valid")
    }
    #expect(error.offset == 15_001)
  }

  /// Records about as long as the bytes that may be held back: written whole if good, and not in parts if bad.
  @Test(arguments: [Format.ndjson, .concat], [true, false])
  func longRecords(_ format: Format, _ isSeekable: Bool) throws {
    let plan = SlicePlan(workers: 2, slots: 4, sliceBytes: 300_000, smallestSliceBytes: 100_000)
    var run = try SlicedRun(MinifierOptions(format: format), plan, ledger: MemoryLedger())
    var random = SplitMix64(seed: 79)
    for _ in 0..<12 {
      var text = "1 \(String(repeating: " ", count: random.below(300_000)))\n"
      for _ in 0..<4 { text += "[" + String(repeating: "1,", count: 120_000 + random.below(100_000)) + "1]\n" }
      let good = Array(text.utf8)
      let expected = try RunOutcome.windowed(good, MinifierOptions(format: format), isFinal: true)
      for (bytes, expected) in [
        (good, expected),
        (good + Array(("\"" + String(repeating: "a", count: 299_000) + "\\u123g\"\n").utf8), expected),
      ] {
        var input = MemoryInput(bytes, isSeekable: isSeekable, pieceBytes: 65_536)
        var output = MemoryOutput(isFinal: true)
        _ = try run.run(from: &input, to: &output)
        #expect(output.bytes == expected.output, "\(output.bytes.count) bytes, not \(expected.output.count)")
      }
    }
  }

  @Test("A final output receives whole records only") func wholeRecordsOnlyToFinalOutput() throws {
    var run = try SlicedRun(
      MinifierOptions(format: .ndjson), SlicePlan(workers: 2, slots: 4, sliceBytes: 30, smallestSliceBytes: 5),
      ledger: MemoryLedger())
    let records = (0..<200).map { "{ \"n\": \($0), \"text\": \"abc\" }\n" }.joined()
    for isSeekable in [true, false] {
      var input = MemoryInput(Array((records + "[1, 2, x]\n").utf8), isSeekable: isSeekable)
      var output = MemoryOutput(isFinal: true)
      guard case .invalid(let error, _) = try run.run(from: &input, to: &output) else {
        return #expect(Bool(false), "taken for valid")
      }
      #expect(error.line == 201)
      #expect(String(decoding: output.bytes, as: UTF8.self) == records.filter { $0 != " " })
    }
  }
}

/// Joins slices with any boundaries and assumed starts.
struct CutJoiner: ~Copyable {
  private let options: MinifierOptions
  private let kernel: KernelRun
  private var joiner: SliceJoiner
  private let slot: SliceSlot

  init(_ options: MinifierOptions) throws {
    let ledger = MemoryLedger()
    let kernel = try KernelRun(options.kernel, ledger: ledger)
    let joiner = try SliceJoiner(options, heldBytesMax: 1000, times: nil, ledger: ledger)
    slot = try SliceSlot(sliceBytes: 1 << 18, options, ledger: ledger)
    self.options = options
    self.kernel = kernel
    self.joiner = joiner
  }

  /// - Parameter afterSlice: Called with the output and the length of the input so far, after each slice.
  mutating func outcome(
    _ input: [UInt8], _ cuts: [Int], outputIsFinal: Bool = false, _ random: inout SplitMix64,
    afterSlice: ([UInt8], Int) -> Void = { _, _ in }
  ) throws -> RunOutcome {
    joiner.begin(outputIsFinal: outputIsFinal)
    var output = MemoryOutput(isFinal: outputIsFinal)
    var failure: Failure?
    for (start, end) in zip([0] + cuts, cuts + [input.count]) where failure == nil {
      slot.input.copyBytes(from: input[start..<end])
      slot.begin(0..<end - start)
      let truth: SlicePrefix.Start = joiner.endsInString ? .string : .between
      let assumed = random.once(in: 3) ? random.pick([SlicePrefix.Start.between, .string]) : truth
      if !random.once(in: 9) { try slot.minify(startingIn: assumed, options, with: kernel) }
      failure = try joiner.join(slot, to: &output, countsLines: false)
      afterSlice(output.bytes, end)
    }
    failure = try failure ?? joiner.finish(to: &output)
    let source = MemoryInput(input, isSeekable: true)
    let error = try failure?.located(in: source, joiner.lines, reading: slot.input)
    let result: RunResult = error.map { .invalid($0, joiner.totals) } ?? .complete(joiner.totals)
    return RunOutcome(result, output)
  }
}
