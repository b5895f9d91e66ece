import Synchronization
import ZminMemory
import ZminVulkan

/// Makes one Vulkan call fail, or skips one command.
final class CountingFaults: VulkanFaults {
  struct Plan: Sendable {
    /// Number of counted calls that succeed before the one that fails.
    var callsBefore: Int
    var result: Int32
    /// True for calls that count. By default commands do not, as they return nothing, nor the wait in a `deinit`.
    var counts: @Sendable (String) -> Bool = { !$0.hasPrefix("vkCmd") && $0 != "vkDeviceWaitIdle" }
  }

  private let state = Mutex<(plan: Plan?, count: Int)>((nil, 0))

  /// Starts counting anew for a plan. Nil makes all calls succeed.
  func arm(_ plan: Plan?) { state.withLock { $0 = (plan, 0) } }

  /// True if the planned call has failed.
  var hasFired: Bool { state.withLock { state in state.plan.map { state.count > $0.callsBefore } ?? false } }

  /// Number of counted calls.
  var count: Int { state.withLock { $0.count } }

  func result(ofCall name: String) -> Int32? {
    state.withLock { state in
      guard let plan = state.plan, plan.counts(name) else { return nil }
      state.count += 1
      return state.count == plan.callsBefore + 1 ? plan.result : nil
    }
  }
}

/// A separate instance under the validation layer, with faults.
struct FaultyInstance {
  let faults = CountingFaults()
  let messages = ValidationMessages()
  let ledger = MemoryLedger()
  let instance: VulkanInstance
  let physical: PhysicalDevice

  init() throws {
    guard let shared = TestDevice.physical else { throw TestDevice.NoDevice() }
    instance = try VulkanInstance(VulkanInstance.Options(messages: messages, faults: faults))
    physical = try instance.devices()[shared.index]
  }

  func device(_ way: Way) throws -> VulkanDevice {
    var options = VulkanDevice.Options()
    options.workgroupThreads = way.threads
    options.copies = way.copies
    return try VulkanDevice(physical, of: instance, ledger: ledger, options)
  }

  /// Opens a device, runs one slice on it, and destroys everything.
  func takeSlice(_ way: Way) throws -> VulkanLane.Findings {
    let lane = try VulkanLane(sliceBytes: 1 << 14, on: try device(way))
    let slice = Array("[".utf8) + [[UInt8]](repeating: Array("{\"a\": 1} , ".utf8), count: 1000).joined()
    lane.input.copyBytes(from: slice)
    return try lane.run(
      VulkanLane.Request(kind: ProgramKind(isLines: false, checks: true), byteCount: slice.count))
  }
}
