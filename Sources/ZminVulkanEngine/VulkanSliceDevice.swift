package import ZminCPU
package import ZminEngine
package import ZminMemory
package import ZminVulkan

/// A Vulkan device with the lanes that runs in slices have on it.
package final class VulkanSliceDevice: SliceDevice {
  package let name: String
  package let lanes: [any SliceLane]
  package let sliceBytesMax: Int
  package let sliceBytesMin: Int
  /// What the lanes are on.
  package let device: VulkanDevice

  /// Makes the lanes, and what they run for inputs of these kinds.
  ///
  /// - Parameters:
  ///   - device: The device.
  ///   - pools: How many lanes, and the most that a slice has; less where the device's limits want it so.
  ///   - kinds: What will be run. Others are made when they are first needed.
  ///   - kernel: What nesting is found with.
  ///   - ledger: The book that the memory is entered in.
  /// - Throws: ``VulkanError``, and `OutOfMemory`.
  package init(
    _ device: VulkanDevice, _ pools: DevicePools, for kinds: [ProgramKind], kernel: Kernel, ledger: MemoryLedger
  ) throws {
    precondition(VulkanLane.outputMarginBytes == SliceSlot.outputMarginBytes, "slots take lanes' outputs as they are")
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
