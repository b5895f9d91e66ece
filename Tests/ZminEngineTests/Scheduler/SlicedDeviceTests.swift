import Glibc
import Testing
import ZminCPU
import ZminCore
@testable import ZminEngine
import ZminMemory
import ZminTestSupport

/// Runs in which a device takes slices, whatever it does and whenever it comes or goes, give what runs without it give.
@Suite struct SlicedDeviceTests {
  /// How a device is used, and what it does.
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

  @Test(arguments: SlicedRunTests.plans, uses) func randomDocuments(_ plan: SlicePlan, _ use: Use) throws {
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

  @Test(arguments: uses, SlicedRunTests.hostile)
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

  /// Runs ``text`` with a device, and says what came of it.
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

  /// An input that tells how often it was read.
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

  @Test func aloneTheDeviceTakesAllButTheFirstSlice() throws {
    let device = try TestDevice(sliceBytesMax: 4_000, sliceBytesMin: 500)
    let found = try run(.alone(device.ready))
    #expect(found.outcome == (try Self.expected()))
    #expect(found.onDevice >= Self.text.utf8.count / 4_000)
    #expect(found.redone == 0 && found.notes.isEmpty)
  }

  /// Reading takes so long that there is something left to take once the lanes are there.
  @Test func besideTheDeviceTakesItsPart() throws {
    let device = try TestDevice(sliceBytesMax: 4_000, sliceBytesMin: 500)
    let found = try run(.beside(device.ready)) { _ in usleep(200) }
    #expect(found.outcome == (try Self.expected()))
    #expect(found.onDevice > 0)
  }

  @Test(arguments: [0, 1, 2, 3, 7, 20, 50, 100, 1_000_000])
  func aDeviceJoinsAtAnyMoment(_ moment: Int) throws {
    let device = try TestDevice(sliceBytesMax: 4_000, sliceBytesMin: 500)
    let pending = PendingDevice()
    let found = try run(.beside(pending)) { if $0 == moment { pending.resolve(.success(device)) } }
    #expect(found.outcome == (try Self.expected()))
    // Nobody hears it now.
    pending.resolve(.success(device))
  }

  @Test func aDeviceThatFailsToGetReadyIsDoneWithout() throws {
    let pending = PendingDevice()
    let found = try run(.beside(pending)) { if $0 == 3 { pending.resolve(.failure(DeviceFailure("no driver"))) } }
    #expect(found.outcome == (try Self.expected()))
    #expect(found.notes == ["no device is used: no driver"])
    #expect(throws: DeviceFailure("no driver")) { try run(.alone(pending)) }
  }

  @Test(arguments: [true, false]) func aDeviceIsLostAtEachSlice(_ isAlone: Bool) throws {
    let expected = try Self.expected()
    for index in 0..<30 {
      let device = try TestDevice(sliceBytesMax: 4_000, sliceBytesMin: 500) { $0 >= index ? .fail : .work }
      let found = try run(isAlone ? .alone(device.ready) : .beside(device.ready))
      #expect(found.outcome == expected)
      if isAlone {
        #expect(found.notes == ["test device is used no longer: it was told to fail"])
        #expect((1...3).contains(found.redone) && found.onDevice <= index)
      }
    }
  }

  /// What is lost is lost for the inputs after it too, and they are said to be the CPU's.
  @Test func aLostDeviceStaysLost() throws {
    let device = try TestDevice(sliceBytesMax: 4_000, sliceBytesMin: 500) { _ in .fail }
    var run = try SlicedRun(MinifierOptions(), Self.plan, device: .alone(device.ready), ledger: MemoryLedger())
    for note in ["test device is used no longer: ", "test device is not used: "] {
      var input = MemoryInput(Array(Self.text.utf8), isSeekable: true)
      var output = MemoryOutput()
      let found = RunOutcome(try run.run(from: &input, to: &output), output)
      #expect(found == (try Self.expected()))
      #expect(run.deviceNotes == [note + "it was told to fail"])
    }
  }

  /// A device that hangs has its slices taken back: the run ends without it, and so does the next one.
  @Test func aDeviceThatHangsIsNotWaitedFor() throws {
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

  /// Errors are found where they are, and said as without a device, in the part of whoever has them.
  @Test(arguments: [true, false]) func errorsAtEveryPlace(_ isAlone: Bool) throws {
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

  @Test func slicesAllocateNothing() throws {
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

  @Test func whatComesInOrderAndConcatAreTheCPUs() throws {
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
