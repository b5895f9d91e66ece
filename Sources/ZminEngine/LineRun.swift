import ZminCore
package import ZminMemory

/// Takes `ndjson` through a minifier in whole lines and puts aside the lines that are not valid.
///
/// A line feed always ends a line here, also in what looks like a string. Runs of lines go through the kernel at once;
/// only a run with a bad line among them is taken apart. Memory is that of a window, or of the longest line.
package struct LineRun: ~Copyable {
  /// The longest line, in bytes, that may be held.
  package static let lineBytesMax = 1 << 30

  private var minifier: Minifier
  private var lines: ByteBuffer
  private var output: ByteBuffer
  private let ledger: MemoryLedger

  /// - Throws: ``OutOfMemory``.
  package init(_ options: MinifierOptions, windowBytes: Int, ledger: MemoryLedger) throws(OutOfMemory) {
    let minifier = try Minifier(options, ledger: ledger)
    let lines = try ByteBuffer(byteCount: windowBytes, for: .inputWindow, in: ledger)
    let output = try Self.output(forLineBytes: windowBytes, ledger)
    self.minifier = minifier
    self.lines = lines
    self.output = output
    self.ledger = ledger
  }

  private static func output(forLineBytes byteCount: Int, _ ledger: MemoryLedger) throws(OutOfMemory) -> ByteBuffer {
    try ByteBuffer(
      byteCount: Minifier.outputBytes(forInputBytes: byteCount, format: .ndjson), for: .outputWindow, in: ledger)
  }

  /// How far a run has come.
  private struct Progress {
    var totals = RunTotals()
    var counter = LineCounter()
    /// What is wrong with the first bad line.
    var firstError: InvalidJSON?
    /// Bytes in the output buffer.
    var acceptedBytes = 0
    let badLinesMax: Int?

    var hasTooManyBadLines: Bool { badLinesMax.map { totals.badLines > $0 } ?? false }
  }

  /// Takes one input to its end, or until it has more bad lines than are allowed.
  ///
  /// - Parameters:
  ///   - rejected: Gets the bad lines, byte for byte.
  ///   - badLinesMax: How many are allowed, nil for any number. With more the run fails with the first one's error.
  /// - Throws: What the ends throw, ``OutOfMemory``, ``LineTooLong``, ``VerificationDifference``.
  package mutating func run<
    Input: RunInput & ~Copyable, Output: RunOutput & ~Copyable, Rejected: RunOutput & ~Copyable
  >(
    from input: inout Input, to accepted: inout Output, badLinesTo rejected: inout Rejected, badLinesMax: Int?
  ) throws -> RunResult {
    var progress = Progress(badLinesMax: badLinesMax)
    var waitingBytes = 0
    while true {
      if waitingBytes == lines.bytes.count { try growLines() }
      let readBytes = try input.read(into: UnsafeMutableRawBufferPointer(rebasing: lines.bytes[waitingBytes...]))
      progress.totals.inputBytes += readBytes
      let read = UnsafeRawBufferPointer(rebasing: lines.bytes.prefix(waitingBytes + readBytes))
      // There is no LF in what waits: looking there again with every read would cost the square of a long line.
      let new = UnsafeRawBufferPointer(rebasing: read.dropFirst(waitingBytes))
      let wholeBytes =
        readBytes == 0
        ? read.count
        : new.lastIndex(ofByte: UInt8(ascii: "\n"), before: new.count).map { waitingBytes + $0 + 1 } ?? 0
      let whole = UnsafeRawBufferPointer(rebasing: read.prefix(wholeBytes))
      progress.acceptedBytes = 0
      try sort(whole, &progress, badLinesTo: &rejected)
      if progress.hasTooManyBadLines, let firstError = progress.firstError {
        return .invalid(firstError, progress.totals)
      }
      try handOn(whole, &progress, to: &accepted)
      waitingBytes = read.count - whole.count
      if waitingBytes > 0, !whole.isEmpty {
        lines.bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: read[whole.count...]))
      }
      if readBytes == 0 { return .complete(progress.totals) }
    }
  }

  /// Hands on what of `whole` was accepted.
  private func handOn<Output: RunOutput & ~Copyable>(
    _ whole: UnsafeRawBufferPointer, _ progress: inout Progress, to accepted: inout Output
  ) throws {
    if let difference = minifier.difference { throw difference }
    let minified = UnsafeRawBufferPointer(rebasing: output.bytes.prefix(progress.acceptedBytes))
    progress.totals.outputBytes += minified.count
    progress.totals.isUnchanged = progress.totals.isUnchanged && minified.hasSameBytes(as: whole)
    if !minified.isEmpty { try accepted.write(minified, isUnchanged: progress.totals.isUnchanged) }
  }

  /// Sorts lines into good and bad, halving them until what is left is good or one line: with few bad lines the kernel
  /// goes over each good one a few times, and the slow reference over none.
  ///
  /// - Complexity: O(*n* log *k*) for *n* bytes with *k* bad lines; the depth of recursion is that logarithm.
  private mutating func sort<Rejected: RunOutput & ~Copyable>(
    _ lines: UnsafeRawBufferPointer, _ progress: inout Progress, badLinesTo rejected: inout Rejected
  ) throws {
    let room = UnsafeMutableRawBufferPointer(rebasing: output.bytes[progress.acceptedBytes...])
    minifier.reset(offset: progress.counter.offset)
    if let writtenBytes = try minifier.minifyIfClean(lines, into: room) {
      progress.acceptedBytes += writtenBytes
      progress.counter.advance(over: lines)
      return
    }
    if let middle = middle(of: lines) {
      for half in [lines[..<middle], lines[middle...]] where !progress.hasTooManyBadLines {
        try sort(UnsafeRawBufferPointer(rebasing: half), &progress, badLinesTo: &rejected)
      }
      return
    }
    if let failure = try failure(of: lines, &progress) {
      progress.firstError = progress.firstError ?? failure.located { progress.counter.position(at: $0, in: lines) }
      progress.totals.badLines += 1
      if !progress.hasTooManyBadLines { try rejected.write(lines, isUnchanged: false) }
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
  private mutating func failure(of line: UnsafeRawBufferPointer, _ progress: inout Progress) throws -> Failure? {
    let room = UnsafeMutableRawBufferPointer(rebasing: output.bytes[progress.acceptedBytes...])
    minifier.reset(offset: progress.counter.offset)
    let body = try minifier.minify(line, into: room)
    if let failure = body.failure { return failure }
    let end = minifier.finish(into: UnsafeMutableRawBufferPointer(rebasing: room[body.writtenBytes...]))
    if let failure = end.failure { return failure }
    progress.acceptedBytes += body.writtenBytes + end.writtenBytes
    return nil
  }

  private mutating func growLines() throws {
    let byteCount = 2 * lines.bytes.count
    guard byteCount <= Self.lineBytesMax else { throw LineTooLong() }
    let larger = try ByteBuffer(byteCount: byteCount, for: .inputWindow, in: ledger)
    larger.bytes.copyMemory(from: UnsafeRawBufferPointer(lines.bytes))
    lines = larger
    output = try Self.output(forLineBytes: byteCount, ledger)
  }
}

/// A line is longer than may be held while it is not known whether it is valid.
package struct LineTooLong: Error, CustomStringConvertible {
  package var description: String { "a line is longer than \(LineRun.lineBytesMax) bytes, too long for --bad-lines" }
}
