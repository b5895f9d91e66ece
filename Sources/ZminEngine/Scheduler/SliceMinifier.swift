package import ZminCPU
package import ZminCore

/// Minifies slices on one thread: a kernel on a CPU core, or a lane of a device.
package protocol SliceMinifier: ~Copyable {
  /// Checks and minifies a slice from an assumed start, as `KernelRun.checkSlice` does.
  ///
  /// - Returns: Nil if the slice is not plainly clean after that start.
  /// - Throws: `OutOfMemory`. Any other error means that the device is lost, with all its lanes.
  func checkSlice(
    _ nesting: inout SliceNesting, startingIn start: SlicePrefix.Start, format: Format, depthIncreaseMax: Int,
    _ slice: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws -> LocalSummary?
  /// Minifies a slice without any check, as `KernelRun.unchecked` does, from a state that owes no LF.
  ///
  /// - Returns: Bytes written.
  /// - Throws: Errors of ``checkSlice(_:startingIn:format:depthIncreaseMax:_:into:)``.
  func unchecked(
    _ state: inout UncheckedState, format: Format, _ slice: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) throws -> Int
}

extension KernelRun: SliceMinifier {}

/// A lane of a device: the memory of one slice at a time, and the work on it.
///
/// A slice given to it is the first bytes of ``input``, and its output is ``output`` after the margin.
package protocol SliceLane: SliceMinifier, AnyObject, Sendable {
  /// Memory for the slice, from its first byte on. It stays readable whatever becomes of the device.
  var input: UnsafeMutableRawBufferPointer { get }
  /// Memory for the output. The first ``SliceSlot/outputMarginBytes`` are room for an LF before it, and the lane writes
  /// nothing there.
  var output: UnsafeMutableRawBufferPointer { get }
}
