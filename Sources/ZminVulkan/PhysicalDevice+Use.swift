internal import CZminVulkan

extension PhysicalDevice {
  /// Storage buffers that `compact` binds, more than any other stage.
  private static let storageBuffersMin = 6
  private static let workgroupThreadsMin = 64
  private static let workgroupThreadsPreferred = 256

  /// Reason why zmin cannot use the device, as a noun phrase. Nil if it can.
  package var unsupportedReason: String? {
    if !isVulkan12 { return "Vulkan \(apiVersion), older than 1.2" }
    if !hasTimelineSemaphores { return "no timeline semaphores" }
    if QueueChoice(queueFamilies) == nil { return "no compute queue" }
    if limits.storageBuffers < Self.storageBuffersMin {
      return "only \(limits.storageBuffers) storage buffers a stage, \(Self.storageBuffersMin) needed"
    }
    if !supports(workgroupThreads: Self.workgroupThreadsMin) {
      return "no room for workgroups of \(Self.workgroupThreadsMin) threads"
    }
    if memoryTypes.allSatisfy({ !$0.has(VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT, VK_MEMORY_PROPERTY_HOST_COHERENT_BIT) }) {
      return "no coherent memory that the host can map"
    }
    return nil
  }

  /// Default number of threads in a workgroup. Software devices are faster with few.
  var defaultWorkgroupThreads: Int {
    kind != .software && supports(workgroupThreads: Self.workgroupThreadsPreferred)
      ? Self.workgroupThreadsPreferred : Self.workgroupThreadsMin
  }

  private func supports(workgroupThreads threads: Int) -> Bool {
    threads <= limits.workgroupThreads && SlicePrograms.sharedBytes(forThreads: threads) <= limits.sharedBytes
  }

  /// Chooses the memory type for a use: the first one with all required and the most desired properties.
  ///
  /// - Parameter bits: Allowed types, one bit each.
  /// - Returns: Nil if no allowed type has the required properties.
  func memoryType(for use: DeviceBuffer.Use, among bits: UInt32) -> MemoryType? {
    let allowed = memoryTypes.filter { bits >> $0.index & 1 != 0 }
    func isLocal(_ type: MemoryType) -> Bool { type.has(VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT) }
    if use == .work {
      return allowed.first { isLocal($0) && !$0.has(VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT) }
        ?? allowed.first(where: isLocal) ?? allowed.first
    }
    let visible = allowed.filter { $0.has(VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT, VK_MEMORY_PROPERTY_HOST_COHERENT_BIT) }
    // The host reads this memory too. Uncached reads have been measured at 0.24 GB/s.
    let cached = visible.filter { $0.has(VK_MEMORY_PROPERTY_HOST_CACHED_BIT) }
    return cached.first { isLocal($0) == (use == .shared) } ?? cached.first ?? visible.first
  }
}
