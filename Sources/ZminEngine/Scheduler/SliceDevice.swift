/// A device that minifies slices, together with the CPU or alone.
package protocol SliceDevice: AnyObject, Sendable {
  /// Name for messages.
  var name: String { get }
  /// At least one lane, made once for all inputs of a run.
  var lanes: [any SliceLane] { get }
  /// Largest slice. The memory of a lane must have room for it and ``SliceSlot/inputMarginBytes``.
  var sliceBytesMax: Int { get }
  /// Smallest slice that is worth its transfer.
  var sliceBytesMin: Int { get }
}

/// Failure of a device: it cannot be used, or was lost.
package struct DeviceFailure: Error, Sendable, Equatable, CustomStringConvertible {
  /// Reason, in one clause.
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// Use of a device by a run in slices.
package enum DeviceUse: Sendable {
  case none
  /// The device joins the CPU when it is ready. The run does not wait for it.
  case beside(PendingDevice)
  /// The run waits for the device. The CPU takes only the slices that the device cannot.
  case alone(PendingDevice)
}
