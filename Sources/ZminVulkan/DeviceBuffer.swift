internal import CZminVulkan
import ZminMemory

/// A Vulkan buffer with its own memory. Host-visible memory stays mapped until the buffer is destroyed.
///
/// `@unchecked Sendable` because the handles are constant, and only the thread that uses the lane touches the memory.
final class DeviceBuffer: @unchecked Sendable {
  /// Purpose of a buffer. It decides the memory type.
  enum Use {
    /// Read and written by the device alone.
    case work
    /// Read and written by shaders and by the host.
    case shared
    /// Read and written by the host. Copies move its bytes to and from the device's memory.
    case staging
  }

  let handle: VkBuffer
  let byteCount: Int
  /// Mapped memory, nil if it is not host-visible.
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
    guard let buffer else { throw VulkanError("vkCreateBuffer returned nothing") }
    var memory: VkDeviceMemory?
    do throws(VulkanError) {
      var requirements = VkMemoryRequirements()
      calls.getBufferMemoryRequirements(deviceHandle, buffer, &requirements)
      guard let type = device.physical.memoryType(for: use, among: requirements.memoryTypeBits) else {
        throw VulkanError("no suitable memory type")
      }
      var allocation = VkMemoryAllocateInfo()
      allocation.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO
      allocation.allocationSize = requirements.size
      allocation.memoryTypeIndex = type.index
      try call("vkAllocateMemory") { calls.allocateMemory(deviceHandle, &allocation, nil, &memory) }
      guard let allocated = memory else { throw VulkanError("vkAllocateMemory returned nothing") }
      try call("vkBindBufferMemory") { calls.bindBufferMemory(deviceHandle, buffer, allocated, 0) }
      var start: UnsafeMutableRawPointer?
      if use != .work {
        // ~0 is VK_WHOLE_SIZE, a macro that Swift does not import.
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
    // The ledger may query the pages until its entry is gone, so the entry goes first.
    entry = nil
    if device.isAbandoned { return }
    device.calls.destroyBuffer(device.handle, handle, nil)
    device.calls.freeMemory(device.handle, memory, nil)
  }
}
