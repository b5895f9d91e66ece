import ZminEngine
import ZminIO
import ZminMemory

/// Takes files of `ndjson` to an output, and their bad lines to a record.
///
/// No output that lacks a line is seen before the line is in the record:
///
///     output that appears whole, input that can be read twice
///       read, minify, judge → read again, append bad lines → sync the record → (caller) name the output
///     any other
///       a window at a time: append its bad lines → write its output
///
/// So an input of the first kind that fails as a whole leaves no line in the record. An input that does not come again
/// leaves there what was taken from it, also where a signal or an error ends it.
struct BadLineDiversion: ~Copyable {
  let record: BadLineRecord
  private let limit: BadLineLimit
  private var lines: LineRun
  private var appender: BadLineAppender

  /// - Throws: ``OutOfMemory``.
  init(
    _ options: MinifierOptions, _ badLines: BadLines, _ record: BadLineRecord, windowBytes: Int, ledger: MemoryLedger
  ) throws(OutOfMemory) {
    let lines = try LineRun(
      options, windowBytes: windowBytes, heldLineBytesMax: badLines.heldLineBytesMax, ledger: ledger)
    let appender = try BadLineAppender(record, windowBytes: windowBytes, ledger: ledger)
    self.lines = lines
    self.appender = appender
    limit = badLines.limit
    self.record = record
  }

  /// Runs one input to its end, or to the point where it fails as a whole.
  ///
  /// - Parameters:
  ///   - input: The bytes of the input.
  ///   - file: The file that has them.
  ///   - output: The output of the valid lines.
  ///   - use: The use of bad lines.
  mutating func run<Input: InputBytes & ~Copyable, Output: ByteSink & ~Copyable>(
    from input: inout Input, of file: OpenedFile, to output: inout Output, _ use: BadLineUse
  ) throws -> RunResult {
    switch use {
    case .record(let isSynced, let onLine):
      appender.begin(spoolsLines: !input.isSeekable, onLine)
      defer { appender.abandon() }
      if input.isSeekable, output.appearsWhole {
        return try runTwice(from: &input, of: file, to: &output, isSynced: isSynced)
      }
      return try runOnce(from: &input, to: &output, isSynced: isSynced)
    case .change:
      var sink = ChangeAtBadLine()
      return try lines.run(from: &input, to: &output, badLinesTo: &sink, limit: .all)
    }
  }

  /// Appends the bad lines of each window before its output is written.
  private mutating func runOnce<Input: InputBytes & ~Copyable, Output: ByteSink & ~Copyable>(
    from input: inout Input, to output: inout Output, isSynced: Bool
  ) throws -> RunResult {
    let result: RunResult
    do {
      result = try lines.run(from: &input, to: &output, badLinesTo: &appender, limit: limit)
    } catch {
      if !input.isSeekable { appender.salvage() }
      throw error
    }
    if appender.recordedLines > 0 { try record.settle(isSynced: isSynced) }
    return result.recording(appender.recordedLines)
  }

  /// Writes the output first, and appends bad lines in a second run, once the input is known to be valid as a whole.
  private mutating func runTwice<Input: InputBytes & ~Copyable, Output: ByteSink & ~Copyable>(
    from input: inout Input, of file: OpenedFile, to output: inout Output, isSynced: Bool
  ) throws -> RunResult {
    var unrecorded = UnrecordedBadLines()
    let result = try lines.run(from: &input, to: &output, badLinesTo: &unrecorded, limit: limit)
    guard case .complete(let totals) = result, totals.badLines > 0 else { return result }
    try file.checkUnchanged(after: input.extent)
    input.rewind()
    var nowhere = NullSink()
    let again = try lines.run(from: &input, to: &nowhere, badLinesTo: &appender, limit: .all)
    guard case .complete(let totalsAgain) = again, totalsAgain.badLines == totals.badLines else {
      throw input.endedEarlyError
    }
    try record.settle(isSynced: isSynced)
    return result.recording(appender.recordedLines)
  }

  private struct ChangeAtBadLine: BadLineSink {
    var recordedLines: Int { 0 }
    func write(_ bytes: UnsafeRawBufferPointer) throws { throw ChangeDetector.Changed() }
    func end(_ line: BadLine) {}
    func flush() {}
  }
}

extension RunResult {
  fileprivate func recording(_ lineCount: Int) -> RunResult {
    switch self {
    case .complete(var totals):
      totals.recordedBadLines = lineCount
      return .complete(totals)
    case .invalid(let error, var totals):
      totals.recordedBadLines = lineCount
      return .invalid(error, totals)
    }
  }
}

/// Drops bad lines, for a run that only looks.
private struct UnrecordedBadLines: BadLineSink {
  var recordedLines: Int { 0 }
  func write(_ bytes: UnsafeRawBufferPointer) {}
  func end(_ line: BadLine) {}
  func flush() {}
}
