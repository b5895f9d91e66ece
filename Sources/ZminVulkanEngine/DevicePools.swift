import ZminVulkan

/// Number and size of the slices in flight on a device.
package struct DevicePools: Sendable, Equatable {
  /// Slices in flight. While one is read, others are uploaded, processed, downloaded, or waiting to be written.
  package var lanes: Int
  /// Maximum size of a slice, in bytes.
  package var sliceBytes: Int

  package init(lanes: Int, sliceBytes: Int) {
    self.lanes = lanes
    self.sliceBytes = sliceBytes
  }

  /// Default pools. A slice this large takes much longer than its submit on any bus.
  package static let usual = DevicePools(lanes: 4, sliceBytes: 8 << 20)
  /// Minimum size of a slice, in bytes. Smaller slices take mostly submit time.
  package static let smallestSliceBytes = 256 << 10

  /// Allowance for the driver's own host memory, in bytes. Actual use varies widely and is not known beforehand. It
  /// covers the process that searches for a device too, which ends before a driver is opened in this one.
  package static let driverBytes = 256 << 20

  /// Maximum host memory for these pools on any device, in bytes: staging buffers and results.
  package var hostBytes: Int { lanes * VulkanLane.hostBytes(forSliceBytes: sliceBytes) }

  /// Maximum device memory for these pools, in bytes.
  package var deviceBytes: Int { lanes * VulkanLane.deviceBytes(forSliceBytes: sliceBytes) }

  /// Chooses the largest pools within both bounds. Fails if ``least`` exceeds one of them.
  package init?(withinHostBytes hostBytesMax: Int, deviceBytes deviceBytesMax: Int) {
    var sliceBytes = Self.usual.sliceBytes
    while sliceBytes >= Self.smallestSliceBytes {
      for lanes in (1...Self.usual.lanes).reversed() {
        let pools = DevicePools(lanes: lanes, sliceBytes: sliceBytes)
        if pools.hostBytes <= hostBytesMax, pools.deviceBytes <= deviceBytesMax {
          self = pools
          return
        }
      }
      sliceBytes /= 2
    }
    return nil
  }

  /// Smallest pools.
  package static let least = DevicePools(lanes: 1, sliceBytes: smallestSliceBytes)
}
