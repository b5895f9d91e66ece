import ZminCore
import ZminMemory

/// Memory of one slice in flight: its bytes, its output and the findings.
///
/// `@unchecked Sendable` because a slot has one holder at any time: the worker or lane that claimed the slice from
/// ``SliceQueue``, then the thread that joins it. The lock that guards the queue orders their accesses.
package final class SliceSlot: @unchecked Sendable {
  /// Room before the output for an LF. It keeps the output aligned for vectors and devices.
  package static let outputMarginBytes = 256
  /// Bytes by which a slice may be longer than wished.
  package static let inputMarginBytes = SliceBoundary.windowBytes

  /// Memory for the slice. For a worker the bytes in which its start is found come first. For a lane the slice does.
  let input: UnsafeMutableRawBufferPointer
  private let output: UnsafeMutableRawBufferPointer
  /// Memory for the bytes in which the start is found, for a lane.
  let cutWindow: UnsafeMutableRawBufferPointer
  /// The owner of the input and the output, nil if the slot owns them.
  let lane: (any SliceLane)?
  /// State shown to the memory profiler.
  private let poolSlot: PoolSlot
  private let ownInput: ByteBuffer
  private let ownOutput: ByteBuffer?
  /// Largest slice.
  let sliceBytesMax: Int

  /// Range of the slice's bytes in ``input``.
  var range = 0..<0
  private(set) var minified: MinifiedSlice
  /// True if the output equals the slice.
  private(set) var isUnchanged = false
  /// Difference to the result of another path, if the slice was verified and there is one.
  var difference: VerificationDifference?
  /// True if the bytes do not tell whether the slice starts in a string.
  var isStartUndecided = false
  /// True if the producer paused after the slice.
  var isBeforePause = false
  /// Error of reading or holding the bytes after the slice. It counts once the slice is joined.
  var error: (any Error)?

  /// - Parameter sliceBytes: Largest slice.
  /// - Throws: ``OutOfMemory``.
  init(sliceBytes: Int, _ options: MinifierOptions, ledger: MemoryLedger) throws(OutOfMemory) {
    let ownInput = try ByteBuffer(
      byteCount: Self.inputBytes(forSliceBytes: sliceBytes), for: .inputWindow, in: ledger)
    let ownOutput = try ByteBuffer(
      byteCount: Self.outputBytes(forSliceBytes: sliceBytes, options.format), for: .outputWindow, in: ledger)
    minified = try MinifiedSlice(ledger: ledger)
    input = ownInput.bytes
    output = ownOutput.bytes
    cutWindow = ownInput.bytes
    lane = nil
    sliceBytesMax = sliceBytes
    poolSlot = PoolSlot(.slice, capacityBytes: sliceBytes, in: ledger)
    self.ownInput = consume ownInput
    self.ownOutput = consume ownOutput
  }

  /// A slot in a lane's memory.
  ///
  /// - Throws: ``OutOfMemory``.
  init(lane: any SliceLane, _ options: MinifierOptions, ledger: MemoryLedger) throws(OutOfMemory) {
    let ownInput = try ByteBuffer(byteCount: SliceBoundary.windowBytes, for: .inputWindow, in: ledger)
    minified = try MinifiedSlice(ledger: ledger)
    input = lane.input
    output = lane.output
    cutWindow = ownInput.bytes
    self.lane = lane
    var sliceBytesMax = max(0, min(lane.input.count, lane.output.count) - Self.inputMarginBytes)
    let excess = Self.outputBytes(forSliceBytes: sliceBytesMax, options.format) - lane.output.count
    if excess > 0 { sliceBytesMax = max(0, sliceBytesMax - excess) }
    self.sliceBytesMax = sliceBytesMax
    poolSlot = PoolSlot(.lane, capacityBytes: sliceBytesMax, in: ledger)
    self.ownInput = consume ownInput
    ownOutput = nil
  }

  /// Bytes of a slot's buffers, without the nesting.
  static func bytes(forSliceBytes sliceBytes: Int, _ format: Format) -> Int {
    inputBytes(forSliceBytes: sliceBytes) + outputBytes(forSliceBytes: sliceBytes, format)
  }

  private static func inputBytes(forSliceBytes sliceBytes: Int) -> Int { sliceBytes + inputMarginBytes }

  /// Largest output of a slice, in bytes.
  static func roomBytes(forSliceBytes sliceBytes: Int, _ format: Format) -> Int {
    Minifier.outputBytes(forInputBytes: inputBytes(forSliceBytes: sliceBytes), format: format)
  }

  private static func outputBytes(forSliceBytes sliceBytes: Int, _ format: Format) -> Int {
    outputMarginBytes + roomBytes(forSliceBytes: sliceBytes, format)
  }

  /// True if the slot is in the memory of a device's lane.
  var isOnLane: Bool { lane != nil }

  /// The slice.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: input[range]) }

  /// Room for the output.
  var room: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: output[Self.outputMarginBytes...])
  }

  /// Returns the first bytes of the output, with an LF before them if asked for.
  func outputBytes(_ count: Int, afterLineFeed: Bool) -> UnsafeRawBufferPointer {
    var start = Self.outputMarginBytes
    if afterLineFeed {
      start -= 1
      output[start] = UInt8(ascii: "\n")
    }
    return UnsafeRawBufferPointer(rebasing: output[start..<Self.outputMarginBytes + count])
  }

  /// Begins with another slice.
  func begin(_ range: Range<Int> = 0..<0) {
    self.range = range
    minified.forget()
    isStartUndecided = false
    difference = nil
    isBeforePause = false
    error = nil
    setState(.reading)
  }

  /// Sets the state that the memory profiler shows.
  func setState(_ state: PoolSlot.State) { poolSlot.setState(state) }

  /// Minifies the slice from an assumed start.
  ///
  /// - Throws: The minifier's error.
  func minify(
    startingIn start: SlicePrefix.Start, _ options: MinifierOptions,
    with minifier: borrowing some SliceMinifier & ~Copyable
  ) throws {
    setState(.working)
    poolSlot.take(byteCount: range.count)
    try minified.make(of: bytes, startingIn: start, options, with: minifier, into: room)
    isUnchanged = outputBytes(minified.writtenBytes, afterLineFeed: false).hasSameBytes(as: bytes)
  }
}
