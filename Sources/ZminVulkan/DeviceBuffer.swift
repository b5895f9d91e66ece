internal import CZminVulkan
import ZminMemory

/// A buffer with memory of its own, mapped for as long as it lives if the host sees it.
///
/// `@unchecked Sendable` because the handles are constant, and the memory has one holder at a time, the lane's.
final class DeviceBuffer: @unchecked Sendable {
  /// What a buffer is for.
  enum Use {
    /// Only the device reads and writes it.
    case work
    /// Shaders and host read and write it.
    case shared
    /// The host reads and writes it, and copies lead to and from it.
    case staging
  }

  let handle: VkBuffer
  let byteCount: Int
  /// The memory, nil if the host does not see it.
  let bytes: UnsafeMutableRawBufferPointer?
  private let memory: VkDeviceMemory
  private let device: VulkanDevice
  private var entry: LedgerEntry?

  /// - Throws: ``VulkanError``.
  init(byteCount: Int, for use: Use, on device: VulkanDevice) throws(VulkanError) {
    let (calls, call, deviceHandle) = (device.calls, device.call, device.handle)
    var structs = CStructs()
    var info = VkBufferCreateInfo()
    info.sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO
    info.size = VkDeviceSize(byteCount)
    info.usage =
      VK_BUFFER_USAGE_TRANSFER_SRC_BIT.rawValue | VK_BUFFER_USAGE_TRANSFER_DST_BIT.rawValue
      | (use == .staging
        ? 0 : VK_BUFFER_USAGE_STORAGE_BUFFER_BIT.rawValue | VK_BUFFER_USAGE_INDIRECT_BUFFER_BIT.rawValue)
    let families = device.familyIndices
    if families.count > 1 {
      info.sharingMode = VK_SHARING_MODE_CONCURRENT
      info.queueFamilyIndexCount = UInt32(families.count)
      info.pQueueFamilyIndices = structs.array(families)
    }
    var buffer: VkBuffer?
    try call("vkCreateBuffer") { calls.createBuffer(deviceHandle, &info, nil, &buffer) }
    guard let buffer else { throw VulkanError("vkCreateBuffer gave nothing") }
    var memory: VkDeviceMemory?
    do throws(VulkanError) {
      var requirements = VkMemoryRequirements()
      calls.getBufferMemoryRequirements(deviceHandle, buffer, &requirements)
      guard let type = device.physical.memoryType(for: use, among: requirements.memoryTypeBits) else {
        throw VulkanError("no memory of the kind that is needed")
      }
      var allocation = VkMemoryAllocateInfo()
      allocation.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO
      allocation.allocationSize = requirements.size
      allocation.memoryTypeIndex = type.index
      try call("vkAllocateMemory") { calls.allocateMemory(deviceHandle, &allocation, nil, &memory) }
      guard let allocated = memory else { throw VulkanError("vkAllocateMemory gave nothing") }
      try call("vkBindBufferMemory") { calls.bindBufferMemory(deviceHandle, buffer, allocated, 0) }
      var start: UnsafeMutableRawPointer?
      if use != .work {
        // VK_WHOLE_SIZE, a macro that Swift does not see.
        try call("vkMapMemory") { calls.mapMemory(deviceHandle, allocated, 0, ~0, 0, &start) }
      }
      bytes = start.map { UnsafeMutableRawBufferPointer(start: $0, count: byteCount) }
      entry = LedgerEntry(
        byteCount: Int(requirements.size), for: use == .work ? .deviceWork : .deviceStaging, at: start,
        in: device.ledger)
      self.memory = allocated
    } catch {
      calls.destroyBuffer(deviceHandle, buffer, nil)
      if let memory { calls.freeMemory(deviceHandle, memory, nil) }
      throw error
    }
    handle = buffer
    self.byteCount = byteCount
    self.device = device
  }

  deinit {
    // First, as the ledger may ask about its pages until then.
    entry = nil
    if device.isAbandoned { return }
    device.calls.destroyBuffer(device.handle, handle, nil)
    device.calls.freeMemory(device.handle, memory, nil)
  }
}
