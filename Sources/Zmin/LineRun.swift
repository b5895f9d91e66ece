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

  /// Takes one input to its end, or until it has more bad lines than are allowed.
  ///
  /// - Parameters:
  ///   - rejected: Gets the bad lines, byte for byte.
  ///   - badLinesMax: How many are allowed, nil for any number. With more the run fails with the first one's error.
  /// - Throws: What the ends throw, ``OutOfMemory``, ``LineTooLong``.
  package mutating func run<
    Input: RunInput & ~Copyable, Output: RunOutput & ~Copyable, Rejected: RunOutput & ~Copyable
  >(
    from input: inout Input, to accepted: inout Output, badLinesTo rejected: inout Rejected, badLinesMax: Int?
  ) throws -> RunResult {
    var totals = RunTotals()
    var counter = LineCounter()
    var firstError: InvalidJSON?
    var waitingBytes = 0
    while true {
      if waitingBytes == lines.bytes.count { try growLines() }
      let readBytes = try input.read(into: UnsafeMutableRawBufferPointer(rebasing: lines.bytes[waitingBytes...]))
      totals.inputBytes += readBytes
      let read = UnsafeRawBufferPointer(rebasing: lines.bytes.prefix(waitingBytes + readBytes))
      // There is no LF in what waits: looking there again with every read would cost the square of a long line.
      let new = UnsafeRawBufferPointer(rebasing: read.dropFirst(waitingBytes))
      let wholeBytes =
        readBytes == 0
        ? read.count
        : new.lastIndex(ofByte: UInt8(ascii: "\n"), before: new.count).map { waitingBytes + $0 + 1 } ?? 0
      let whole = UnsafeRawBufferPointer(rebasing: read.prefix(wholeBytes))
      if try writeIfClean(whole, at: counter.offset, &totals, to: &accepted) {
        counter.advance(over: whole)
      } else {
        var start = 0
        while start < whole.count {
          let end = whole[start...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? whole.count
          let line = UnsafeRawBufferPointer(rebasing: whole[start..<end])
          if let failure = try writeIfValid(line, at: counter.offset, &totals, to: &accepted) {
            firstError = firstError ?? failure.located { counter.position(at: $0, in: line) }
            totals.badLines += 1
            if let badLinesMax, totals.badLines > badLinesMax, let firstError { return .invalid(firstError, totals) }
            totals.isUnchanged = false
            try rejected.write(line, isUnchanged: false)
          }
          counter.advance(over: line)
          start = end
        }
      }
      waitingBytes = read.count - whole.count
      if waitingBytes > 0, !whole.isEmpty {
        lines.bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: read[whole.count...]))
      }
      if readBytes == 0 { return .complete(totals) }
    }
  }

  /// Writes a run of lines if all of it is valid.
  private mutating func writeIfClean<Output: RunOutput & ~Copyable>(
    _ lines: UnsafeRawBufferPointer, at offset: Int, _ totals: inout RunTotals, to accepted: inout Output
  ) throws -> Bool { try writeIfValid(lines, at: offset, &totals, to: &accepted) == nil }

  /// Writes one or more lines if all are valid, else says what is wrong.
  private mutating func writeIfValid<Output: RunOutput & ~Copyable>(
    _ lines: UnsafeRawBufferPointer, at offset: Int, _ totals: inout RunTotals, to accepted: inout Output
  ) throws -> Failure? {
    minifier.reset(offset: offset)
    let body = try minifier.minify(lines, into: output.bytes)
    if let failure = body.failure { return failure }
    let end = minifier.finish(into: UnsafeMutableRawBufferPointer(rebasing: output.bytes[body.writtenBytes...]))
    if let failure = end.failure { return failure }
    let minified = UnsafeRawBufferPointer(rebasing: output.bytes.prefix(body.writtenBytes + end.writtenBytes))
    totals.outputBytes += minified.count
    totals.isUnchanged = totals.isUnchanged && minified.hasSameBytes(as: lines)
    if !minified.isEmpty { try accepted.write(minified, isUnchanged: totals.isUnchanged) }
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
