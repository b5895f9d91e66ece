internal import CZminVulkan

/// Device limits that matter to the shaders.
package struct DeviceLimits: Sendable, Equatable {
  /// Maximum threads in a workgroup.
  package let workgroupThreads: Int
  /// Maximum workgroups in a dispatch.
  package let workgroups: Int
  /// Maximum shared memory of a workgroup, in bytes.
  package let sharedBytes: Int
  /// Maximum storage buffers bound to one stage.
  package let storageBuffers: Int
  /// Maximum size of one storage buffer, in bytes.
  package let storageBufferBytes: Int
  /// Maximum size of one allocation, in bytes.
  package let allocationBytes: Int
  /// Required alignment of a storage buffer's offset, in bytes.
  package let storageAlignmentBytes: Int

  init(_ limits: VkPhysicalDeviceLimits, allocationBytes: UInt64) {
    workgroupThreads = Int(min(limits.maxComputeWorkGroupInvocations, limits.maxComputeWorkGroupSize.0))
    workgroups = Int(limits.maxComputeWorkGroupCount.0)
    sharedBytes = Int(limits.maxComputeSharedMemorySize)
    storageBuffers = Int(limits.maxPerStageDescriptorStorageBuffers)
    storageBufferBytes = Int(limits.maxStorageBufferRange)
    // The required minimum is 2^30 (Vulkan 1.3, "Required Limits"). Some drivers report 0.
    self.allocationBytes = max(1 << 30, Int(clamping: allocationBytes))
    storageAlignmentBytes = Int(limits.minStorageBufferOffsetAlignment)
  }
}
