package import ZminCPU
package import ZminEngine
package import ZminMemory
package import ZminVulkan

/// A Vulkan device with its lanes for sliced runs.
package final class VulkanSliceDevice: SliceDevice {
  package let name: String
  package let lanes: [any SliceLane]
  package let sliceBytesMax: Int
  package let sliceBytesMin: Int
  /// Device that the lanes use.
  package let device: VulkanDevice

  /// Creates the lanes and compiles shaders.
  ///
  /// - Parameters:
  ///   - device: The device.
  ///   - pools: Number of lanes and maximum slice size. The device's limits may lower the size.
  ///   - kinds: Kinds of input to compile shaders for now. Others are compiled on first use.
  ///   - kernel: CPU kernel that checks nesting.
  ///   - ledger: Ledger that records the memory.
  /// - Throws: ``VulkanError``, and `OutOfMemory`.
  package init(
    _ device: VulkanDevice, _ pools: DevicePools, for kinds: [ProgramKind], kernel: Kernel, ledger: MemoryLedger
  ) throws {
    precondition(VulkanLane.outputMarginBytes == SliceSlot.outputMarginBytes, "slots use lane outputs without copying")
    let sliceBytes = min(pools.sliceBytes, device.sliceBytesMax - SliceBoundary.windowBytes)
    for kind in kinds { try device.prepare(kind) }
    self.device = device
    name = device.physical.name
    sliceBytesMax = sliceBytes
    sliceBytesMin = min(sliceBytes, DevicePools.smallestSliceBytes)
    lanes = try (0..<pools.lanes).map { _ in
      let lane = try VulkanLane(sliceBytes: sliceBytes + SliceBoundary.windowBytes, on: device)
      return try VulkanSliceLane(lane, kernel: kernel, ledger: ledger)
    }
  }
}
