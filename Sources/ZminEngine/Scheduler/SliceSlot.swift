import ZminCore
import ZminMemory

/// The memory of one slice on its way: its bytes, what they become, and what was found out.
///
/// `@unchecked Sendable` because a slot has one holder at any time: the worker or lane that ``SliceQueue`` has given the
/// slice, then whoever joins it. The lock that guards the queue is what hands it over.
package final class SliceSlot: @unchecked Sendable {
  /// Room in front of the output, for an LF, that leaves it aligned as vectors and devices like it.
  package static let outputMarginBytes = 256
  /// How much longer than was wished a slice may be.
  package static let inputMarginBytes = SliceBoundary.windowBytes

  /// Where the slice is read to: after the bytes before it that its start is found in, or, for a lane, from the start.
  let input: UnsafeMutableRawBufferPointer
  private let output: UnsafeMutableRawBufferPointer
  /// For a lane, what the start is found in.
  let cutWindow: UnsafeMutableRawBufferPointer
  /// The owner of the input and the output, nil if the slot owns them.
  let lane: (any SliceLane)?
  /// State shown to the memory profiler.
  private let poolSlot: PoolSlot
  private let ownInput: ByteBuffer
  private let ownOutput: ByteBuffer?
  /// The most that a slice may have.
  let sliceBytesMax: Int

  /// Where the slice's bytes are in the input.
  var range = 0..<0
  private(set) var minified: MinifiedSlice
  /// Whether the output is the slice's bytes.
  private(set) var isUnchanged = false
  /// How what was made of the slice differs from what another path makes of it.
  var difference: VerificationDifference?
  /// Whether the slice could have started either way, for all that its bytes tell.
  var isStartUndecided = false
  /// Set if the producer paused after the slice's bytes.
  var isBeforePause = false
  /// Why what follows the slice's bytes could not be read, or be held; it counts once these are joined.
  var error: (any Error)?

  /// - Parameter sliceBytes: The most that a slice has.
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

  /// What a slot's buffers take, besides the nesting.
  static func bytes(forSliceBytes sliceBytes: Int, _ format: Format) -> Int {
    inputBytes(forSliceBytes: sliceBytes) + outputBytes(forSliceBytes: sliceBytes, format)
  }

  private static func inputBytes(forSliceBytes sliceBytes: Int) -> Int { sliceBytes + inputMarginBytes }

  /// What a slice's output may take.
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

  /// Room for all that the slice can become.
  var room: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: output[Self.outputMarginBytes...])
  }

  /// The first bytes of the output, with an LF before them if there is to be one.
  func outputBytes(_ count: Int, afterLineFeed: Bool) -> UnsafeRawBufferPointer {
    var start = Self.outputMarginBytes
    if afterLineFeed {
      start -= 1
      output[start] = UInt8(ascii: "\n")
    }
    return UnsafeRawBufferPointer(rebasing: output[start..<Self.outputMarginBytes + count])
  }

  /// Begins with another slice, of which nothing is known but perhaps where it lies.
  func begin(_ range: Range<Int> = 0..<0) {
    self.range = range
    minified.forget()
    isStartUndecided = false
    difference = nil
    isBeforePause = false
    error = nil
    setState(.reading)
  }

  /// Says what is done with it from now on, to those who look at the pool.
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
