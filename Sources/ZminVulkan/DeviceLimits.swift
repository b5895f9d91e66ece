internal import CZminVulkan

/// The limits of a device that matter to the shaders.
package struct DeviceLimits: Sendable, Equatable {
  /// Threads in a workgroup.
  package let workgroupThreads: Int
  /// Workgroups in a dispatch.
  package let workgroups: Int
  /// Memory that a workgroup shares, in bytes.
  package let sharedBytes: Int
  /// Storage buffers that one stage sees.
  package let storageBuffers: Int
  /// What one storage buffer has, in bytes.
  package let storageBufferBytes: Int
  /// What one allocation has, in bytes.
  package let allocationBytes: Int
  /// What the place of a storage buffer in its memory is a multiple of, in bytes.
  package let storageAlignmentBytes: Int

  init(_ limits: VkPhysicalDeviceLimits, allocationBytes: UInt64) {
    workgroupThreads = Int(min(limits.maxComputeWorkGroupInvocations, limits.maxComputeWorkGroupSize.0))
    workgroups = Int(limits.maxComputeWorkGroupCount.0)
    sharedBytes = Int(limits.maxComputeSharedMemorySize)
    storageBuffers = Int(limits.maxPerStageDescriptorStorageBuffers)
    storageBufferBytes = Int(limits.maxStorageBufferRange)
    // No driver may give less than 2^30 (Vulkan 1.3, "Required Limits"); some say 0.
    self.allocationBytes = max(1 << 30, Int(clamping: allocationBytes))
    storageAlignmentBytes = Int(limits.minStorageBufferOffsetAlignment)
  }
}
