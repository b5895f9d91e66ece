internal import CZminVulkan

/// Times the stages of a slice with the device's clock.
final class StageClock {
  /// One mark before each stage and one after the last.
  private static let markCount = UInt32(SliceStage.allCases.count + 1)

  private let device: VulkanDevice
  private let pool: VkQueryPool?
  private let functions: Functions
  private let nanosecondsPerTick: Double
  private let tickBits: UInt32

  private struct Functions {
    let create: PFN_vkCreateQueryPool
    let destroy: PFN_vkDestroyQueryPool
    let reset: PFN_vkCmdResetQueryPool
    let write: PFN_vkCmdWriteTimestamp
    let results: PFN_vkGetQueryPoolResults
  }

  /// - Throws: ``VulkanError``, also if the device has no clock.
  init(on device: VulkanDevice) throws(VulkanError) {
    let family = device.physical.queueFamilies.first { $0.index == device.work.familyIndex }
    guard let family, family.clockBits > 0 else { throw VulkanError("the device has no clock") }
    functions = Functions(
      create: try device.function("vkCreateQueryPool", as: PFN_vkCreateQueryPool.self),
      destroy: try device.function("vkDestroyQueryPool", as: PFN_vkDestroyQueryPool.self),
      reset: try device.function("vkCmdResetQueryPool", as: PFN_vkCmdResetQueryPool.self),
      write: try device.function("vkCmdWriteTimestamp", as: PFN_vkCmdWriteTimestamp.self),
      results: try device.function("vkGetQueryPoolResults", as: PFN_vkGetQueryPoolResults.self))
    var info = VkQueryPoolCreateInfo()
    info.sType = VK_STRUCTURE_TYPE_QUERY_POOL_CREATE_INFO
    info.queryType = VK_QUERY_TYPE_TIMESTAMP
    info.queryCount = Self.markCount
    var pool: VkQueryPool?
    let create = functions.create
    try device.call("vkCreateQueryPool") { create(device.handle, &info, nil, &pool) }
    self.device = device
    self.pool = pool
    nanosecondsPerTick = device.physical.nanosecondsPerTick
    tickBits = family.clockBits
  }

  deinit {
    if !device.isAbandoned { functions.destroy(device.handle, pool, nil) }
  }

  /// Resets all marks for the next slice.
  func start(in commands: Commands) { functions.reset(commands.buffer, pool, 0, Self.markCount) }

  /// Marks the start of a stage. Nil marks the end of the last one.
  func mark(_ stage: SliceStage?, in commands: Commands) {
    let index = stage.map { UInt32($0.rawValue) } ?? Self.markCount - 1
    functions.write(commands.buffer, VK_PIPELINE_STAGE_BOTTOM_OF_PIPE_BIT, pool, index)
  }

  /// Duration of each stage, in seconds. Waits until the device has written all marks.
  ///
  /// - Throws: ``VulkanError``.
  func seconds() throws(VulkanError) -> [Double] {
    var ticks = [UInt64](repeating: 0, count: Int(Self.markCount))
    let byteCount = ticks.count * 8
    let flags = VK_QUERY_RESULT_64_BIT.rawValue | VK_QUERY_RESULT_WAIT_BIT.rawValue
    try device.call("vkGetQueryPoolResults") {
      functions.results(device.handle, pool, 0, Self.markCount, byteCount, &ticks, 8, flags)
    }
    let mask = tickBits >= 64 ? UInt64.max : 1 << UInt64(tickBits) - 1
    return zip(ticks, ticks.dropFirst()).map { Double(($1 &- $0) & mask) * nanosecondsPerTick * 1e-9 }
  }
}
