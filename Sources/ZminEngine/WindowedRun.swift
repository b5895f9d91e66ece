import ZminCore
package import ZminMemory

/// Minifies inputs on one thread, a window at a time.
///
/// It is made once for any number of inputs. It allocates nothing for a window.
package struct WindowedRun: ~Copyable {
  private var minifier: Minifier
  private let inputWindow: ByteBuffer
  private let poolSlot: PoolSlot
  private var outputWindow: OutputWindow
  private let times: StageTimes?

  /// - Parameters:
  ///   - options: Options for all inputs.
  ///   - windowBytes: Bytes read at once, at least 1.
  ///   - times: Receives the times of the stages.
  ///   - ledger: Ledger of the buffers.
  /// - Throws: ``OutOfMemory``.
  package init(
    _ options: MinifierOptions, windowBytes: Int, times: StageTimes? = nil, ledger: MemoryLedger
  ) throws(OutOfMemory) {
    let minifier = try Minifier(options, ledger: ledger)
    let inputWindow = try ByteBuffer(byteCount: windowBytes, for: .inputWindow, in: ledger)
    let stepBytes = Minifier.outputBytes(forInputBytes: windowBytes, format: options.format)
    let outputWindow = try OutputWindow(
      stepBytes: stepBytes, heldBytesMax: options.makesRecords ? stepBytes : 0, ledger: ledger)
    self.minifier = minifier
    self.inputWindow = inputWindow
    poolSlot = PoolSlot(.window, capacityBytes: windowBytes, in: ledger)
    self.outputWindow = outputWindow
    self.times = times
  }

  /// Memory that it takes at most, in bytes.
  package static func bytes(_ options: MinifierOptions, windowBytes: Int) -> Int {
    let stepBytes = Minifier.outputBytes(forInputBytes: windowBytes, format: options.format)
    return windowBytes + (options.makesRecords ? 2 : 1) * stepBytes + Minifier.bytes(options)
  }

  /// Minifies one input to its end or its first error.
  ///
  /// - Throws: Errors of input and output, ``OutOfMemory``, and ``VerificationDifference``.
  package mutating func run<Input: ByteSource & ~Copyable, Output: ByteSink & ~Copyable>(
    from input: inout Input, to output: inout Output
  ) throws -> RunResult {
    times?.begin()
    defer { times?.end() }
    minifier.reset()
    outputWindow.clear()
    var totals = RunTotals()
    var comparison = OutputComparison()
    var lines = LineTracker()
    let entry = times?.enterThreads()
    defer { times?.leaveThreads() }
    let laps = StageLaps(times, entry)
    let release: OutputWindow.Release =
      output.isFinal && minifier.options.makesRecords ? .wholeRecords : .everything
    defer { poolSlot.setState(.free) }
    while true {
      var readBytes = 0
      var readError: (any Error)?
      poolSlot.setState(.reading)
      do {
        // A known error waits for bytes that may name it better, but not for a producer that pauses.
        if let failure = minifier.failureSoFar, try !input.isReady(withinMilliseconds: RunPause.milliseconds) {
          return .invalid(try failure.located(in: input, lines, reading: inputWindow.bytes), totals)
        }
        readBytes = try input.read(into: inputWindow.bytes)
      } catch {
        readError = error
      }
      if let readError {
        // An error of the input stands before the bytes that could not be read.
        guard let failure = minifier.failureSoFar else { throw readError }
        return .invalid(try failure.located(in: input, lines, reading: inputWindow.bytes), totals)
      }
      laps.end(.read)
      let window = UnsafeRawBufferPointer(rebasing: inputWindow.bytes.prefix(readBytes))
      let isLast = window.isEmpty
      poolSlot.setState(.working)
      if !isLast { poolSlot.take(byteCount: readBytes) }
      let room = outputWindow.room
      let result = isLast ? minifier.finish(into: room) : try minifier.minifyAtOnce(window, into: room)
      if let difference = minifier.difference { throw difference }
      if !input.isSeekable { lines.note(window, minifier) }
      totals.inputBytes += readBytes
      totals.lastInputByte = window.last ?? totals.lastInputByte
      totals.outputBytes += result.writtenBytes
      let minified = UnsafeRawBufferPointer(rebasing: room.prefix(result.writtenBytes))
      comparison.append(window, minified)
      totals.isUnchanged = isLast ? comparison.isSame : comparison.isSameSoFar
      totals.lacksOnlyLineFeed = isLast && comparison.lacksOnlyLineFeed
      poolSlot.setState(.writing)
      let isBad = minifier.faultOffset != nil || result.failure != nil
      laps.end(.kernel)
      try outputWindow.emit(result.writtenBytes, release, isBad: isBad, isLast: isLast) { bytes in
        try output.write(bytes, isUnchanged: totals.isUnchanged)
      }
      laps.end(.write)
      if let failure = result.failure {
        return .invalid(try failure.located(in: input, lines, reading: inputWindow.bytes), totals)
      }
      if isLast { return .complete(totals) }
    }
  }
}

extension Failure {
  /// Adds lines and columns to the failure, from the tracker or else by reading the input again.
  ///
  /// - Parameter buffer: Memory to read into.
  func located<Input: ByteSource & ~Copyable>(
    in input: borrowing Input, _ lines: LineTracker, reading buffer: UnsafeMutableRawBufferPointer
  ) throws -> InvalidJSON {
    guard input.isSeekable else { return located(by: lines.position) }
    return try located { offset in
      var counter = LineCounter()
      while counter.offset < offset {
        let piece = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(offset - counter.offset))
        let readBytes = try input.read(into: piece, at: counter.offset)
        if readBytes == 0 { break }
        counter.advance(over: UnsafeRawBufferPointer(rebasing: piece.prefix(readBytes)))
      }
      return counter.position
    }
  }
}
