internal import CZminVulkan

/// Records commands into a command buffer.
struct Commands {
  /// Kinds of access that a barrier orders.
  enum Access {
    case copy, shaders, shadersAndArguments, host

    fileprivate var stages: VkPipelineStageFlags {
      switch self {
      case .copy: VK_PIPELINE_STAGE_TRANSFER_BIT.rawValue
      case .shaders: VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT.rawValue
      case .shadersAndArguments:
        VK_PIPELINE_STAGE_COMPUTE_SHADER_BIT.rawValue | VK_PIPELINE_STAGE_DRAW_INDIRECT_BIT.rawValue
      case .host: VK_PIPELINE_STAGE_HOST_BIT.rawValue
      }
    }

    fileprivate var writes: VkAccessFlags {
      switch self {
      case .copy: VK_ACCESS_TRANSFER_WRITE_BIT.rawValue
      case .shaders, .shadersAndArguments: VK_ACCESS_SHADER_WRITE_BIT.rawValue
      case .host: VK_ACCESS_HOST_WRITE_BIT.rawValue
      }
    }

    fileprivate var uses: VkAccessFlags {
      switch self {
      case .copy: VK_ACCESS_TRANSFER_READ_BIT.rawValue | VK_ACCESS_TRANSFER_WRITE_BIT.rawValue
      case .shaders: VK_ACCESS_SHADER_READ_BIT.rawValue | VK_ACCESS_SHADER_WRITE_BIT.rawValue
      case .shadersAndArguments:
        VK_ACCESS_SHADER_READ_BIT.rawValue | VK_ACCESS_SHADER_WRITE_BIT.rawValue
          | VK_ACCESS_INDIRECT_COMMAND_READ_BIT.rawValue
      case .host: VK_ACCESS_HOST_READ_BIT.rawValue
      }
    }
  }

  let buffer: VkCommandBuffer?
  private let calls: DeviceCalls
  private let call: CheckedCalls

  fileprivate init(_ buffer: VkCommandBuffer?, on device: VulkanDevice) {
    self.buffer = buffer
    calls = device.calls
    call = device.call
  }

  /// Makes earlier writes visible to later commands.
  func barrier(from source: Access, to destination: Access) {
    var barrier = VkMemoryBarrier()
    barrier.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER
    barrier.srcAccessMask = source.writes
    barrier.dstAccessMask = destination.uses
    call.unlessSkipped("vkCmdPipelineBarrier") {
      calls.pipelineBarrier(buffer, source.stages, destination.stages, 0, 1, &barrier, 0, nil, 0, nil)
    }
  }

  /// Copies bytes between buffers. Records nothing if `byteCount` is 0, which Vulkan forbids.
  func copy(
    from source: DeviceBuffer, at sourceOffset: Int = 0, to destination: DeviceBuffer, at offset: Int = 0,
    byteCount: Int
  ) {
    guard byteCount > 0 else { return }
    var region = VkBufferCopy(
      srcOffset: VkDeviceSize(sourceOffset), dstOffset: VkDeviceSize(offset), size: VkDeviceSize(byteCount))
    calls.copyBuffer(buffer, source.handle, destination.handle, 1, &region)
  }

  /// Binds a stage's pipeline, buffers and push constants.
  func bind(_ pipeline: VkPipeline, _ layout: VkPipelineLayout, _ set: VkDescriptorSet?, _ constants: zmin_slice) {
    var set = set
    var constants = constants
    calls.bindPipeline(buffer, VK_PIPELINE_BIND_POINT_COMPUTE, pipeline)
    calls.bindDescriptorSets(buffer, VK_PIPELINE_BIND_POINT_COMPUTE, layout, 0, 1, &set, 0, nil)
    calls.pushConstants(
      buffer, layout, VK_SHADER_STAGE_COMPUTE_BIT.rawValue, 0, UInt32(MemoryLayout<zmin_slice>.size), &constants)
  }

  /// Runs the bound stage in this many workgroups.
  func dispatch(_ workgroups: Int) {
    call.unlessSkipped("vkCmdDispatch") { calls.dispatch(buffer, UInt32(workgroups), 1, 1) }
  }

  /// Runs the bound stage. The device reads the number of workgroups from `arguments` at `offset`.
  func dispatchIndirect(_ arguments: DeviceBuffer, at offset: Int) {
    call.unlessSkipped("vkCmdDispatchIndirect") {
      calls.dispatchIndirect(buffer, arguments.handle, VkDeviceSize(offset))
    }
  }
}

/// A command buffer for one queue, recorded anew for each slice.
final class CommandRecorder {
  let queue: DeviceQueue
  private let device: VulkanDevice
  private let pool: VkCommandPool?
  private let buffer: VkCommandBuffer?

  /// - Throws: ``VulkanError``.
  init(for queue: DeviceQueue, on device: VulkanDevice) throws(VulkanError) {
    let calls = device.calls
    var info = VkCommandPoolCreateInfo()
    info.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO
    info.flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT.rawValue
    info.queueFamilyIndex = queue.familyIndex
    var pool: VkCommandPool?
    try device.call("vkCreateCommandPool") { calls.createCommandPool(device.handle, &info, nil, &pool) }
    var allocation = VkCommandBufferAllocateInfo()
    allocation.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO
    allocation.commandPool = pool
    allocation.level = VK_COMMAND_BUFFER_LEVEL_PRIMARY
    allocation.commandBufferCount = 1
    var buffer: VkCommandBuffer?
    do throws(VulkanError) {
      try device.call("vkAllocateCommandBuffers") {
        calls.allocateCommandBuffers(device.handle, &allocation, &buffer)
      }
    } catch {
      calls.destroyCommandPool(device.handle, pool, nil)
      throw error
    }
    self.queue = queue
    self.device = device
    self.pool = pool
    self.buffer = buffer
  }

  deinit {
    if !device.isAbandoned { device.calls.destroyCommandPool(device.handle, pool, nil) }
  }

  /// Replaces the recorded commands. The device must have finished the old ones.
  ///
  /// - Throws: ``VulkanError``.
  func record(_ body: (Commands) -> Void) throws(VulkanError) {
    let calls = device.calls
    try device.call("vkResetCommandPool") { calls.resetCommandPool(device.handle, pool, 0) }
    var info = VkCommandBufferBeginInfo()
    info.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO
    info.flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT.rawValue
    try device.call("vkBeginCommandBuffer") { calls.beginCommandBuffer(buffer, &info) }
    body(Commands(buffer, on: device))
    try device.call("vkEndCommandBuffer") { calls.endCommandBuffer(buffer) }
  }

  var handle: VkCommandBuffer? { buffer }
}
