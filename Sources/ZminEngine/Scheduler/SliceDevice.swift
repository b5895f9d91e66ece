/// A device that takes slices beside the CPU, or in its place.
package protocol SliceDevice: AnyObject, Sendable {
  /// What messages call it.
  var name: String { get }
  /// Made once, and used for every input of a run. There is one at least.
  var lanes: [any SliceLane] { get }
  /// The most that a slice has, if its lanes' memory has room for that and ``SliceSlot/inputMarginBytes`` more.
  var sliceBytesMax: Int { get }
  /// Less is not worth the way there.
  var sliceBytesMin: Int { get }
}

/// A device cannot be used, or no longer.
package struct DeviceFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// Why, in one clause.
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// What a run in slices does with a device.
package enum DeviceUse: Sendable {
  case none
  /// The device joins the CPU when it is ready; the run does not wait for it.
  case beside(PendingDevice)
  /// The run waits for the device, and the CPU does only what the device cannot.
  case alone(PendingDevice)
}
