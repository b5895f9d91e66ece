internal import CZminVulkan

/// Descriptor sets of one lane. They bind the lane's buffers to each stage.
final class SliceSets {
  private let device: VulkanDevice
  private let pool: VkDescriptorPool?
  private let sets: [VkDescriptorSet?]

  /// - Throws: ``VulkanError``.
  init(_ buffers: SliceBuffers, _ layouts: SliceLayouts, on device: VulkanDevice) throws(VulkanError) {
    let (calls, call) = (device.calls, device.call)
    var structs = CStructs()
    var size = VkDescriptorPoolSize()
    size.type = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER
    size.descriptorCount = UInt32(SliceStage.allCases.reduce(0) { $0 + $1.bindings.count })
    var info = VkDescriptorPoolCreateInfo()
    info.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO
    info.maxSets = UInt32(SliceStage.allCases.count)
    info.poolSizeCount = 1
    info.pPoolSizes = structs.one(size)
    var pool: VkDescriptorPool?
    try call("vkCreateDescriptorPool") { calls.createDescriptorPool(device.handle, &info, nil, &pool) }
    var allocation = VkDescriptorSetAllocateInfo()
    allocation.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO
    allocation.descriptorPool = pool
    allocation.descriptorSetCount = info.maxSets
    allocation.pSetLayouts = structs.array(SliceStage.allCases.map { layouts[$0].set as VkDescriptorSetLayout? })
    var sets = [VkDescriptorSet?](repeating: nil, count: SliceStage.allCases.count)
    do throws(VulkanError) {
      try call("vkAllocateDescriptorSets") { calls.allocateDescriptorSets(device.handle, &allocation, &sets) }
    } catch {
      calls.destroyDescriptorPool(device.handle, pool, nil)
      throw error
    }
    var writes: [VkWriteDescriptorSet] = []
    for stage in SliceStage.allCases {
      for binding in stage.bindings {
        var write = VkWriteDescriptorSet()
        write.sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET
        write.dstSet = sets[stage.rawValue]
        write.dstBinding = binding.number
        write.descriptorCount = 1
        write.descriptorType = VK_DESCRIPTOR_TYPE_STORAGE_BUFFER
        let offset = buffers.offset(of: binding)
        write.pBufferInfo = structs.one(
          VkDescriptorBufferInfo(
            buffer: buffers[binding].handle, offset: VkDeviceSize(offset),
            range: VkDeviceSize(buffers[binding].byteCount - offset)))
        writes.append(write)
      }
    }
    calls.updateDescriptorSets(device.handle, UInt32(writes.count), writes, 0, nil)
    self.device = device
    self.pool = pool
    self.sets = sets
  }

  deinit {
    if !device.isAbandoned { device.calls.destroyDescriptorPool(device.handle, pool, nil) }
  }

  subscript(stage: SliceStage) -> VkDescriptorSet? { sets[stage.rawValue] }
}
