import ZminEngine
import ZminIO
import ZminMemory

/// Minifies files of `ndjson`, and appends their bad lines to a record.
///
/// A line is in the record before an output that lacks it can be seen:
///
///     output that appears whole, seekable input
///       read, minify, judge → read again, append bad lines → sync the record → (caller) name the output
///     other outputs and inputs
///       for each window: append its bad lines → write its output
///
/// So a seekable input that fails as a whole leaves no line in the record. An input that cannot be read again leaves
/// there every line that was removed from it, even if a signal or an error ends it.
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

  /// Throws at the first bad line. It notes that for the same reason as ``NullSink`` counts.
  private struct ChangeAtBadLine: BadLineSink {
    private var isChanged = false

    var recordedLines: Int { 0 }

    mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
      isChanged = true
      throw ChangeDetector.Changed()
    }

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

/// Drops bad lines, for the first of two runs. It counts their bytes for the same reason as ``NullSink``.
private struct UnrecordedBadLines: BadLineSink {
  private var droppedBytes = 0

  var recordedLines: Int { 0 }
  mutating func write(_ bytes: UnsafeRawBufferPointer) { droppedBytes &+= bytes.count }
  func end(_ line: BadLine) {}
  func flush() {}
}
