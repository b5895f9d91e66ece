package import ZminCore

/// One slice at a time on a device: the memory that it reads and writes, and the work on it.
///
/// One thread uses it at a time.
package protocol SliceLane: AnyObject, Sendable {
  /// Where a slice is put, from its first byte on. It stays readable whatever becomes of the device.
  var input: UnsafeMutableRawBufferPointer { get }
  /// What is kept of it; the first ``SliceSlot/outputMarginBytes`` are room for an LF before it, and nothing is written
  /// there.
  var output: UnsafeMutableRawBufferPointer { get }
  /// As `KernelRun.checkSlice`, for the first `byteCount` bytes of the input.
  ///
  /// - Returns: Nil if the slice is not plainly clean after that start.
  /// - Throws: ``DeviceFailure`` if the device is of no more use, with all its lanes; `OutOfMemory`.
  func checkSlice(
    _ nesting: inout SliceNesting, startingIn start: SlicePrefix.Start, format: Format, riseMax: Int, byteCount: Int
  ) throws -> LocalSummary?
  /// As `KernelRun.unchecked`, from a state that owes no LF.
  ///
  /// - Returns: Bytes written.
  /// - Throws: As ``checkSlice(_:startingIn:format:riseMax:byteCount:)``.
  func unchecked(_ state: inout UncheckedState, format: Format, byteCount: Int) throws -> Int
}

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
