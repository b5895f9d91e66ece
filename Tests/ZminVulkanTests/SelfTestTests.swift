import Synchronization
import Testing
import ZminMemory
import ZminTestSupport
import ZminVulkan

@Suite(.enabled(if: TestDevice.physical != nil, "there is no software Vulkan device")) struct SelfTestTests {
  @Test("The short self-test finds no difference", arguments: Way.allCases)
  func shortExtent(_ way: Way) throws {
    #expect(try DeviceSelfTest.firstDifference(on: TestDevice.device(way), extent: .short) == nil)
    #expect(TestDevice.messages.texts.isEmpty)
  }

  @Test("The full self-test finds no difference", arguments: Corpora.testsAreLong ? Way.allCases : [Way.allCases[1]])
  func fullExtent(_ way: Way) throws {
    #expect(try DeviceSelfTest.firstDifference(on: TestDevice.device(way), extent: .full) == nil)
    #expect(TestDevice.messages.texts.isEmpty)
  }

  @Test("The self-test names a stage that does not run", arguments: ["summarise", "compact", "check"])
  func stageThatDoesNothing(_ stage: String) throws {
    let physical = try #require(TestDevice.physical)
    let instance = try VulkanInstance(VulkanInstance.Options(faults: SkippedStage(stage)))
    let device = try VulkanDevice(instance.devices()[physical.index], of: instance, ledger: MemoryLedger())
    let difference = try DeviceSelfTest.firstDifference(on: device, extent: .short)
    #expect(difference?.stage == stage)
    #expect(difference?.description.split(separator: "\n").count == 1)
  }
}

/// Skips every dispatch of one stage.
private final class SkippedStage: VulkanFaults {
  private let stage: String
  private let dispatches = Mutex(0)

  init(_ stage: String) { self.stage = stage }

  func result(ofCall name: String) -> Int32? {
    switch name {
    case "vkCmdDispatchIndirect": return stage == "check" ? 0 : nil
    case "vkCmdDispatch":
      // The first slice is empty and dispatches only `scan`. The others dispatch three stages directly.
      let index = dispatches.withLock { dispatches in
        defer { dispatches += 1 }
        return dispatches
      }
      return index > 0 && ["summarise", "scan", "compact"][(index - 1) % 3] == stage ? 0 : nil
    default: return nil
    }
  }
}
