import ZminCPU
import ZminCore
import ZminMemory

/// The memory of one slice on its way: its bytes, what they become, and what was found out.
///
/// `@unchecked Sendable` because a slot has one holder at any time: the worker that ``SliceQueue`` has given the slice,
/// then whoever joins it. The lock that guards the queue is what hands it over.
final class SliceSlot: @unchecked Sendable {
  /// Room in front of the output, for an LF, that leaves it aligned as vectors like it.
  private static let outputMarginBytes = 64

  /// Where the slice is read to, with the bytes before it that its start is found in.
  let input: ByteBuffer
  private let output: ByteBuffer
  /// Where the slice's bytes are in the input buffer.
  var range = 0..<0
  private(set) var minified: MinifiedSlice
  /// Whether the output is the slice's bytes.
  private(set) var isUnchanged = false
  /// Whether the slice could have started either way, for all that its bytes tell.
  var isStartUndecided = false
  /// Why what follows the slice's bytes could not be read, or be held; it counts once these are joined.
  var error: (any Error)?

  /// - Parameter sliceBytes: The most that a slice has.
  /// - Throws: ``OutOfMemory``.
  init(sliceBytes: Int, format: Format, ledger: MemoryLedger) throws(OutOfMemory) {
    input = try ByteBuffer(byteCount: Self.inputBytes(forSliceBytes: sliceBytes), for: .inputWindow, in: ledger)
    output = try ByteBuffer(
      byteCount: Self.outputBytes(forSliceBytes: sliceBytes, format), for: .outputWindow, in: ledger)
    minified = try MinifiedSlice(ledger: ledger)
  }

  /// What a slot's buffers take, besides the nesting.
  static func bytes(forSliceBytes sliceBytes: Int, _ format: Format) -> Int {
    inputBytes(forSliceBytes: sliceBytes) + outputBytes(forSliceBytes: sliceBytes, format)
  }

  private static func inputBytes(forSliceBytes sliceBytes: Int) -> Int { sliceBytes + SliceCut.windowBytes }

  private static func outputBytes(forSliceBytes sliceBytes: Int, _ format: Format) -> Int {
    outputMarginBytes
      + Minifier.outputBytes(forInputBytes: inputBytes(forSliceBytes: sliceBytes), format: format)
  }

  /// The slice.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: input.bytes[range]) }

  /// Room for all that the slice can become.
  var room: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: output.bytes[Self.outputMarginBytes...])
  }

  /// The first bytes of the output, with an LF before them if there is to be one.
  func outputBytes(_ count: Int, afterLineFeed: Bool) -> UnsafeRawBufferPointer {
    var start = Self.outputMarginBytes
    if afterLineFeed {
      start -= 1
      output.bytes[start] = UInt8(ascii: "\n")
    }
    return UnsafeRawBufferPointer(rebasing: output.bytes[start..<Self.outputMarginBytes + count])
  }

  /// Begins with another slice, of which nothing is known but perhaps where it lies.
  func begin(_ range: Range<Int> = 0..<0) {
    self.range = range
    minified.forget()
    isStartUndecided = false
    error = nil
  }

  /// Minifies the slice from an assumed start.
  ///
  /// - Throws: ``OutOfMemory``.
  func minify(
    startingIn start: SliceHead.Start, _ options: MinifierOptions, with kernel: borrowing KernelRun
  ) throws(OutOfMemory) {
    try minified.make(of: bytes, startingIn: start, options, with: kernel, into: room)
    isUnchanged = outputBytes(minified.writtenBytes, afterLineFeed: false).hasSameBytes(as: bytes)
  }
}
