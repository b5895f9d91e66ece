import Testing
import ZminMemory
import ZminTestSupport
import ZminVulkan

/// Failures of each Vulkan call. The validation layer reports every object that is not destroyed.
@Suite(.enabled(if: TestDevice.physical != nil, "there is no software Vulkan device")) struct VulkanFaultTests {
  /// Out of host memory, out of device memory, initialisation failed, device lost.
  private static let results: [Int32] = [-1, -2, -3, -4]
  private static let timeout: Int32 = 2

  @Test("A failing call throws an error and leaks nothing", arguments: [Way.allCases[0], Way.allCases[1]])
  func eachCall(_ way: Way) throws {
    let faulty = try FaultyInstance()
    for (index, result) in Self.results.enumerated() {
      // In the short tier each call fails with only one of the results.
      var callsBefore = Corpora.testsAreLong ? 0 : index
      while true {
        faulty.faults.arm(CountingFaults.Plan(callsBefore: callsBefore, result: result))
        let outcome = Result { try faulty.takeSlice(way) }
        #expect(faulty.ledger.snapshot().total.currentBytes == 0)
        #expect(faulty.messages.texts == [], "call \(callsBefore) returns \(result)")
        guard faulty.faults.hasFired else {
          #expect(try outcome.get().flags == 0)
          break
        }
        #expect(throws: VulkanError.self, "call \(callsBefore) returns \(result)") { try outcome.get() }
        callsBefore += Corpora.testsAreLong ? 1 : Self.results.count
      }
      #expect(callsBefore > 50)
    }
  }

  @Test(
    "A device that times out is abandoned without further calls", arguments: [Way.allCases[0], Way.allCases[1]], 0..<2)
  func noAnswer(_ way: Way, _ callsBefore: Int) throws {
    let faulty = try FaultyInstance()
    faulty.faults.arm(
      CountingFaults.Plan(callsBefore: callsBefore, result: Self.timeout) { $0 == "vkWaitSemaphores" })
    let outcome = Result { try faulty.takeSlice(way) }
    #expect(faulty.ledger.snapshot().total.currentBytes == 0)
    if faulty.faults.hasFired {
      let error = #expect(throws: VulkanError.self) { try outcome.get() }
      #expect(error?.isTimeout == true)
    } else {
      #expect(callsBefore == 1 && !way.copies)
    }
    #expect(faulty.messages.texts == [])
  }

  /// After out of memory, the driver may still use objects, so nothing is destroyed. After a loss, all is destroyed.
  @Test("A failing wait for an idle device abandons it, and a lost device is destroyed", arguments: results)
  func waitAtTheEnd(_ result: Int32) throws {
    let faulty = try FaultyInstance()
    faulty.faults.arm(CountingFaults.Plan(callsBefore: 0, result: result) { $0 == "vkDeviceWaitIdle" })
    #expect(try faulty.takeSlice(Way.allCases[1]).flags == 0)
    #expect(faulty.faults.hasFired)
    #expect(faulty.ledger.snapshot().total.currentBytes == 0)
    #expect(faulty.messages.texts == [])
  }

  @Test("A failing call while devices are listed throws an error and leaks nothing", arguments: results)
  func instance(_ result: Int32) throws {
    let faults = CountingFaults()
    let messages = ValidationMessages()
    for callsBefore in 0..<5 {
      faults.arm(CountingFaults.Plan(callsBefore: callsBefore, result: result))
      let devices = Result {
        try VulkanInstance(VulkanInstance.Options(messages: messages, faults: faults)).devices()
      }
      #expect(faults.hasFired == (callsBefore < 4))
      // A driver without hardware reports a failed initialisation, which gives an empty list.
      if faults.hasFired, (try? devices.get().isEmpty) != true {
        #expect(throws: VulkanError.self) { try devices.get() }
      }
      #expect(messages.texts == [])
    }
  }

  @Test(
    "The validation layer reports each skipped barrier, except those before the host reads",
    arguments: [Way.allCases[0], Way.allCases[1]])
  func eachBarrier(_ way: Way) throws {
    let isBarrier: @Sendable (String) -> Bool = { $0 == "vkCmdPipelineBarrier" }
    let whole = try FaultyInstance()
    whole.faults.arm(CountingFaults.Plan(callsBefore: .max - 1, result: 0, counts: isBarrier))
    _ = try whole.takeSlice(way)
    let count = whole.faults.count
    #expect(whole.messages.texts == [])
    // With copies: before the first stage, after each stage, and before the host reads the result and the output.
    #expect(count == (way.copies ? 7 : 4))
    for barrier in 0..<count {
      let faulty = try FaultyInstance()
      faulty.faults.arm(CountingFaults.Plan(callsBefore: barrier, result: 0, counts: isBarrier))
      _ = try? faulty.takeSlice(way)
      let isBeforeHost = way.copies ? barrier >= 5 : barrier == 3
      #expect(faulty.messages.texts.isEmpty == isBeforeHost, "barrier \(barrier)")
    }
  }
}
