import Synchronization
import ZminMemory
import ZminVulkan

/// Has one call of Vulkan fail, or others left out.
final class CountingFaults: VulkanFaults {
  struct Plan: Sendable {
    /// How many of the calls in question are made before the one that fails.
    var callsBefore: Int
    var result: Int32
    /// Whether a call is in question; those that cannot fail are not, nor is the one after which nothing can throw.
    var isInQuestion: @Sendable (String) -> Bool = { !$0.hasPrefix("vkCmd") && $0 != "vkDeviceWaitIdle" }
  }

  private let state = Mutex<(plan: Plan?, count: Int)>((nil, 0))

  /// Has a call fail from now on, none if nil.
  func arm(_ plan: Plan?) { state.withLock { $0 = (plan, 0) } }

  /// Whether the call that was to fail was reached.
  var hasFired: Bool { state.withLock { state in state.plan.map { state.count > $0.callsBefore } ?? false } }

  /// How many calls in question there were.
  var count: Int { state.withLock { $0.count } }

  func result(ofCall name: String) -> Int32? {
    state.withLock { state in
      guard let plan = state.plan, plan.isInQuestion(name) else { return nil }
      state.count += 1
      return state.count == plan.callsBefore + 1 ? plan.result : nil
    }
  }
}

/// An instance of its own under the validation layer, whose calls can be made to fail.
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

  /// Sets all up, takes a slice through a device, and lets go of everything.
  func takeSlice(_ way: Way) throws -> VulkanLane.Findings {
    let lane = try VulkanLane(sliceBytes: 1 << 14, on: try device(way))
    let slice = Array("[".utf8) + [[UInt8]](repeating: Array("{\"a\": 1} , ".utf8), count: 1000).joined()
    lane.input.copyBytes(from: slice)
    return try lane.run(
      VulkanLane.Request(kind: ProgramKind(isLines: false, checks: true), byteCount: slice.count))
  }
}
