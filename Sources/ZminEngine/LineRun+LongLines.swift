import Glibc
import ZminCPU
import ZminCore
import ZminMemory

/// Lines that are longer than a window.
///
///     window   [ first bytes of the line, no LF          ]
///     then     [ next bytes … LF, next lines │ read again ]
///                first half                    second half
///
/// The line is checked while it is read through the first half. Then it is known whether its bytes belong to the output
/// or to the sink. They are read again through the second half, or taken from the chunks that hold them.
extension LineRun {
  /// The rest of the window after a long line.
  struct Rest {
    var byteCount: Int
    var isAtEnd: Bool
  }

  /// A long line while it is read.
  private struct LongLine {
    let number: Int
    let offset: Int
    /// Bytes of it that were read, its LF included.
    var byteCount = 0
    var hasLineFeed = false
    var isAtEnd = false
    /// Start and number of the bytes after it in the first half of the window.
    var restStart = 0
    var restBytes = 0
    var failure: Failure?

    var hasEnded: Bool { hasLineFeed || isAtEnd }
    var contentBytes: Int { byteCount - (hasLineFeed ? 1 : 0) }
  }

  /// Processes a line whose first bytes fill the window.
  mutating func takeLongLine<
    Input: ByteSource & ~Copyable, Output: ByteSink & ~Copyable, Sink: BadLineSink & ~Copyable
  >(
    from input: inout Input, to accepted: inout Output, badLinesTo sink: inout Sink, _ progress: inout LineProgress
  ) throws -> Rest {
    var line = LongLine(number: progress.counter.position.line, offset: progress.counter.offset)
    var held = HeldLine(chunkBytes: lines.bytes.count, byteCountMax: heldLineBytesMax, ledger: ledger)
    let isHeld = !input.isSeekable
    progress.acceptedBytes = 0
    minifier.reset(offset: line.offset)
    var piece = UnsafeRawBufferPointer(lines.bytes)
    while true {
      line.byteCount += piece.count
      progress.counter.advance(over: piece)
      try check(piece, &line)
      if isBad(line) { break }
      if isHeld, try !held.append(piece) { throw tooLong(line) }
      if line.hasEnded { break }
      piece = try readNext(&line, from: &input, &progress)
    }
    if isBad(line) {
      try reject(&line, held, piece, from: &input, to: &sink, &progress)
    } else {
      try accept(line, held, from: input, to: &accepted, &progress)
    }
    let rest = UnsafeRawBufferPointer(rebasing: lines.bytes[line.restStart..<line.restStart + line.restBytes])
    lines.bytes.copyMemory(from: rest)
    return Rest(byteCount: rest.count, isAtEnd: line.isAtEnd)
  }

  /// The error of a line of which no more can be held. It may never end, so its length is not read.
  private func tooLong(_ line: LongLine) -> LineTooLong {
    let fixedBytes = RunMemory.window(byteCount: lines.bytes.count).peakBytes(minifier.options)
    let chunks = (line.byteCount + lines.bytes.count - 1) / lines.bytes.count
    return LineTooLong(
      number: line.number, offset: line.offset, lineBytesMin: line.contentBytes, heldBytesMax: heldLineBytesMax,
      neededBudgetBytesMin: fixedBytes + chunks * lines.bytes.count)
  }

  /// The half of the window that input is read into.
  private var firstHalf: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: lines.bytes[..<(lines.bytes.count / 2)])
  }

  /// The half of the window for bytes that are read again.
  private var secondHalf: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(rebasing: lines.bytes[(lines.bytes.count / 2)...])
  }

  /// True if a fault was found in the line. Its message may need the bytes that follow.
  private func isBad(_ line: LongLine) -> Bool { line.failure != nil || minifier.faultOffset != nil }

  /// Reads more of the line, up to its end at most.
  private func readNext<Input: ByteSource & ~Copyable>(
    _ line: inout LongLine, from input: inout Input, _ progress: inout LineProgress
  ) throws -> UnsafeRawBufferPointer {
    let readBytes = try input.read(into: firstHalf)
    progress.totals.inputBytes += readBytes
    let read = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(firstHalf).prefix(readBytes))
    line.isAtEnd = readBytes == 0
    let lineFeed = read.firstIndexOfLineFeed
    line.hasLineFeed = lineFeed != nil
    line.restStart = lineFeed.map { $0 + 1 } ?? readBytes
    line.restBytes = readBytes - line.restStart
    return UnsafeRawBufferPointer(rebasing: read.prefix(line.restStart))
  }

  /// Checks the next bytes of the line, and drops the output.
  private mutating func check(_ piece: UnsafeRawBufferPointer, _ line: inout LongLine) throws {
    guard line.failure == nil else { return }
    if !piece.isEmpty { line.failure = try minifier.minify(piece, into: output.bytes).failure }
    if line.failure == nil, line.hasEnded { line.failure = minifier.finish(into: output.bytes).failure }
  }

  // MARK: Valid lines

  private mutating func accept<Input: ByteSource & ~Copyable, Output: ByteSink & ~Copyable>(
    _ line: LongLine, _ held: borrowing HeldLine, from input: borrowing Input, to accepted: inout Output,
    _ progress: inout LineProgress
  ) throws {
    if let difference = minifier.difference { throw difference }
    minifier.reset(offset: line.offset)
    var comparison = OutputComparison()
    for index in 0..<held.chunkCount {
      let result = try minifier.minify(held.chunk(index), into: output.bytes)
      try write(result, of: held.chunk(index), from: input, &comparison, to: &accepted, &progress)
    }
    var offset = held.byteCount
    while offset < line.byteCount {
      let piece = try readAgain(line, offset..<line.byteCount, input)
      let result = try minifier.minify(piece, into: output.bytes)
      try write(result, of: piece, from: input, &comparison, to: &accepted, &progress)
      offset += piece.count
    }
    let end = minifier.finish(into: output.bytes)
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    try write(end, of: nothing, from: input, &comparison, to: &accepted, &progress)
    progress.totals.isUnchanged = progress.totals.isUnchanged && comparison.isSame
  }

  private func write<Input: ByteSource & ~Copyable, Output: ByteSink & ~Copyable>(
    _ result: Minifier.Result, of piece: UnsafeRawBufferPointer, from input: borrowing Input,
    _ comparison: inout OutputComparison, to accepted: inout Output, _ progress: inout LineProgress
  ) throws {
    if let difference = minifier.difference { throw difference }
    // The line was valid when it was checked.
    if result.failure != nil { throw input.endedEarlyError }
    let minified = UnsafeRawBufferPointer(
      rebasing: UnsafeRawBufferPointer(output.bytes).prefix(result.writtenBytes))
    comparison.append(piece, minified)
    progress.totals.outputBytes += minified.count
    progress.totals.validLines += countLineFeeds(minified)
    guard !minified.isEmpty else { return }
    try accepted.write(minified, isUnchanged: progress.totals.isUnchanged && comparison.isSameSoFar)
  }

  // MARK: Bad lines

  private mutating func reject<Input: ByteSource & ~Copyable, Sink: BadLineSink & ~Copyable>(
    _ line: inout LongLine, _ held: borrowing HeldLine, _ lastPiece: UnsafeRawBufferPointer,
    from input: inout Input, to sink: inout Sink, _ progress: inout LineProgress
  ) throws {
    var nuls = NulScan()
    for index in 0..<held.chunkCount { try put(held.chunk(index), of: line, &nuls, to: &sink, progress) }
    var offset = held.byteCount
    while offset < line.byteCount - lastPiece.count {
      let piece = try readAgain(line, offset..<line.byteCount - lastPiece.count, input)
      try put(piece, of: line, &nuls, to: &sink, progress)
      offset += piece.count
    }
    try put(lastPiece, of: line, &nuls, to: &sink, progress)
    while !line.hasEnded {
      let piece = try readNext(&line, from: &input, &progress)
      line.byteCount += piece.count
      progress.counter.advance(over: piece)
      try check(piece, &line)
      try put(piece, of: line, &nuls, to: &sink, progress)
    }
    guard let failure = line.failure else { preconditionFailure("a fault is a failure at the latest at the end") }
    let error = located(failure, line)
    try sink.end(BadLine(number: line.number, offset: line.offset, byteCount: line.contentBytes, error: error))
    try sink.flush()
    progress.totals.isUnchanged = false
    try progress.reject(nuls, error)
  }

  private func put<Sink: BadLineSink & ~Copyable>(
    _ piece: UnsafeRawBufferPointer, of line: LongLine, _ nuls: inout NulScan, to sink: inout Sink,
    _ progress: LineProgress
  ) throws {
    nuls.append(piece)
    if progress.isAtStart {
      let error = line.failure.map { located($0, line) }
      try progress.checkStart(
        line.failure, nuls,
        error
          ?? InvalidJSON(
            line: line.number, column: 1, offset: line.offset, message: "", reason: .syntax, format: .ndjson))
    }
    try sink.write(piece)
  }

  private func located(_ failure: Failure, _ line: LongLine) -> InvalidJSON {
    failure.located { TextPosition(line: line.number, column: $0 - line.offset + 1) }
  }

  /// Reads bytes of the line a second time, as many as fit.
  private func readAgain<Input: ByteSource & ~Copyable>(
    _ line: LongLine, _ range: Range<Int>, _ input: borrowing Input
  ) throws -> UnsafeRawBufferPointer {
    let room = UnsafeMutableRawBufferPointer(rebasing: secondHalf.prefix(range.count))
    let readBytes = try input.read(into: room, at: line.offset + range.lowerBound)
    if readBytes == 0 { throw input.endedEarlyError }
    return UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room).prefix(readBytes))
  }
}

extension UnsafeRawBufferPointer {
  /// The index of the first LF, nil if there is none.
  fileprivate var firstIndexOfLineFeed: Int? {
    guard let start = baseAddress, let found = memchr(start, Int32(UInt8(ascii: "\n")), count) else { return nil }
    return UnsafeRawPointer(found) - start
  }
}
