import Testing
import ZminCPU
import ZminCore
@testable import ZminEngine
import ZminMemory
import ZminTestSupport

/// Verification changes no output. It finds wrong results.
@Suite struct VerificationTests {
  private static func options(
    _ format: Format = .json, validates: Bool = true, depthMax: Int = MinifierOptions.defaultDepthMax,
    kernel: Kernel = .fastest, verification: Verification = .whole
  ) -> MinifierOptions {
    var options = MinifierOptions(format: format, validates: validates, depthMax: depthMax, kernel: kernel)
    options.verification = verification
    return options
  }

  // MARK: Right results

  @Test("Right kernels have no difference, in windows and in slices", arguments: Kernel.available, Format.allCases)
  func rightKernelsDoNotDiffer(_ kernel: Kernel, _ format: Format) throws {
    var generator = DocumentGenerator(seed: 101)
    var mutator = Mutator(seed: 102)
    for (validates, depthMax) in [(true, MinifierOptions.defaultDepthMax), (true, 12), (false, 12)]
    where validates || format != .concat {
      let options = Self.options(format, validates: validates, depthMax: depthMax, kernel: kernel)
      var windows = try WindowedRun(options, windowBytes: 37, ledger: MemoryLedger())
      var slices = try SlicedRun(
        options, SlicePlan(workers: 2, slots: 6, sliceBytes: 90, smallestSliceBytes: 20), ledger: MemoryLedger())
      for _ in 0..<(Corpora.testsAreLong ? 3_000 : 80) {
        let document = generator.document(format)
        for bytes in [document, mutator.mutation(of: document)] {
          let expected = try RunOutcome.windowed(bytes, options)
          var (first, second) = (MemoryInput(bytes, isSeekable: true), MemoryInput(bytes, isSeekable: true))
          var (firstOutput, secondOutput) = (MemoryOutput(), MemoryOutput())
          let inWindows = try windows.run(from: &first, to: &firstOutput)
          let inSlices = try slices.run(from: &second, to: &secondOutput)
          #expect(RunOutcome(inWindows, firstOutput) == expected, "\(readable(bytes))")
          #expect(RunOutcome(inSlices, secondOutput) == expected, "\(readable(bytes))")
        }
      }
    }
  }

  /// The inputs are long enough for whole blocks of kernels, and for several pieces of verifiers.
  @Test(
    "Right kernels have no difference on inputs that mislead every guess", arguments: Kernel.available,
    SlicedRunTests.hostile)
  func rightKernelsDoNotDifferOnHostileInputs(_ kernel: Kernel, _ input: SlicedRunTests.HostileInput) throws {
    let bytes = Array(String(repeating: input.text, count: 5).utf8)
    for format in Format.allCases {
      for validates in [true, false] where validates || format != .concat {
        let options = Self.options(format, validates: validates, kernel: kernel)
        let expected = try RunOutcome.windowed(bytes, options)
        let device = try TestDevice(sliceBytesMax: 50_000, sliceBytesMin: 3_000, kernel: .portable)
        for use in [DeviceUse.none, .alone(device.ready)] {
          var run = try SlicedRun(
            options, SlicePlan(workers: 2, slots: 6, sliceBytes: 20_000, smallestSliceBytes: 2_000), device: use,
            ledger: MemoryLedger())
          var input = MemoryInput(bytes, isSeekable: true)
          var output = MemoryOutput()
          #expect(RunOutcome(try run.run(from: &input, to: &output), output) == expected)
        }
      }
    }
  }

  @Test("Right kernels have no difference on lines", arguments: Kernel.available)
  func rightKernelsDoNotDifferOnLines(_ kernel: Kernel) throws {
    var run = try LineRun(Self.options(.ndjson, kernel: kernel), windowBytes: 64, ledger: MemoryLedger())
    var input = MemoryInput("{\"a\": 1}\r\n{\"a\": \r\n\n [1, 2]\n\"open\n true \nfals\n3", pieceBytes: 17)
    var (accepted, rejected) = (MemoryOutput(), BadLineList())
    _ = try run.run(from: &input, to: &accepted, badLinesTo: &rejected, limit: .all)
    #expect(String(decoding: accepted.bytes, as: UTF8.self) == "{\"a\":1}\n[1,2]\ntrue\n3\n")
  }

  // MARK: Wrong results

  private static let text =
    "[" + String(repeating: "{\"name\" : \"some text\",\n \"n\" : [ 1.5, 2 ] },\n", count: 1_000) + "0]"

  /// The error of a run whose device is wrong with its slice of that number, nil for all.
  private func difference(
    _ action: TestDevice.Action, inSlice index: Int?, of text: String = text, _ options: MinifierOptions
  ) throws -> VerificationDifference? {
    let device = try TestDevice(sliceBytesMax: 3_000, sliceBytesMin: 1_000) {
      index == nil || $0 == index ? action : .work
    }
    var run = try SlicedRun(
      options, SlicePlan(workers: 2, slots: 6, sliceBytes: 700, smallestSliceBytes: 100),
      device: .alone(device.ready), ledger: MemoryLedger())
    var input = MemoryInput(Array(text.utf8), isSeekable: true)
    var output = MemoryOutput()
    do {
      _ = try run.run(from: &input, to: &output)
      return nil
    } catch let difference as VerificationDifference {
      // The output before it is right.
      #expect(Oracle(Array(Self.text.utf8), .json).output.starts(with: output.bytes))
      return difference
    }
  }

  @Test("A wrong result of a device is found", arguments: [0, 1, 5], [true, false])
  func whatADeviceDoesWrongIsFound(_ index: Int, _ validates: Bool) throws {
    for kernel in Kernel.available {
      let options = Self.options(validates: validates, kernel: kernel)
      for (action, subject) in [
        (TestDevice.Action.changeByte, VerificationDifference.Subject.output), (.dropByte, .output),
        (.mistakeEnd, .state),
      ] {
        let found = try #require(try difference(action, inSlice: index, options))
        #expect(found.subject == subject)
        #expect(found.paths == ["test device", kernel.name])
        #expect((600..<Self.text.utf8.count).contains(found.offset))
      }
    }
  }

  @Test("A wrong byte of the output is reported at its offset in the input") func aWrongByteIsPlaced() throws {
    let device = try TestDevice(lanes: 1, sliceBytesMax: 100_000, sliceBytesMin: 1_000) { _ in .changeByte }
    // The output equals the input. The one slice of the device begins after the first.
    let text = "[" + String(repeating: "1234567,", count: 5_000) + "0]"
    var run = try SlicedRun(
      Self.options(), SlicePlan(workers: 1, slots: 6, sliceBytes: 701, smallestSliceBytes: 701),
      device: .alone(device.ready), ledger: MemoryLedger())
    var input = MemoryInput(Array(text.utf8), isSeekable: true)
    var output = MemoryOutput()
    let thrown = #expect(throws: VerificationDifference.self) { try run.run(from: &input, to: &output) }
    let start = output.bytes.count
    let length = (text.utf8.count - start + 1) / 2
    #expect(abs((thrown?.offset ?? 0) - (start + length / 2)) <= length / 2 + 8)
    #expect((thrown?.offset ?? 0) > start)
  }

  @Test("A device that calls invalid JSON clean is found") func whatIsNotCleanMustNotBeCalledSo() throws {
    let bytes = Array(Self.text.utf8)
    let text =
      String(decoding: bytes[..<2_000], as: UTF8.self) + "\u{1}" + String(decoding: bytes[2_000...], as: UTF8.self)
    let found = try #require(try difference(.callClean, inSlice: nil, of: text, Self.options()))
    #expect(found.subject == .verdict)
  }

  @Test("A wrong device is not found without verification") func withoutVerificationItWouldGoThrough() throws {
    #expect(try difference(.dropByte, inSlice: 1, Self.options(verification: .none)) == nil)
  }

  @Test("A sample is a tenth of the parts, the same for equal seeds") func samples() throws {
    let places = 0..<20_000
    let first = places.filter { Verification.sampled(seed: 1).includes($0 << 18) }
    let second = places.filter { Verification.sampled(seed: 2).includes($0 << 18) }
    #expect((1_800...2_200).contains(first.count) && (1_800...2_200).contains(second.count))
    #expect(first == places.filter { Verification.sampled(seed: 1).includes($0 << 18) } && first != second)
    var found = 0
    for seed in 0..<60 {
      if try difference(.dropByte, inSlice: 1, Self.options(verification: .sampled(seed: UInt64(seed)))) != nil {
        found += 1
      }
    }
    #expect((1...20).contains(found))
  }

  @Test("A wrong output or state of a window is found", arguments: Kernel.available)
  func windowsThatDifferAreFound(_ kernel: Kernel) throws {
    let ledger = MemoryLedger()
    let options = Self.options(kernel: kernel)
    var verifier = try WindowVerifier(options, ledger: ledger)
    let start = try DocumentState(ledger: ledger)
    let window = Array("[ 1, \"a b\", [ {\"c\" : [ ".utf8)
    let kept = Array("[1,\"a b\",[{\"c\":[".utf8)
    var end = try DocumentState(ledger: ledger)
    end.expectation = .firstElement
    for kind in [ContainerKind.array, .array, .object, .array] { end.nesting.open(kind) }
    func subject(
      _ kept: [UInt8], _ end: borrowing DocumentState, of window: [UInt8] = window, _ verifier: inout WindowVerifier
    ) throws -> VerificationDifference.Subject? {
      try window.withUnsafeBytes { window in
        try kept.withUnsafeBytes { kept in
          try verifier.difference(in: window, from: start, kept: kept, end: end)?.subject
        }
      }
    }
    #expect(try subject(kept, end, &verifier) == nil)
    for index in kept.indices {
      var other = kept
      other[index] ^= 1
      #expect(try subject(other, end, &verifier) == .output)
      other.remove(at: index)
      #expect(try subject(other, end, &verifier) == .output)
    }
    #expect(try subject(kept + [32], end, &verifier) == .output)
    #expect(try subject(kept, end, of: Array("[ 1,, ".utf8), &verifier) == .verdict)
    _ = end.nesting.close(.array)
    #expect(try subject(kept, end, &verifier) == .state)
    end.nesting.open(.object)
    #expect(try subject(kept, end, &verifier) == .state)
    _ = end.nesting.close(.object)
    end.nesting.open(.array)
    end.expectation = .value
    #expect(try subject(kept, end, &verifier) == .state)
    end.expectation = .firstElement
    #expect(try subject(kept, end, &verifier) == nil)
  }

  @Test("A wrong output or state of an unchecked window is found", arguments: Kernel.available)
  func uncheckedWindowsThatDifferAreFound(_ kernel: Kernel) throws {
    var verifier = try WindowVerifier(Self.options(validates: false, kernel: kernel), ledger: MemoryLedger())
    let window = Array("{ x \" a\\\" ".utf8)
    let kept = Array("{x\" a\\\" ".utf8)
    var end = UncheckedState()
    end.stringState = .inString
    end.owesLineFeed = true
    func subject(_ kept: [UInt8], _ end: UncheckedState, _ verifier: inout WindowVerifier)
      -> VerificationDifference.Subject?
    {
      window.withUnsafeBytes { window in
        kept.withUnsafeBytes { verifier.difference(in: window, from: UncheckedState(), kept: $0, end: end)?.subject }
      }
    }
    #expect(subject(kept, end, &verifier) == nil)
    #expect(subject(kept.dropLast(), end, &verifier) == .output)
    #expect(subject(kept + kept, end, &verifier) == .output)
    end.stringState = .outside
    #expect(subject(kept, end, &verifier) == .state)
  }
}
