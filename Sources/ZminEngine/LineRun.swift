import ZminCPU
import ZminCore
package import ZminMemory

/// Takes `ndjson` through a minifier in whole lines and separates those that are not valid.
///
/// A line feed always ends a line here, also in what looks like a string. Runs of lines go through the kernel at once;
/// only a run with a bad line among them is taken apart.
///
/// Memory is that of a window, whatever the length of a line. A line longer than a window is checked first, and then
/// read again if the input can be read twice, or else held in chunks as far as that is allowed.
package struct LineRun: ~Copyable {
  /// Bytes of a line that are held where no budget says otherwise.
  package static let usualHeldLineBytes = 1 << 30

  var minifier: Minifier
  let lines: ByteBuffer
  let output: ByteBuffer
  let heldLineBytesMax: Int
  let ledger: MemoryLedger

  /// - Parameters:
  ///   - options: What is done to the lines that are valid.
  ///   - windowBytes: How much is read at once.
  ///   - heldLineBytesMax: How much of a line may be held, where the input cannot be read twice.
  ///   - ledger: The book that the buffers are entered in.
  /// - Throws: ``OutOfMemory``.
  package init(
    _ options: MinifierOptions, windowBytes: Int, heldLineBytesMax: Int = Self.usualHeldLineBytes,
    ledger: MemoryLedger
  ) throws(OutOfMemory) {
    // A long line takes the window by halves.
    let windowBytes = max(2, windowBytes)
    let minifier = try Minifier(options, ledger: ledger)
    let lines = try ByteBuffer(byteCount: windowBytes, for: .inputWindow, in: ledger)
    let output = try ByteBuffer(
      byteCount: Minifier.outputBytes(forInputBytes: windowBytes, format: .ndjson), for: .outputWindow, in: ledger)
    self.minifier = minifier
    self.lines = lines
    self.output = output
    self.heldLineBytesMax = heldLineBytesMax
    self.ledger = ledger
  }

  /// Takes one input to its end, or to where it fails as a whole.
  ///
  /// - Parameters:
  ///   - sink: Gets the bad lines.
  ///   - limit: How many there may be. With more the input is invalid.
  /// - Throws: What the ends throw, ``OutOfMemory``, ``LineTooLong``, ``VerificationDifference``.
  package mutating func run<Input: ByteSource & ~Copyable, Output: ByteSink & ~Copyable, Sink: BadLineSink & ~Copyable>(
    from input: inout Input, to accepted: inout Output, badLinesTo sink: inout Sink, limit: BadLineLimit
  ) throws -> RunResult {
    var progress = LineProgress(limit)
    do {
      try takeAll(from: &input, to: &accepted, badLinesTo: &sink, &progress)
      try progress.finish()
      return .complete(progress.totals)
    } catch let refused as LineProgress.Refused {
      progress.totals.refusal = refused.refusal
      return .invalid(refused.error, progress.totals)
    }
  }

  private mutating func takeAll<
    Input: ByteSource & ~Copyable, Output: ByteSink & ~Copyable, Sink: BadLineSink & ~Copyable
  >(
    from input: inout Input, to accepted: inout Output, badLinesTo sink: inout Sink, _ progress: inout LineProgress
  ) throws {
    var waitingBytes = 0
    // There is no LF in so many of the bytes that wait: looking there with every read would cost the square of a line.
    var searchedBytes = 0
    var isAtEnd = false
    while true {
      let waiting = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(lines.bytes).prefix(waitingBytes))
      let wholeBytes = isAtEnd ? waitingBytes : waiting.endOfLastLine(from: searchedBytes)
      if wholeBytes > 0 {
        let whole = UnsafeRawBufferPointer(rebasing: waiting.prefix(wholeBytes))
        try take(whole, &progress, to: &accepted, badLinesTo: &sink)
        lines.bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: waiting[wholeBytes...]))
        waitingBytes -= wholeBytes
      }
      if isAtEnd { return }
      searchedBytes = waitingBytes
      if waitingBytes == lines.bytes.count {
        let rest = try takeLongLine(from: &input, to: &accepted, badLinesTo: &sink, &progress)
        (waitingBytes, searchedBytes, isAtEnd) = (rest.byteCount, 0, rest.isAtEnd)
        continue
      }
      let readBytes = try input.read(into: UnsafeMutableRawBufferPointer(rebasing: lines.bytes[waitingBytes...]))
      progress.totals.inputBytes += readBytes
      waitingBytes += readBytes
      isAtEnd = readBytes == 0
    }
  }

  /// Takes whole lines: bad ones to the sink, and then the others to the output.
  ///
  /// An input that fails here as a whole may not come again. So the lines before that are taken first, and if the sink
  /// fails, what comes before the first line that it lost.
  private mutating func take<Output: ByteSink & ~Copyable, Sink: BadLineSink & ~Copyable>(
    _ whole: UnsafeRawBufferPointer, _ progress: inout LineProgress, to accepted: inout Output,
    badLinesTo sink: inout Sink
  ) throws {
    progress.acceptedBytes = 0
    progress.safeBytes = 0
    var refused: LineProgress.Refused?
    do {
      do {
        try sort(whole, &progress, badLinesTo: &sink)
      } catch let error as LineProgress.Refused {
        refused = error
      }
      if let difference = minifier.difference { throw difference }
      try sink.flush()
    } catch {
      if minifier.difference == nil, accepted.isFinal {
        let isRecorded = sink.recordedLines == progress.totals.badLines
        let byteCount = isRecorded ? progress.acceptedBytes : progress.safeBytes
        try? write(byteCount, of: whole, &progress, to: &accepted)
      }
      throw error
    }
    if refused == nil || accepted.isFinal { try write(progress.acceptedBytes, of: whole, &progress, to: &accepted) }
    if let refused { throw refused }
  }

  /// Writes that many bytes of the output buffer.
  private func write<Output: ByteSink & ~Copyable>(
    _ byteCount: Int, of whole: UnsafeRawBufferPointer, _ progress: inout LineProgress, to accepted: inout Output
  ) throws {
    let minified = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(output.bytes).prefix(byteCount))
    progress.totals.outputBytes += minified.count
    progress.totals.validLines += countLineFeeds(minified)
    progress.totals.isUnchanged = progress.totals.isUnchanged && minified.hasSameBytes(as: whole)
    if !minified.isEmpty { try accepted.write(minified, isUnchanged: progress.totals.isUnchanged) }
  }

  /// Sorts lines into good and bad, halving them until what is left is good or one line: with few bad lines the kernel
  /// goes over each good one a few times, and the slow reference over none.
  ///
  /// - Complexity: O(*n* log *k*) for *n* bytes with *k* bad lines; the depth of recursion is that logarithm.
  private mutating func sort<Sink: BadLineSink & ~Copyable>(
    _ lines: UnsafeRawBufferPointer, _ progress: inout LineProgress, badLinesTo sink: inout Sink
  ) throws {
    let room = UnsafeMutableRawBufferPointer(rebasing: output.bytes[progress.acceptedBytes...])
    minifier.reset(offset: progress.counter.offset)
    if let writtenBytes = try minifier.minifyIfClean(lines, into: room) {
      progress.acceptedBytes += writtenBytes
      progress.counter.advance(over: lines)
      return
    }
    if let middle = middle(of: lines) {
      for half in [lines[..<middle], lines[middle...]] {
        try sort(UnsafeRawBufferPointer(rebasing: half), &progress, badLinesTo: &sink)
      }
      return
    }
    if let failure = try failure(of: lines, &progress) {
      let error = failure.located { progress.counter.position(at: $0, in: lines) }
      var nuls = NulScan()
      nuls.append(lines)
      try progress.checkStart(failure, nuls, error)
      if sink.recordedLines == progress.totals.badLines { progress.safeBytes = progress.acceptedBytes }
      try sink.write(lines)
      if sink.recordedLines == progress.totals.badLines { progress.safeBytes = progress.acceptedBytes }
      try sink.end(
        BadLine(
          number: progress.counter.position.line, offset: progress.counter.offset,
          byteCount: lines.count - (lines.last == UInt8(ascii: "\n") ? 1 : 0), error: error))
      try progress.reject(nuls, error)
    }
    progress.counter.advance(over: lines)
  }

  /// The end of the line that is nearest to the middle of more than one, nil if there is only one.
  private func middle(of lines: UnsafeRawBufferPointer) -> Int? {
    let half = lines.count / 2
    if let before = lines.lastIndex(ofByte: UInt8(ascii: "\n"), before: half) { return before + 1 }
    let after = lines[half...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
    return after == lines.count ? nil : after
  }

  /// What is wrong with a line; nil if it is valid after all, and then it is accepted.
  private mutating func failure(of line: UnsafeRawBufferPointer, _ progress: inout LineProgress) throws -> Failure? {
    let room = UnsafeMutableRawBufferPointer(rebasing: output.bytes[progress.acceptedBytes...])
    minifier.reset(offset: progress.counter.offset)
    let body = try minifier.minify(line, into: room)
    if let failure = body.failure { return failure }
    let end = minifier.finish(into: UnsafeMutableRawBufferPointer(rebasing: room[body.writtenBytes...]))
    if let failure = end.failure { return failure }
    progress.acceptedBytes += body.writtenBytes + end.writtenBytes
    return nil
  }
}

extension UnsafeRawBufferPointer {
  /// The index after the last LF, of those from `start` on; 0 if there is none.
  func endOfLastLine(from start: Int) -> Int {
    let new = UnsafeRawBufferPointer(rebasing: self[start...])
    return new.lastIndex(ofByte: UInt8(ascii: "\n"), before: new.count).map { start + $0 + 1 } ?? 0
  }
}
