internal import CZminVulkan

extension PhysicalDevice {
  /// The least that the shaders need of a device.
  private static let storageBuffersMin = 6
  private static let smallestThreads = 64
  private static let usualThreads = 256

  /// Why it cannot be used at all, nil if it can.
  package var unsupportedReason: String? {
    if !isVulkan12 { return "Vulkan 1.2 is needed, and it has \(apiVersion)" }
    if !hasTimelineSemaphores { return "it has no timeline semaphores" }
    if QueueChoice(queueFamilies) == nil { return "it cannot compute" }
    if limits.storageBuffers < Self.storageBuffersMin {
      return "a stage sees \(limits.storageBuffers) storage buffers, and \(Self.storageBuffersMin) are needed"
    }
    if !hasRoom(forThreads: Self.smallestThreads) { return "its workgroups are too small" }
    if memoryTypes.allSatisfy({ !$0.has(VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT, VK_MEMORY_PROPERTY_HOST_COHERENT_BIT) }) {
      return "it has no memory that the host sees"
    }
    return nil
  }

  /// Threads in a workgroup, where nothing else is asked for: software devices like few.
  var usualWorkgroupThreads: Int {
    kind != .software && hasRoom(forThreads: Self.usualThreads) ? Self.usualThreads : Self.smallestThreads
  }

  /// Whether workgroups can have so many threads.
  func hasRoom(forThreads threads: Int) -> Bool {
    threads <= limits.workgroupThreads && SlicePrograms.sharedBytes(forThreads: threads) <= limits.sharedBytes
  }

  /// The memory that suits a use: the first type that has all that is needed and most of what is wished for.
  ///
  /// - Parameter bits: The types that are allowed, a bit each.
  func memoryType(for use: DeviceBuffer.Use, among bits: UInt32) -> MemoryType? {
    let allowed = memoryTypes.filter { bits >> $0.index & 1 != 0 }
    func isLocal(_ type: MemoryType) -> Bool { type.has(VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT) }
    if use == .work {
      return allowed.first { isLocal($0) && !$0.has(VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT) }
        ?? allowed.first(where: isLocal) ?? allowed.first
    }
    let visible = allowed.filter { $0.has(VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT, VK_MEMORY_PROPERTY_HOST_COHERENT_BIT) }
    // The host reads it too: uncached it would be slow beyond use.
    let cached = visible.filter { $0.has(VK_MEMORY_PROPERTY_HOST_CACHED_BIT) }
    return cached.first { isLocal($0) == (use == .shared) } ?? cached.first ?? visible.first
  }
}
