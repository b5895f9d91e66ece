import ZminVulkan

/// How many slices are in flight on a device, and how large they are.
package struct DevicePools: Sendable, Equatable {
  /// Slices in flight: while one is read, another goes up, is worked on, comes down, or waits to be written.
  package var lanes: Int
  /// The most that a slice has.
  package var sliceBytes: Int

  package init(lanes: Int, sliceBytes: Int) {
    self.lanes = lanes
    self.sliceBytes = sliceBytes
  }

  /// Slices that outweigh their submits on any bus.
  package static let usual = DevicePools(lanes: 4, sliceBytes: 8 << 20)
  /// Less is mostly submits.
  package static let smallestSliceBytes = 256 << 10

  /// What a driver takes of the host's memory besides: it differs widely, and nobody says it beforehand.
  package static let driverBytes = 256 << 20

  /// The host's memory for these pools, in bytes: staging and what comes of a slice, for the least favourable device.
  package var hostBytes: Int { lanes * VulkanLane.hostBytes(forSliceBytes: sliceBytes) }

  /// The device's memory for these pools, in bytes.
  package var deviceBytes: Int { lanes * VulkanLane.deviceBytes(forSliceBytes: sliceBytes) }

  /// The largest pools within both bounds, nil if there are none.
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

  /// The least that there is.
  package static let least = DevicePools(lanes: 1, sliceBytes: smallestSliceBytes)
}
