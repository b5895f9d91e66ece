import Glibc
import SystemPackage
import Testing
import ZminBench
import ZminCPU
import ZminCore
@testable import ZminEngine
import ZminMemory
import ZminTestSupport
import ZminVulkan
import ZminVulkanEngine

/// Whole runs with a device, compared with runs without one: the same bytes or the same error.
@Suite(.enabled(if: TestDevice.physical != nil, "there is no software Vulkan device")) struct VulkanRunTests {
  private static let plan = SlicePlan(workers: 2, slots: 6, sliceBytes: 2048, smallestSliceBytes: 256)
  private static let pools = DevicePools(lanes: 3, sliceBytes: 6000)

  /// Result of a run.
  private struct Outcome: Equatable {
    var output: [UInt8] = []
    var error: InvalidJSON?

    init(_ result: RunResult, _ output: ZminTestSupport.MemoryOutput) {
      switch result {
      case .complete: self.output = output.bytes
      case .invalid(let error, _): self.error = error
      }
    }
  }

  private func expected(_ bytes: [UInt8], _ options: MinifierOptions) throws -> Outcome {
    var run = try WindowedRun(options, windowBytes: max(1, bytes.count), ledger: MemoryLedger())
    var (input, output) = (MemoryInput(bytes, hasPlaces: true), MemoryOutput())
    return Outcome(try run.run(from: &input, to: &output), output)
  }

  private func ready(_ device: VulkanDevice, _ pools: DevicePools = Self.pools) throws -> PendingDevice {
    let pending = PendingDevice()
    pending.resolve(
      .success(try VulkanSliceDevice(device, pools, for: [], kernel: .fastest, ledger: MemoryLedger())))
    return pending
  }

  /// A document long enough for many slices.
  private func document(_ format: Format, _ generator: inout DocumentGenerator) -> [UInt8] {
    var values: [UInt8] = []
    while values.count < 30_000 {
      if !values.isEmpty { values += format == .json ? Array(", ".utf8) : Array("\n".utf8) }
      values += generator.document(format)
    }
    return format == .json ? Array("[".utf8) + values + Array("]".utf8) : values
  }

  @Test(
    "Random documents give the same result with a device", arguments: [Way.allCases[0], Way.allCases[2]],
    [Format.json, .ndjson])
  func documents(_ way: Way, _ format: Format) throws {
    var generator = DocumentGenerator(seed: 91)
    var mutator = Mutator(seed: 92)
    let pending = try ready(try TestDevice.device(way))
    for validates in [true, false] {
      let options = MinifierOptions(format: format, validates: validates)
      var alone = try SlicedRun(options, Self.plan, device: .alone(pending), ledger: MemoryLedger())
      var beside = try SlicedRun(options, Self.plan, device: .beside(pending), ledger: MemoryLedger())
      var slicesOnDevice = 0
      for _ in 0..<(Corpora.testsAreLong ? 400 : 6) {
        let whole = document(format, &generator)
        for bytes in [whole, mutator.mutation(of: whole)] {
          let expected = try expected(bytes, options)
          var (input, output) = (MemoryInput(bytes, hasPlaces: true), MemoryOutput())
          #expect(Outcome(try alone.run(from: &input, to: &output), output) == expected)
          slicesOnDevice += alone.slicesOnDevice
          output = MemoryOutput()
          #expect(Outcome(try beside.run(from: &input, to: &output), output) == expected)
        }
      }
      #expect(slicesOnDevice > 10)
    }
    #expect(TestDevice.messages.texts.isEmpty)
  }

  @Test("Adversarial documents give the same result with a device and pass verification")
  func adversarialDocuments() throws {
    let pending = try ready(try TestDevice.device(Way.allCases[1]))
    let units = ["\\\\", "\\\"", "[", "]", "{}", "1,", " ", "\n", "é", "\u{10FFFF}", "12345678901234567890", "\",\""]
    for (index, unit) in units.enumerated() {
      let text = (index % 2 == 0 ? "[\"" : "[") + String(repeating: unit, count: 40_000 / unit.utf8.count) + "\"]"
      for format in [Format.json, .ndjson] {
        var options = MinifierOptions(format: format)
        options.verification = .whole
        var run = try SlicedRun(options, Self.plan, device: .alone(pending), ledger: MemoryLedger())
        var (input, output) = (MemoryInput(Array(text.utf8), hasPlaces: true), MemoryOutput())
        #expect(Outcome(try run.run(from: &input, to: &output), output) == (try expected(Array(text.utf8), options)))
      }
    }
  }

  @Test("A Vulkan call that fails during a run does not change the result")
  func lossAtEveryCall() throws {
    let faulty = try FaultyInstance()
    var generator = DocumentGenerator(seed: 93)
    let bytes = document(.json, &generator)
    let options = MinifierOptions()
    let expected = try expected(bytes, options)
    var callsBefore = 0
    while true {
      faulty.faults.arm(nil)
      let pending = try ready(try faulty.device(Way.allCases[1]), DevicePools(lanes: 2, sliceBytes: 9000))
      faulty.faults.arm(CountingFaults.Plan(callsBefore: callsBefore, result: [-4, -1, -2][callsBefore % 3]))
      var run = try SlicedRun(options, Self.plan, device: .alone(pending), ledger: MemoryLedger())
      var (input, output) = (MemoryInput(bytes, hasPlaces: true), MemoryOutput())
      #expect(Outcome(try run.run(from: &input, to: &output), output) == expected, "after \(callsBefore) calls")
      let hasFired = faulty.faults.hasFired
      #expect(run.deviceNotes.isEmpty != hasFired, "\(run.deviceNotes)")
      if !hasFired { break }
      callsBefore += callsBefore < 30 || Corpora.testsAreLong ? 1 : 7
    }
    #expect(callsBefore > 20)
    #expect(faulty.messages.texts.isEmpty)
  }

  @Test("A refused allocation or thread ends in the right bytes or in out of memory", arguments: [false, true])
  func refusedMemory(_ isLasting: Bool) throws {
    var generator = DocumentGenerator(seed: 94)
    let bytes = document(.json, &generator)
    var options = MinifierOptions()
    options.verification = .whole
    let expected = try expected(bytes, options)
    let device = try TestDevice.device(Way.allCases[1])
    var counts = (right: 0, outOfMemory: 0)
    for index in 0..<500 {
      let faults = CountingMemoryFaults(refusing: index, isLasting: isLasting)
      let ledger = MemoryLedger(faults: faults)
      do {
        let pending = PendingDevice()
        pending.resolve(
          .success(try VulkanSliceDevice(device, Self.pools, for: [], kernel: .fastest, ledger: ledger)))
        var run = try SlicedRun(options, Self.plan, device: .alone(pending), ledger: ledger)
        var (input, output) = (MemoryInput(bytes, hasPlaces: true), MemoryOutput())
        #expect(Outcome(try run.run(from: &input, to: &output), output) == expected, "\(index): \(faults.refused)")
        counts.right += 1
      } catch is OutOfMemory {
        counts.outOfMemory += 1
      }
      // The run does not wait for the threads of lanes to end.
      for _ in 0..<1000 where !ledger.liveAllocations().isEmpty { usleep(1000) }
      #expect(ledger.liveAllocations().isEmpty, "\(index): \(faults.refused)")
      if faults.refused.isEmpty { break }
    }
    #expect(counts.right > 3 && counts.outOfMemory > 10)
    #expect(TestDevice.messages.texts.isEmpty)
  }

  @Test("A search whose thread cannot start has a failure as its result")
  func refusedThread() throws {
    let finder = DeviceFinder(.best, program: "/bin/false")
    let configuration = DeviceSearch.Configuration(
      finder: finder, pools: Self.pools, kinds: [ProgramKind(isLines: false, checks: true)], kernel: .fastest)
    let ledger = MemoryLedger(faults: CountingMemoryFaults(refusing: 0))
    let search = try DeviceSearch(configuration, ledger: ledger)
    guard case .failure(let failure)? = search.pending.wait(seconds: 0) else {
      Issue.record("the search started without a thread")
      return
    }
    #expect("\(failure)".contains("no thread"))
    #expect(search.end() && ledger.liveAllocations().isEmpty)
  }

  @Test("A device that cannot be opened does not change the result of a run")
  func failuresOfSettingUp() throws {
    let device = try #require(TestDevice.physical)
    let program = try FinderProgram("echo found \(device.index) \(device.uuid)")
    let bytes = Array("[ 1, \(String(repeating: "\"a\", ", count: 9000)) 2 ]".utf8)
    let options = MinifierOptions()
    for callsBefore in stride(from: 0, to: 200, by: Corpora.testsAreLong ? 1 : 13) {
      let faults = CountingFaults()
      faults.arm(CountingFaults.Plan(callsBefore: callsBefore, result: -3))
      var configuration = DeviceSearch.Configuration(
        finder: DeviceFinder(.best, program: program.path), pools: DevicePools(lanes: 1, sliceBytes: 8192),
        kinds: [ProgramKind(isLines: false, checks: true)], kernel: .fastest)
      configuration.faults = faults
      let ledger = MemoryLedger()
      let search = try DeviceSearch(configuration, ledger: ledger)
      var run = try SlicedRun(options, Self.plan, device: .beside(search.pending), ledger: MemoryLedger())
      var (input, output) = (MemoryInput(bytes, hasPlaces: true), MemoryOutput())
      #expect(Outcome(try run.run(from: &input, to: &output), output) == (try expected(bytes, options)))
      if faults.hasFired, case .success = search.pending.wait() { Issue.record("opened after \(callsBefore) calls") }
      #expect(search.end())
      if faults.hasFired { #expect(ledger.snapshot().total.currentBytes == 0) }
    }
  }

  @Test(
    "A gibibyte gives the same result with a device",
    .enabled(if: Corpora.testsAreLong, "a gibibyte on a software device takes minutes"),
    arguments: [Way.allCases[0], Way.allCases[2]])
  func gibibyte(_ way: Way) throws {
    let bytes = DocumentWriter.document(.pretty, byteCount: 1 << 30, seed: 7)
    let options = MinifierOptions()
    let pending = try ready(try TestDevice.device(way), .usual)
    var run = try SlicedRun(options, SlicePlan(workers: 1), device: .alone(pending), ledger: MemoryLedger())
    var (input, output) = (MemoryInput(bytes, hasPlaces: true), MemoryOutput())
    let result = try run.run(from: &input, to: &output)
    #expect(Outcome(result, output) == (try expected(bytes, options)))
    #expect(run.slicesOnDevice > 100 && run.redoneSliceCount == 0)
    #expect(TestDevice.messages.texts.isEmpty)
  }
}
