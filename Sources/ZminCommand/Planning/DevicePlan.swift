package import ZminVulkanEngine

/// The part of a device in a run.
package struct DevicePlan: Sendable, Equatable {
  package var selector: DeviceSelector
  /// The pools of slices in flight.
  package var pools: DevicePools
  /// True if the run fails without the device.
  package var isRequired: Bool
  /// True if the device is used for files of any size.
  package var isWanted: Bool

  /// True if the user has named the device.
  package var isNamed: Bool { selector != .best }

  /// The bytes of host memory that the device uses.
  package var hostBytes: Int { pools.hostBytes + DevicePools.driverBytes }

  package init(selector: DeviceSelector, pools: DevicePools, isRequired: Bool, isWanted: Bool) {
    self.selector = selector
    self.pools = pools
    self.isRequired = isRequired
    self.isWanted = isWanted
  }
}
