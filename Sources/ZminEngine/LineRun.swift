import ZminCPU
import ZminCore
package import ZminMemory

/// Minifies `ndjson` in whole lines, and separates the lines that are not valid.
///
/// A line feed always ends a line here, even in a string. Runs of lines go through the kernel at once. A run with a bad
/// line is halved until its bad lines stand alone.
///
/// Memory is that of a window, whatever the length of a line. A line longer than a window is checked first. Then it is
/// read again if the input is seekable. Otherwise it is held in chunks, up to a limit.
package struct LineRun: ~Copyable {
  /// Bytes of a line that may be held without a memory budget.
  package static let usualHeldLineBytes = 1 << 30

  var minifier: Minifier
  let lines: ByteBuffer
  let output: ByteBuffer
  let heldLineBytesMax: Int
  let ledger: MemoryLedger

  /// - Parameters:
  ///   - options: Options for the valid lines.
  ///   - windowBytes: Bytes read at once.
  ///   - heldLineBytesMax: Bytes of a line that may be held, if the input is not seekable.
  ///   - ledger: Ledger of the buffers.
  /// - Throws: ``OutOfMemory``.
  package init(
    _ options: MinifierOptions, windowBytes: Int, heldLineBytesMax: Int = Self.usualHeldLineBytes,
    ledger: MemoryLedger
  ) throws(OutOfMemory) {
    // A long line uses the halves of the window.
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

  /// Minifies one input to its end, or until it fails as a whole.
  ///
  /// - Parameters:
  ///   - sink: Receives the bad lines.
  ///   - limit: Number of bad lines allowed. With more the input is invalid.
  /// - Throws: Errors of input, output and sink, ``OutOfMemory``, ``LineTooLong``, ``VerificationDifference``.
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
    // The first bytes of those that wait, which have no LF. To search them again with each read would take time
    // quadratic in the length of a line.
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

  /// Puts the bad ones of whole lines into the sink, then writes the others to the output.
  ///
  /// An input that fails here as a whole may be impossible to read again. So the lines before the failure are written
  /// first. If the sink fails, the lines before the first one that it lost are.
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

  /// Sorts lines into good and bad. Halves them until a part is good or a single line.
  ///
  /// With few bad lines the kernel processes each good line a few times, and the slow reference none.
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

  /// The end of a line near the middle of several, nil if there is only one.
  private func middle(of lines: UnsafeRawBufferPointer) -> Int? {
    let half = lines.count / 2
    if let before = lines.lastIndex(ofByte: UInt8(ascii: "\n"), before: half) { return before + 1 }
    let after = lines[half...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 }
    return after == lines.count ? nil : after
  }

  /// Returns the error of a line. If it has none, accepts it and returns nil.
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
  /// The index after the last LF at or after `start`, 0 if there is none.
  func endOfLastLine(from start: Int) -> Int {
    let new = UnsafeRawBufferPointer(rebasing: self[start...])
    return new.lastIndex(ofByte: UInt8(ascii: "\n"), before: new.count).map { start + $0 + 1 } ?? 0
  }
}
