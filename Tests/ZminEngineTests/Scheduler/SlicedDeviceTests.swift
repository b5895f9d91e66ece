import Glibc
import Testing
import ZminCPU
import ZminCore
@testable import ZminEngine
import ZminMemory
import ZminTestSupport

/// Runs with a device have the result of runs without, whatever it does and whenever it comes or goes.
@Suite struct SlicedDeviceTests {
  /// Use of a device, and its actions.
  struct Use: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let isAlone: Bool
    var lanes = 3
    var action: @Sendable (Int) -> TestDevice.Action = { _ in .work }

    func device(_ kernel: Kernel) throws -> DeviceUse {
      let pending = try TestDevice(
        lanes: lanes, sliceBytesMax: 90, sliceBytesMin: 20, kernel: kernel, action: action
      ).ready
      return isAlone ? .alone(pending) : .beside(pending)
    }
  }

  static let uses = [
    Use(testDescription: "alone", isAlone: true), Use(testDescription: "beside", isAlone: false),
    Use(testDescription: "one lane alone", isAlone: true, lanes: 1),
    Use(testDescription: "calls much dirty, alone", isAlone: true, action: { $0 % 3 == 0 ? .callDirty : .work }),
    Use(testDescription: "calls much dirty, beside", isAlone: false, action: { $0 % 2 == 0 ? .callDirty : .work }),
    Use(testDescription: "calls all dirty", isAlone: true, action: { _ in .callDirty }),
    Use(testDescription: "runs out of memory", isAlone: true, action: { $0 % 5 == 4 ? .runOutOfMemory : .work }),
    Use(testDescription: "is lost after a while", isAlone: true, action: { $0 > 20 ? .fail : .work }),
  ]

  private func expectAgreement(
    _ run: inout SlicedRun, _ bytes: [UInt8], _ options: MinifierOptions, _ random: inout SplitMix64
  ) throws {
    let isFinal = options.makesRecords && random.once(in: 2)
    let expected = try RunOutcome.windowed(bytes, options, isFinal: isFinal)
    for isSeekable in [true, true, true, false] {
      var input = MemoryInput(bytes, isSeekable: isSeekable, pieceBytes: 1 + random.below(100))
      var output = MemoryOutput(isFinal: isFinal)
      let found = RunOutcome(try run.run(from: &input, to: &output), output)
      if found != expected {
        Issue.record(
          """
          \(options.kernel.name), \(options.format), checks \(options.validates), seekable \(isSeekable): \
          \(readable(bytes)) gives \(readable(found.output)) \(found.error as Any) \(found.isUnchanged as Any), \
          not \(readable(expected.output)) \(expected.error as Any) \(expected.isUnchanged as Any)
          """)
      }
    }
  }

  @Test("Random documents with a device have the result of one window", arguments: SlicedRunTests.plans, uses)
  func randomDocuments(_ plan: SlicePlan, _ use: Use) throws {
    var generator = DocumentGenerator(seed: 81)
    var mutator = Mutator(seed: 82)
    for kernel in Kernel.available {
      for format in Format.allCases {
        for (validates, depthMax) in [(true, MinifierOptions.defaultDepthMax), (true, 12), (false, 12)] {
          let options = MinifierOptions(format: format, validates: validates, depthMax: depthMax, kernel: kernel)
          var run = try SlicedRun(options, plan, device: try use.device(kernel), ledger: MemoryLedger())
          for _ in 0..<(Corpora.testsAreLong ? 300 : 3) {
            let document = generator.document(format)
            for bytes in [document, mutator.mutation(of: document)] {
              try expectAgreement(&run, bytes, options, &mutator.random)
            }
          }
        }
      }
    }
  }

  @Test(
    "Inputs that mislead every guess have the result of one window with a device",
    arguments: uses, SlicedRunTests.hostile)
  func hostileInputs(_ use: Use, _ input: SlicedRunTests.HostileInput) throws {
    var random = SplitMix64(seed: 83)
    for plan in SlicedRunTests.plans.suffix(1) {
      for format in Format.allCases {
        for validates in [true, false] where validates || format != .concat {
          let options = MinifierOptions(format: format, validates: validates)
          var run = try SlicedRun(options, plan, device: try use.device(.fastest), ledger: MemoryLedger())
          try expectAgreement(&run, Array(input.text.utf8), options, &random)
        }
      }
    }
  }

  // MARK: Coming and going

  private static let plan = SlicePlan(workers: 2, slots: 6, sliceBytes: 700, smallestSliceBytes: 100)
  private static let text =
    "[" + String(repeating: "{\"name\" : \"some text\",\n \"n\" : [ 1.5, 2 ] },\n", count: 2_000) + "0]"

  /// Runs ``text`` with a device.
  private func run(
    _ device: DeviceUse, _ text: String = text, plan: SlicePlan = plan,
    beforeRead: @escaping @Sendable (Int) -> Void = { _ in }
  ) throws -> (outcome: RunOutcome, onDevice: Int, redone: Int, notes: [String]) {
    var run = try SlicedRun(MinifierOptions(), plan, device: device, ledger: MemoryLedger())
    var input = HookedInput(bytes: Array(text.utf8), beforeRead: beforeRead)
    var output = MemoryOutput()
    let outcome = RunOutcome(try run.run(from: &input, to: &output), output)
    return (outcome, run.slicesOnDevice, run.redoneSliceCount, run.deviceNotes)
  }

  /// An input that counts its reads.
  private struct HookedInput: ByteSource {
    let bytes: [UInt8]
    let beforeRead: @Sendable (Int) -> Void
    let reads = Counter()
    let isSeekable = true
    var seekableSize: Int? { bytes.count }
    var endedEarlyError: any Error { MemoryInput.EndedEarly() }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int { 0 }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
      beforeRead(reads.next())
      let rest = bytes[offset...].prefix(buffer.count)
      buffer.copyBytes(from: rest)
      return rest.count
    }
  }

  private static func expected() throws -> RunOutcome {
    try RunOutcome.windowed(Array(text.utf8), MinifierOptions())
  }

  @Test("A device alone takes all slices but the first") func aloneTheDeviceTakesAllButTheFirstSlice() throws {
    let device = try TestDevice(sliceBytesMax: 4_000, sliceBytesMin: 500)
    let found = try run(.alone(device.ready))
    #expect(found.outcome == (try Self.expected()))
    #expect(found.onDevice >= Self.text.utf8.count / 4_000)
    #expect(found.redone == 0 && found.notes.isEmpty)
  }

  /// Reading is so slow that slices are left when the lanes have started.
  @Test("A device beside the CPU takes slices") func besideTheDeviceTakesItsPart() throws {
    let device = try TestDevice(sliceBytesMax: 4_000, sliceBytesMin: 500)
    let found = try run(.beside(device.ready)) { _ in usleep(200) }
    #expect(found.outcome == (try Self.expected()))
    #expect(found.onDevice > 0)
  }

  @Test("A device that joins at any moment changes no byte", arguments: [0, 1, 2, 3, 7, 20, 50, 100, 1_000_000])
  func aDeviceJoinsAtAnyMoment(_ moment: Int) throws {
    let device = try TestDevice(sliceBytesMax: 4_000, sliceBytesMin: 500)
    let pending = PendingDevice()
    let found = try run(.beside(pending)) { if $0 == moment { pending.resolve(.success(device)) } }
    #expect(found.outcome == (try Self.expected()))
    // No run observes it now.
    pending.resolve(.success(device))
  }

  @Test("A run beside a device that fails to get ready uses the CPU") func aDeviceThatFailsToGetReadyIsDoneWithout()
    throws
  {
    let pending = PendingDevice()
    let found = try run(.beside(pending)) { if $0 == 3 { pending.resolve(.failure(DeviceFailure("no driver"))) } }
    #expect(found.outcome == (try Self.expected()))
    #expect(found.notes == ["the GPU is not used: no driver"])
    #expect(throws: DeviceFailure("no driver")) { try run(.alone(pending)) }
  }

  @Test("A device that is lost at any slice changes no byte", arguments: [true, false])
  func aDeviceIsLostAtEachSlice(_ isAlone: Bool) throws {
    let expected = try Self.expected()
    for index in 0..<30 {
      let device = try TestDevice(sliceBytesMax: 4_000, sliceBytesMin: 500) { $0 >= index ? .fail : .work }
      let found = try run(isAlone ? .alone(device.ready) : .beside(device.ready))
      #expect(found.outcome == expected)
      if isAlone {
        #expect(found.notes == ["continuing on the CPU: test device: it was told to fail"])
        #expect((1...3).contains(found.redone) && found.onDevice <= index)
      }
    }
  }

  @Test("A lost device is not used for later inputs") func aLostDeviceStaysLost() throws {
    let device = try TestDevice(sliceBytesMax: 4_000, sliceBytesMin: 500) { _ in .fail }
    var run = try SlicedRun(MinifierOptions(), Self.plan, device: .alone(device.ready), ledger: MemoryLedger())
    for note in ["continuing on the CPU: test device: ", "the GPU is not used: test device: "] {
      var input = MemoryInput(Array(Self.text.utf8), isSeekable: true)
      var output = MemoryOutput()
      let found = RunOutcome(try run.run(from: &input, to: &output), output)
      #expect(found == (try Self.expected()))
      #expect(run.deviceNotes == [note + "it was told to fail"])
    }
  }

  /// Its slices are taken back. The run ends without it, and so does the next one.
  @Test("A run does not wait for a device that hangs") func aDeviceThatHangsIsNotWaitedFor() throws {
    let gate = Gate()
    let device = try TestDevice(sliceBytesMax: 4_000, sliceBytesMin: 500) { index in
      if index >= 2 { gate.wait() }
      return .work
    }
    var run = try SlicedRun(MinifierOptions(), Self.plan, device: .beside(device.ready), ledger: MemoryLedger())
    for _ in 0..<2 {
      var input = HookedInput(bytes: Array(Self.text.utf8)) { _ in usleep(100) }
      var output = MemoryOutput()
      let found = RunOutcome(try run.run(from: &input, to: &output), output)
      #expect(found == (try Self.expected()))
    }
    gate.open()
  }

  @Test("An error at any offset has the same message with a device", arguments: [true, false])
  func errorsAtEveryPlace(_ isAlone: Bool) throws {
    let bytes = Array(Self.text.utf8)
    for place in stride(from: 1, to: bytes.count, by: 3_331) {
      var broken = bytes
      broken[place] = 1
      let expected = try RunOutcome.windowed(broken, MinifierOptions())
      let device = try TestDevice(sliceBytesMax: 4_000, sliceBytesMin: 500)
      let found = try run(
        isAlone ? .alone(device.ready) : .beside(device.ready), String(decoding: broken, as: UTF8.self))
      #expect(found.outcome == expected)
    }
  }

  @Test("Slices on a device allocate nothing") func slicesAllocateNothing() throws {
    let ledger = MemoryLedger()
    let device = try TestDevice(sliceBytesMax: 4_000, sliceBytesMin: 500)
    var run = try SlicedRun(MinifierOptions(), Self.plan, device: .alone(device.ready), ledger: ledger)
    var allocations: [Int] = []
    for _ in 0..<3 {
      var input = MemoryInput(Array(Self.text.utf8), isSeekable: true)
      var output = MemoryOutput()
      _ = try run.run(from: &input, to: &output)
      allocations.append(ledger.bufferAllocations)
    }
    #expect(Set(allocations).count == 1, "\(allocations)")
  }

  @Test("Inputs that are not seekable, and concat, use the CPU alone") func whatComesInOrderAndConcatAreTheCPUs() throws
  {
    let device = try TestDevice(sliceBytesMax: 4_000, sliceBytesMin: 500)
    for (format, isSeekable) in [(Format.json, false), (.concat, true)] {
      var run = try SlicedRun(
        MinifierOptions(format: format), Self.plan, device: .alone(device.ready), ledger: MemoryLedger())
      var input = MemoryInput(Array(Self.text.utf8), isSeekable: isSeekable)
      var output = MemoryOutput()
      guard case .complete = try run.run(from: &input, to: &output) else {
        return #expect(Bool(false), "taken for invalid")
      }
      #expect(run.slicesOnDevice == 0 && run.deviceNotes.count == 1)
    }
  }
}
