import Synchronization
import SystemPackage
import ZminBase
import ZminCodec
import ZminEngine
import ZminFiles
import ZminIO
import ZminMemoryProfile
import ZminReport

/// Says what becomes of each file, to people and to programs, and counts it. Many threads may report.
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
  ///   - task: What is done.
  ///   - verbosity: How much is said to people.
  ///   - badLines: The file that bad lines are put into, nil if none is.
  ///   - offersBadLines: Set if there could be such a file and is none.
  ///   - engine: What does the work.
  ///   - files: What standard output is written with.
  ///   - log: Where events go, nil if nowhere.
  ///   - console: Where the rest is said.
  ///   - profiler: What watches the run's memory, nil if nobody does.
  init(
    task: Plan.Task, verbosity: Plan.Verbosity, badLines: FilePath?, offersBadLines: Bool, engine: String,
    files: FileAccess, log: EventLog?, console: Console, profiler: MemoryProfiler?
  ) {
    self.task = task
    self.verbosity = verbosity
    self.badLines = badLines
    self.offersBadLines = offersBadLines
    self.engine = engine
    self.files = files
    self.log = log
    self.console = console
    self.profiler = profiler
  }

  /// What it has come to so far.
  var statistics: RunStatistics { state.withLock { $0 } }

  /// Says something under `-v`.
  func detail(_ line: @autoclosure () -> String) {
    if verbosity == .verbose { console.say(line()) }
  }

  /// Says something unless under `-q`.
  func note(_ line: @autoclosure () -> String) {
    if verbosity != .quiet { console.say(line()) }
  }

  /// Names the kept files that the run came across.
  func noteKeptFiles() {
    for kept in files.keptFiles.take() { note(FailureMessage.text(for: kept)) }
  }

  // MARK: Files

  /// Reports what became of an input, as the task wants it said.
  ///
  /// - Throws: ``FileError`` of standard output.
  func report(_ outcome: FileOutcome, _ name: FileName, to place: FilePath? = nil, seconds: Double) throws {
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
        $0.add(totals)
        $0.add(error)
      }
      sayBadLines(totals, name)
      logFile(name, "invalid", totals, seconds, engine) { event in
        if totals.badLines > 0 { event.add("bad_lines", totals.badLines) }
        event.add("error") {
          $0.add("line", error.line)
          $0.add("column", error.column)
          $0.add("offset", error.offset)
          $0.add("message", error.message)
          if let hint { $0.add("hint", hint) }
        }
      }
      let remedy = totals.refusal == .tooMany ? "--max-bad-lines allows more" : hint
      sayUnlessLogged("\(name):\(error)\(remedy.map { "; \($0)" } ?? "")")
    case .failed(let error): fail(error, name, seconds: seconds)
    case .complete(let totals):
      let isUnminified = task.isCheck && !totals.isUnchanged
      state.withLock {
        $0.add(totals)
        $0.add(seconds: seconds, name)
        if isUnminified { $0.addUnminified() } else { $0.addValid(isWritten: outcome.isWritten) }
      }
      logFile(name, isUnminified ? "invalid" : "ok", totals, seconds, engine) { event in
        event.add("written", outcome.isWritten)
        if totals.badLines > 0 { event.add("bad_lines", totals.badLines) }
        if isUnminified { event.add("error") { $0.add("message", "not minified") } }
      }
      try describe(outcome, totals, name, place)
    }
  }

  /// What logs each bad line that is put into the record, nil if nothing does.
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
    console.say("\(name): \(Figures.count(totals.recordedBadLines, "bad line")) put into \(FileName.path(badLines))")
  }

  /// Reports what went wrong with an input, or with what becomes of it.
  func fail(_ error: any Error, _ name: FileName, seconds: Double = 0) {
    let message = FailureMessage.text(for: error, input: name)
    let status = FailureMessage.status(for: error)
    let damage = error as? DecodingError
    state.withLock {
      if damage != nil {
        $0.addDamaged()
      } else if status == .usage {
        $0.raise(to: status)
      } else {
        $0.addFailure(status)
      }
    }
    logFile(name, damage == nil ? "failed" : "invalid", RunTotals(), seconds, engine) { event in
      event.add("error") {
        if let damage {
          $0.add("code", damage.code.rawValue)
          $0.add("offset", damage.storedOffset)
          $0.add("plain_offset", damage.plainOffset)
        }
        $0.add("message", message)
      }
    }
    sayUnlessLogged(message)
  }

  /// Counts the bytes of an input that a signal stopped, which is no file that was done.
  func count(interrupted totals: RunTotals) { state.withLock { $0.add(totals) } }

  /// Reports an input that was not looked into.
  func skip(_ name: FileName, because reason: String) {
    state.withLock { $0.addSkipped() }
    logFile(name, "skipped", RunTotals(), 0, engine) { $0.add("reason", reason) }
    if log == nil { detail("\(name): skipped: \(reason)") }
  }

  /// Says what went wrong with no file in particular.
  func fail(_ message: String, _ status: ExitStatus = .failure) {
    state.withLock { $0.raise(to: status) }
    console.say(message)
  }

  private func logFile(
    _ name: FileName, _ status: String, _ totals: RunTotals, _ seconds: Double, _ engine: String,
    _ more: (inout JSONLine) -> Void
  ) {
    guard let log else { return }
    var event = JSONLine(event: "file")
    event.add(name)
    event.add("status", status)
    event.add("bytes_in", totals.inputBytes)
    event.add("bytes_out", totals.outputBytes)
    event.add("seconds", seconds: seconds)
    event.add("engine", engine)
    more(&event)
    log.log(event)
  }

  /// Where the log is on standard error, it says what a message would say.
  private func sayUnlessLogged(_ message: String) {
    if !console.isEvents { console.say(message) }
  }

  private func describe(
    _ outcome: FileOutcome, _ totals: RunTotals, _ name: FileName, _ place: FilePath?
  ) throws {
    sayBadLines(totals, name)
    func sizes() -> String {
      "\(totals.inputBytes) to \(totals.outputBytes) bytes, saved "
        + Figures.saved(totals.inputBytes, totals.outputBytes)
    }
    switch task {
    case .write: break
    case .mirror: detail("\(name): written to \(place.map { "\(FileName.path($0))" } ?? ""), \(sizes())")
    case .test: detail("\(name): valid")
    case .check where totals.isUnchanged: detail("\(name): minified")
    case .check: if !console.isEvents { note("\(name): not minified") }
    case .replace: detail("\(name): \(outcome.isWritten ? "replaced, \(sizes())" : "left as it is")")
    case .rehearse(.replace(_, let minimum)):
      let isReplaced = !totals.isUnchanged && minimum?.isReached(totals) != false
      try print("\(name): would be \(isReplaced ? "replaced, \(sizes())" : "left as it is")")
    case .rehearse(.write(.file(let path))):
      try print("\(name): would be written to \(FileName.path(path)), \(sizes())")
    case .rehearse:
      try print("\(name): would be written\(place.map { " to \(FileName.path($0))" } ?? ""), \(sizes())")
    }
  }

  /// What a task has to say is on standard output.
  private func print(_ line: String) throws {
    guard verbosity != .quiet else { return }
    try output.withLock { _ in try StandardOutput(files).write(line + "\n") }
  }

  // MARK: The end

  /// Logs what the run came to, and sees to it that the log is written.
  func logSummary(fileCount: Int, seconds: Double, fallbacks: [String]) {
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
    event.add("seconds", seconds: seconds)
    let fallbacks = fallbacks + statistics.deviceNotes
    if !fallbacks.isEmpty { event.add("fallback", fallbacks.joined(separator: "; ")) }
    log.log(event)
    log.flush()
  }

  /// Writes what the run came to into a file for a monitoring system; that this fails is said.
  func writeMetrics(to path: FilePath, fileCount: Int, seconds: Double, exitCode: Int32) {
    do throws(FileError) {
      try MetricsFile.write(
        statistics, fileCount: fileCount, seconds: seconds, exitCode: exitCode, to: path, files: files.afterRequest())
    } catch {
      fail(FailureMessage.text(for: error, input: .path(path)))
    }
  }

  /// Logs how far a run is.
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

  /// Sees to it that what was logged is written.
  func flushLog() { log?.flush() }

  /// Ends the log; that something of it is missing is said, and what the program ends with.
  func endLog() {
    guard let log else { return }
    log.flush()
    if let error = log.takeFailure() { fail(FailureMessage.text(for: error, input: .standardOutput)) }
  }

  /// Bytes in and out, saved, rate, engine.
  func sayStatistics(seconds: Double, mode: String) {
    let statistics = statistics
    console.say(
      """
      in \(statistics.inputBytes) bytes, out \(statistics.outputBytes) bytes, \
      saved \(Figures.saved(statistics.inputBytes, statistics.outputBytes)), \(Figures.fixed(seconds, digits: 3)) s, \
      \(Figures.rate(statistics.inputBytes, seconds: seconds)), engine \(engine)\(statistics.slicesOnDevice > 0 ? "+gpu" : ""), mode \(mode)\(deviceStatistics(statistics))
      """)
  }
}

/// The device's part, nothing if it had none.
private func deviceStatistics(_ statistics: RunStatistics) -> String {
  guard statistics.slicesOnDevice > 0 else { return "" }
  let again = statistics.redoneSlices > 0 ? ", \(Figures.count(statistics.redoneSlices, "slice")) done again" : ""
  return ", device took \(Figures.count(statistics.slicesOnDevice, "slice"))\(again)"
}

extension Plan.Task {
  /// Whether something is written there while it goes on.
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
