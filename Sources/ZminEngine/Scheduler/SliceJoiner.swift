import ZminCore
import ZminMemory

/// Joiner of the slices of a run in order, which writes their output. One thread at a time calls it.
protocol SliceJoining: ~Copyable, SendableMetatype {
  /// Bytes of the slices joined so far.
  var joinedBytes: Int { get }
  /// True if the input so far ends in a string.
  var endsInString: Bool { get }
  /// Joins the next slice.
  ///
  /// - Parameter countsLines: True to count lines, since the input cannot be read again.
  /// - Returns: The first error of the input, if it is known now.
  /// - Throws: The slot's error, `OutOfMemory`, ``VerificationDifference``, and the output's errors.
  mutating func join<Output: ByteSink & ~Copyable>(
    _ slot: SliceSlot, to output: inout Output, countsLines: Bool
  ) throws -> Failure?
}

/// Joins the slices of a whole input.
///
/// It is a ``Minifier`` that knows the exact state before each slice. It takes the result of a worker if that fits.
/// Otherwise it minifies the slice again. So a wrong assumption costs time and never changes the output.
struct SliceJoiner: SliceJoining, ~Copyable {
  private var minifier: Minifier
  private var window: OutputWindow
  private var release = OutputWindow.Release.everything
  private(set) var lines = LineTracker()
  private(set) var totals = RunTotals()
  private var comparison = OutputComparison()
  /// Slices that were minified again, without the first.
  private(set) var redoneCount = 0
  /// Slices whose output is a device's.
  private(set) var onDeviceCount = 0
  private let times: StageTimes?

  /// - Parameters:
  ///   - heldBytesMax: Bytes of an incomplete record that may be held back.
  ///   - times: Receives the time that writing takes.
  /// - Throws: ``OutOfMemory``.
  init(
    _ options: MinifierOptions, heldBytesMax: Int, times: StageTimes?, ledger: MemoryLedger
  ) throws(OutOfMemory) {
    let minifier = try Minifier(options, ledger: ledger)
    let window = try OutputWindow(
      stepBytes: Minifier.outputBytes(forInputBytes: 0, format: options.format),
      heldBytesMax: options.makesRecords ? heldBytesMax : 0, ledger: ledger)
    self.minifier = minifier
    self.window = window
    self.times = times
  }

  /// Memory that it takes at most, in bytes.
  static func bytes(_ options: MinifierOptions, heldBytesMax: Int) -> Int {
    (options.makesRecords ? heldBytesMax : 0) + Minifier.bytes(options)
  }

  /// Begins with another input.
  ///
  /// - Parameter outputIsFinal: True if written bytes cannot be taken back.
  mutating func begin(outputIsFinal: Bool) {
    minifier.reset()
    window.clear()
    release = outputIsFinal && minifier.options.makesRecords ? .wholeRecords : .everything
    lines = LineTracker()
    totals = RunTotals()
    comparison = OutputComparison()
    redoneCount = 0
    onDeviceCount = 0
  }

  var joinedBytes: Int { totals.inputBytes }

  var endsInString: Bool { minifier.endsInString }

  mutating func join<Output: ByteSink & ~Copyable>(
    _ slot: SliceSlot, to output: inout Output, countsLines: Bool
  ) throws -> Failure? {
    let bytes = slot.bytes
    var writtenBytes: Int
    var isAfterLineFeed = false
    var isKnownUnchanged = false
    var failure: Failure?
    if let difference = slot.difference { throw difference.moved(by: totals.inputBytes) }
    if let isBoundary = try minifier.append(slot.minified, bytes) {
      writtenBytes = slot.minified.writtenBytes
      isAfterLineFeed = isBoundary
      isKnownUnchanged = !isBoundary && slot.isUnchanged
      if slot.isOnLane { onDeviceCount += 1 }
    } else {
      if totals.inputBytes > 0, !bytes.isEmpty { redoneCount += 1 }
      let result = try minifier.minify(bytes, into: slot.room)
      if let difference = minifier.difference { throw difference }
      failure = result.failure
      writtenBytes = result.writtenBytes
    }
    let endBytes = minifier.endValue(into: UnsafeMutableRawBufferPointer(rebasing: slot.room[writtenBytes...]))
    if endBytes > 0 { isKnownUnchanged = false }
    writtenBytes += endBytes
    let piece = slot.outputBytes(writtenBytes, afterLineFeed: isAfterLineFeed)
    if countsLines { lines.note(bytes, minifier) }
    count(bytes, piece, isKnownUnchanged: isKnownUnchanged)
    let isBad = minifier.faultOffset != nil || failure != nil
    try window.emit(elsewhere: piece, release, isBad: isBad) { bytes in
      try times.writing(within: .join) { try output.write(bytes, isUnchanged: totals.isUnchanged) }
    }
    if let failure { return failure }
    if let error = slot.error {
      // An error of the input stands before the bytes that could not be read.
      guard let failure = minifier.failureSoFar else { throw error }
      return failure
    }
    return slot.isBeforePause ? minifier.failureSoFar : nil
  }

  /// Ends the input after its last slice.
  ///
  /// - Returns: The first error of the input, nil if it has none.
  /// - Throws: The output's errors.
  mutating func finish<Output: ByteSink & ~Copyable>(to output: inout Output) throws -> Failure? {
    let result = minifier.finish(into: window.room)
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    count(nothing, UnsafeRawBufferPointer(rebasing: window.room.prefix(result.writtenBytes)), isKnownUnchanged: false)
    totals.isUnchanged = comparison.isSame
    totals.lacksOnlyLineFeed = comparison.lacksOnlyLineFeed
    let isBad = minifier.faultOffset != nil || result.failure != nil
    try window.emit(result.writtenBytes, release, isBad: isBad, isLast: true) { bytes in
      try output.write(bytes, isUnchanged: totals.isUnchanged)
    }
    return result.failure
  }

  private mutating func count(
    _ bytes: UnsafeRawBufferPointer, _ piece: UnsafeRawBufferPointer, isKnownUnchanged: Bool
  ) {
    totals.inputBytes += bytes.count
    totals.lastInputByte = bytes.last ?? totals.lastInputByte
    totals.outputBytes += piece.count
    if !isKnownUnchanged || !comparison.isSame { comparison.append(bytes, piece) }
    totals.isUnchanged = comparison.isSameSoFar
  }
}
