package import ZminVulkanEngine

/// A device's part in a run.
package struct DevicePlan: Sendable, Equatable {
  /// Which device.
  package var selector: DeviceSelector
  /// The slices in flight on it.
  package var pools: DevicePools
  /// Whether the run is nothing without it.
  package var isRequired: Bool
  /// Whether it is wanted whatever the size of the files.
  package var isWanted: Bool

  /// What the device takes of the host's memory.
  package var hostBytes: Int { pools.hostBytes + DevicePools.driverBytes }

  package init(selector: DeviceSelector, pools: DevicePools, isRequired: Bool, isWanted: Bool) {
    self.selector = selector
    self.pools = pools
    self.isRequired = isRequired
    self.isWanted = isWanted
  }
}
