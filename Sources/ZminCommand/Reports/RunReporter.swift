import Synchronization
import SystemPackage
import ZminBase
import ZminCPU
import ZminCodec
import ZminEngine
import ZminFiles
import ZminIO
import ZminMemoryProfile
import ZminReport

/// Reports the result of each file to people and programs, and counts it. Several threads may report.
final class RunReporter: Sendable {
  let task: Plan.Task
  private let verbosity: Plan.Verbosity
  private let badLines: FilePath?
  private let offersBadLines: Bool
  private let engine: String
  private let files: FileAccess
  private let log: EventLog?
  private let profiler: MemoryProfiler?
  let console: Console
  private let state = Mutex(RunStatistics())
  private let output = Mutex(())

  /// - Parameters:
  ///   - options: The options of the run.
  ///   - files: Writes standard output.
  ///   - log: Receives events, nil without a log.
  ///   - console: Receives all other messages.
  ///   - profiler: Watches the run's memory, nil if it is not watched.
  init(_ options: RunOptions, files: FileAccess, log: EventLog?, console: Console, profiler: MemoryProfiler?) {
    task = options.task
    verbosity = options.verbosity
    badLines = options.badLines?.path
    offersBadLines = options.badLines == nil && options.task.takesBadLines
    engine = options.kernel.name
    self.files = files
    self.log = log
    self.console = console
    self.profiler = profiler
  }

  /// The results so far.
  var statistics: RunStatistics { state.withLock { $0 } }

  /// Prints a line with `-v`.
  func detail(_ line: @autoclosure () -> String) {
    if verbosity == .verbose { console.say(line()) }
  }

  /// Prints a line unless `-q` is given.
  func note(_ line: @autoclosure () -> String) {
    if verbosity != .quiet { console.say(line()) }
  }

  /// Prints the kept files that the run found.
  func noteKeptFiles() {
    for kept in files.keptFiles.take() { note(FailureMessage.text(for: kept)) }
  }

  // MARK: Files

  /// Reports the result of an input in the words of the task.
  ///
  /// - Throws: ``FileError`` of standard output.
  func report(_ outcome: FileOutcome, _ name: FileName, to outputPath: FilePath? = nil, seconds: Double) throws {
    state.withLock { $0.addDevice(outcome) }
    for note in outcome.deviceNotes { detail("\(name): \(note)") }
    switch outcome.result {
    case .complete(let totals), .invalid(_, let totals):
      profiler?.endFile(name, inputBytes: totals.inputBytes, span: outcome.span)
    case .failed: break
    }
    let engine = outcome.slicesOnDevice > 0 ? "\(engine)+gpu" : engine
    switch outcome.result {
    case .invalid(let error, let totals):
      let hint = InvalidInputHint(error: error, input: name, offersBadLines: offersBadLines).text
      state.withLock {
        $0.add(outcome)
        $0.add(error)
      }
      sayBadLines(totals, name)
      logFile(name, "invalid", outcome, seconds, engine) { event in
        if totals.badLines > 0 { event.add("bad_lines", totals.badLines) }
        event.add("error") {
          $0.add("line", error.line)
          $0.add("column", error.column)
          $0.add("offset", error.offset)
          $0.add("message", error.message)
          if let hint { $0.add("hint", hint) }
        }
      }
      let remedy = totals.refusal == .tooMany ? "use --max-bad-lines to allow more" : hint
      sayUnlessLogged("\(name):\(error)\(remedy.map { "; \($0)" } ?? "")")
    case .failed(let error): fail(error, name, outcome, seconds: seconds)
    case .complete where outcome.isNotSmaller:
      state.withLock { $0.add(outcome) }
      skip(name, because: "not_smaller", outcome)
    case .complete(let totals):
      let isUnminified = task.isCheck && !totals.isUnchanged
      state.withLock {
        $0.add(outcome)
        $0.add(seconds: seconds, name)
        if isUnminified {
          $0.addUnminified(outcome)
        } else {
          $0.addValid(outcome, writesOutput: task.writesOutput, isRehearsed: wouldWrite(outcome))
        }
      }
      logFile(name, isUnminified ? "invalid" : "ok", outcome, seconds, engine) { event in
        event.add("written", outcome.isWritten)
        if totals.badLines > 0 { event.add("bad_lines", totals.badLines) }
        if isUnminified { event.add("error") { $0.add("message", "not minified") } }
      }
      try describe(outcome, totals, name, outputPath)
    }
  }

  /// Tells the profiler that a batch of outputs was synced and named.
  func noteCommit(fileCount: Int, span: ClosedRange<Double>) { profiler?.endCommit(fileCount: fileCount, span: span) }

  /// A callback that logs each recorded bad line, nil without a log.
  var onBadLine: ((FileSource, BadLine) -> Void)? {
    guard let log else { return nil }
    return { source, line in
      var event = JSONLine(event: "bad_line")
      event.add(source.name)
      event.add("line", line.number)
      event.add("offset", line.offset)
      event.add("bytes", line.byteCount)
      event.add("message", line.error.message)
      log.log(event)
    }
  }

  private func sayBadLines(_ totals: RunTotals, _ name: FileName) {
    guard totals.recordedBadLines > 0, verbosity != .quiet, let badLines else { return }
    console.say("\(name): \(Figures.count(totals.recordedBadLines, "bad line")) appended to \(FileName.path(badLines))")
  }

  /// Reports an error of an input or its output.
  ///
  /// - Parameter outcome: The sizes of what was read before it.
  func fail(_ error: any Error, _ name: FileName, _ outcome: FileOutcome? = nil, seconds: Double = 0) {
    let message = FailureMessage.text(for: error, input: name)
    let status = FailureMessage.status(for: error)
    let damage = error as? DecodingError
    state.withLock {
      if let outcome { $0.add(outcome) }
      if damage != nil {
        $0.addDamaged()
      } else if status == .usage, !(error is CompressionRefusal) {
        $0.raise(to: status)
      } else {
        $0.addFailure(status)
      }
    }
    logFile(name, damage == nil ? "failed" : "invalid", outcome, seconds, engine) { event in
      event.add("error") {
        if let damage {
          $0.add("code", damage.code.rawValue)
          $0.add("offset", damage.storedOffset)
          $0.add("plain_offset", damage.plainOffset)
        }
        if let line = error as? LineTooLong {
          $0.add("line", line.number)
          $0.add("column", 1)
          $0.add("offset", line.offset)
        }
        $0.add("message", message)
      }
    }
    sayUnlessLogged(message)
  }

  /// Reports an error of an input, unless the run ends by it without a message.
  ///
  /// - Returns: The reason to start no other input, nil if the run goes on.
  func report(_ error: any Error, _ name: FileName, seconds: Double = 0) -> StopReason? {
    let reason = StopReason(error)
    if reason?.isSilent != true { fail(error, name, seconds: seconds) }
    return reason
  }

  /// Counts the bytes of an input that a signal interrupted. The file itself is not counted.
  func count(interrupted totals: RunTotals) { state.withLock { $0.add(totals) } }

  /// Reports a skipped input.
  ///
  /// - Parameter outcome: The sizes of an input that was read and not replaced.
  func skip(_ name: FileName, because reason: String, _ outcome: FileOutcome? = nil) {
    state.withLock { $0.addSkipped() }
    logFile(name, "skipped", outcome, outcome?.elapsedSeconds ?? 0, engine) { $0.add("reason", reason) }
    let words = outcome?.isNotSmaller == true ? "the compressed output is not smaller" : reason
    if log == nil { detail("\(name): skipped: \(words)") }
  }

  /// Sets the status unless it already has a more important one.
  func raise(to status: ExitStatus) { state.withLock { $0.raise(to: status) } }

  /// Reports an error that concerns no single input.
  func fail(_ message: String, _ status: ExitStatus = .failure) {
    state.withLock { $0.raise(to: status) }
    console.say(message)
  }

  private func logFile(
    _ name: FileName, _ status: String, _ outcome: FileOutcome?, _ seconds: Double, _ engine: String,
    _ more: (inout JSONLine) -> Void
  ) {
    guard let log else { return }
    var event = JSONLine(event: "file")
    event.add(name)
    event.add("status", status)
    event.add("bytes_in", outcome?.totals.inputBytes ?? 0)
    event.add("bytes_out", outcome?.totals.outputBytes ?? 0)
    if let outcome, outcome.isCompressed {
      event.add("stored_in", Int(outcome.storedInputBytes))
      event.add("stored_out", Int(outcome.storedOutputBytes))
    }
    event.add("seconds", seconds: seconds)
    event.add("engine", engine)
    more(&event)
    log.log(event)
  }

  /// Prints a message, unless the log on standard error has its content.
  private func sayUnlessLogged(_ message: String) {
    if !console.isEvents { console.say(message) }
  }

  private func describe(
    _ outcome: FileOutcome, _ totals: RunTotals, _ name: FileName, _ outputPath: FilePath?
  ) throws {
    sayBadLines(totals, name)
    func sizes() -> String {
      let (before, after) = (Int(outcome.storedInputBytes), Int(outcome.storedOutputBytes))
      let plain = outcome.isCompressed ? ", plain \(totals.inputBytes) to \(totals.outputBytes)" : ""
      return "\(before) to \(after) bytes, \(task.savingVerb) \(Figures.saved(before, after))\(plain)"
    }
    switch task {
    case .write: break
    case .mirror: detail("\(name): written to \(outputPath.map { "\(FileName.path($0))" } ?? ""), \(sizes())")
    case .test: detail("\(name): valid")
    case .check where totals.isUnchanged: detail("\(name): minified")
    case .check:
      let remedy = totals.lacksOnlyLineFeed ? "; use --final-newline keep to allow the newline at the end" : ""
      if !console.isEvents { note("\(name): not minified\(remedy)") }
    case .replace: detail("\(name): \(outcome.isWritten ? "replaced, \(sizes())" : "unchanged")")
    case .rehearse(.replace):
      try print("\(name): would be \(wouldWrite(outcome) ? "replaced, \(sizes())" : "unchanged")")
    case .rehearse(.write(.file(let path))):
      try print("\(name): would be written to \(FileName.path(path)), \(sizes())")
    case .rehearse:
      try print("\(name): would be written\(outputPath.map { " to \(FileName.path($0))" } ?? ""), \(sizes())")
    }
  }

  /// Returns true if only `--dry-run` keeps the output of a valid input from being written.
  private func wouldWrite(_ outcome: FileOutcome) -> Bool {
    switch task {
    case .rehearse(.replace(_, let minimum)): outcome.isReplaced(minimum)
    case .rehearse: true
    default: false
    }
  }

  /// Prints a line of `--dry-run` to standard output.
  private func print(_ line: String) throws {
    guard verbosity != .quiet else { return }
    try output.withLock { _ in try StandardOutput(files).write(line + "\n") }
  }

  // MARK: The end

  /// Logs the summary and flushes the log.
  func logSummary(fileCount: Int, skipped: SkippedEntries = .none, seconds: Double, fallbacks: [String]) {
    guard let log else { return }
    let statistics = statistics
    var event = JSONLine(event: "summary")
    event.add("files", fileCount)
    event.add("ok", statistics.validFiles)
    event.add("invalid", statistics.invalidFiles + statistics.unminifiedFiles)
    event.add("failed", statistics.failedFiles)
    event.add("skipped", statistics.skippedFiles)
    if badLines != nil { event.add("bad_lines", statistics.badLines) }
    event.add("not_reached", max(0, fileCount - statistics.files))
    event.add("bytes_in", statistics.inputBytes)
    event.add("bytes_out", statistics.outputBytes)
    if statistics.hasCompressed {
      event.add("stored_in", Int(statistics.storedInputBytes))
      event.add("stored_out", Int(statistics.storedOutputBytes))
    }
    if skipped.hidden > 0 { event.add("hidden_not_processed", skipped.hidden) }
    if skipped.unmatched > 0 { event.add("unmatched_not_processed", skipped.unmatched) }
    if skipped.compressed > 0 { event.add("compressed_not_processed", skipped.compressed) }
    event.add("seconds", seconds: seconds)
    let fallbacks = fallbacks + statistics.deviceNotes
    if !fallbacks.isEmpty { event.add("fallback", fallbacks.joined(separator: "; ")) }
    log.log(event)
    log.flush()
  }

  /// Writes the metrics file. An error is reported.
  func writeMetrics(to path: FilePath, fileCount: Int, seconds: Double, exitCode: Int32) {
    do throws(FileError) {
      try MetricsFile.write(
        statistics, fileCount: fileCount, seconds: seconds, exitCode: exitCode, to: path, files: files.afterRequest())
    } catch {
      fail(FailureMessage.text(for: error, input: .path(path)))
    }
  }

  /// Logs the progress of the run.
  func logProgress(filesDone: Int, of fileCount: Int, bytesDone: Int, of byteCount: Int?, seconds: Double) {
    guard let log else { return }
    var event = JSONLine(event: "progress")
    event.add("files", filesDone)
    event.add("files_total", fileCount)
    event.add("bytes", bytesDone)
    if let byteCount { event.add("bytes_total", byteCount) }
    event.add("seconds", seconds: seconds)
    log.log(event)
  }

  func flushLog() { log?.flush() }

  /// Flushes the log. An error is reported and determines the exit status.
  func endLog() {
    guard let log else { return }
    log.flush()
    if let error = log.takeFailure() { fail(FailureMessage.text(for: error, input: .standardOutput)) }
  }

  /// Warns of outputs that became larger than their inputs.
  func sayLargerOutputs() {
    let statistics = statistics
    guard let first = statistics.firstLarger, let encoding = first.encoding else { return }
    let others = statistics.largerFiles - 1
    let level = encoding.form.thoroughLevel
    note(
      """
      \(first.source.name): the output is larger than the input (\(first.storedInputBytes) to \
      \(first.storedOutputBytes) bytes)\
      \(others > 0 ? ", as \(Figures.count(others, "other output"))" : "")\
      \(encoding.level < level ? "; try --level \(level)" : "")
      """)
  }

  /// The sizes on the disk for `--stats`, nothing if all was plain.
  private func storedSizes(_ statistics: RunStatistics) -> String {
    guard statistics.hasCompressed else { return "" }
    let (before, after) = (Int(statistics.storedInputBytes), Int(statistics.storedOutputBytes))
    return ", stored \(before) to \(after) bytes, \(task.savingVerb) \(Figures.saved(before, after))"
  }

  /// Prints the line of `--stats`.
  func sayStatistics(seconds: Double, mode: String) {
    let statistics = statistics
    console.say(
      """
      in \(statistics.inputBytes) bytes, out \(statistics.outputBytes) bytes, \
      \(task.savingVerb) \(Figures.saved(statistics.inputBytes, statistics.outputBytes))\
      \(storedSizes(statistics)), \
      \(Figures.fixed(seconds, digits: 3)) s, \(Figures.rate(statistics.inputBytes, seconds: seconds)), \
      engine \(engine)\(statistics.slicesOnDevice > 0 ? "+gpu" : ""), mode \(mode)\(deviceStatistics(statistics))
      """)
  }
}

/// The device's part of the line, empty without a device.
private func deviceStatistics(_ statistics: RunStatistics) -> String {
  guard statistics.slicesOnDevice > 0 else { return "" }
  let again = statistics.redoneSlices > 0 ? ", \(Figures.count(statistics.redoneSlices, "slice")) redone" : ""
  return ", device minified \(Figures.count(statistics.slicesOnDevice, "slice"))\(again)"
}

extension Plan.Task {
  /// True if the task writes standard output during the run.
  var writesStandardOutput: Bool {
    switch self {
    case .write(.standardOutput), .rehearse: true
    case .write, .mirror, .replace, .test, .check: false
    }
  }

  var isCheck: Bool {
    if case .check = self { true } else { false }
  }
}
