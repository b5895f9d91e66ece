import SystemPackage
import ZminBase
import ZminCPU
import ZminCore
import ZminEngine
import ZminFiles
import ZminIO
import ZminMemory
import ZminMemoryProfile
import ZminReport

/// A run over named inputs.
struct MinifyRun: ~Copyable {
  private let plan: Plan
  private let files: FileAccess
  private let reporter: RunReporter
  private let ledger: MemoryLedger
  private let memory: MemoryReporting?
  private var device: DeviceSession?
  private let progress: InputProgress
  /// The number of inputs that were started.
  private var reached = 0
  private var minifier: FileMinifier?
  private var minifierFormat = Format.json

  init(
    _ plan: Plan, files: FileAccess, log: EventLog?, console: Console, ledger: MemoryLedger, _ memory: MemoryReporting?
  ) {
    self.plan = plan
    self.ledger = ledger
    self.memory = memory
    self.files = files
    progress = InputProgress(fileCount: plan.inputs.count, storedBytes: plan.storedBytes, files: files)
    reporter = RunReporter(plan.options, files: files, log: log, console: console, profiler: memory?.profiler)
    memory?.follow(progress)
  }

  consuming func run() -> RunEnding {
    announce()
    let ending = work()
    memory?.conclude(conclusion(ending))
    // The minifier uses the memory of the device.
    minifier = nil
    device?.end(givesBack: memory != nil)
    device = nil
    return ending
  }

  private mutating func work() -> RunEnding {
    let start = MonotonicClock.seconds()
    var reason: StopReason?
    let display = plan.showsProgress ? try? meter().begin() : nil
    do {
      try findDevice()
      if case .write(let destination) = plan.task {
        try takeTogether(to: destination)
      } else if isAllowed() {
        for input in plan.inputs {
          reached += 1
          try take(input)
        }
      }
    } catch let error as DeviceSession.NoDevice {
      reporter.fail(error.message, .engineUnavailable)
    } catch {
      reason = StopReason(error)
    }
    display?.end()
    reporter.noteKeptFiles()
    conclude(RunEnding(after: reason, reporter.statistics.status), seconds: MonotonicClock.seconds() - start)
    // The last write of the log may fail.
    reporter.endLog()
    return RunEnding(after: reason, reporter.statistics.status)
  }

  private func meter() throws -> ProgressMeter {
    try ProgressMeter(
      progress, reporter, isShown: plan.verbosity != .quiet && plan.reports.memory?.monitors != true,
      isAskedFor: plan.reports.wantsProgress, ledger: ledger)
  }

  /// The facts about the run for the memory report.
  private func conclusion(_ ending: RunEnding) -> MemoryReporting.Conclusion {
    return MemoryReporting.Conclusion(
      mode: plan.mode.rawValue, kernel: plan.kernel.name, workers: plan.memory.workers, inputCount: plan.inputs.count,
      statistics: reporter.statistics, predictedPeakBytes: plan.predictedPeakBytes,
      deviceHostBytes: plan.device?.hostBytes ?? 0, exitCode: ending.exitCode(after: files.interruptedStatus),
      isCutShort: ending.isBrokenPipe || files.interruptedStatus != nil || reporter.statistics.status == .failure)
  }

  /// Starts the search for a device, and waits for a required one.
  private mutating func findDevice() throws {
    guard let part = plan.device else { return }
    do {
      device = try DeviceSession(
        part, formats: plan.inputs.map(\.format), validates: plan.validates, kernel: plan.kernel, ledger: ledger,
        memory?.profiler)
    } catch {
      guard part.isRequired else { return reporter.detail("the GPU is not used: \(error)") }
      throw DeviceSession.NoDevice(error)
    }
    if part.isRequired { memory?.profiler.begin(.waitingForDevice) }
    try device?.waitIfRequired(files)
  }

  // MARK: Inputs

  /// False if the rehearsed task would be refused. The reason is reported.
  private mutating func isAllowed() -> Bool {
    guard case .rehearse(.write(let destination)) = plan.task else { return true }
    do {
      try DestinationCheck(badLines: plan.badLines?.path, files: files).check(
        plan.inputs.map(\.source), to: destination)
      return true
    } catch {
      // An input that cannot be inspected is reported when it is processed.
      guard FailureMessage.status(for: error) == .usage else { return true }
      reporter.fail(error, .standardOutput)
      return false
    }
  }

  /// Minifies all inputs into one output.
  private mutating func takeTogether(to destination: FileDestination) throws {
    var outcomes: [FileOutcome] = []
    let result = Result { try minify(plan.inputs, to: destination, &outcomes) }
    for (outcome, input) in zip(outcomes, plan.inputs) {
      try reporter.report(outcome, input.name, seconds: outcome.elapsedSeconds)
    }
    reached = outcomes.count
    // The error is one of the output or of memory, and is reported for the next input.
    let current = plan.inputs[min(reached, plan.inputs.count - 1)]
    try guarding(current.name) { run in
      do {
        try result.get()
      } catch {
        if FailureMessage.status(for: error) != .usage { run.reached = min(run.reached + 1, run.plan.inputs.count) }
        throw error
      }
    }
  }

  /// Processes one input.
  ///
  /// - Throws: ``StopReason``.
  private mutating func take(_ input: Plan.Input) throws {
    try guarding(input.name) { run in
      let destination: FileDestination
      switch run.plan.task {
      case .replace(let rules, let minimum): destination = .inPlace(rules, minimum)
      case .rehearse(.replace(let rules, let minimum)):
        try run.checkReplaceable(input, rules)
        destination = .rehearsal(.inPlace(rules, minimum))
      case .rehearse(.write(let path)): destination = .rehearsal(path)
      case .write, .mirror, .test, .check, .rehearse: destination = .nowhere
      }
      var outcomes: [FileOutcome] = []
      try run.minify([input], to: destination, &outcomes)
      for outcome in outcomes { try run.reporter.report(outcome, input.name, seconds: outcome.elapsedSeconds) }
    }
  }

  private func checkReplaceable(_ input: Plan.Input, _ rules: InPlaceRules) throws {
    guard case .path(let path) = input.source else { return }
    let file = try OpenedFile(path, using: files)
    try file.checkReplaceable(under: rules)
    try file.checkUnprotected()
  }

  private mutating func minify(
    _ inputs: [Plan.Input], to destination: FileDestination, _ outcomes: inout [FileOutcome]
  ) throws {
    let format = inputs.first?.format ?? .json
    if minifierFormat != format { minifier = nil }
    var minifier = try self.minifier.take() ?? makeMinifier(format)
    let result = Result { try minifier.minify(inputs.map(\.source), to: destination, outcomes: &outcomes) }
    if let totals = minifier.interruptedTotals { reporter.count(interrupted: totals) }
    self.minifier = consume minifier
    try result.get()
  }

  private mutating func makeMinifier(_ format: Format) throws -> FileMinifier {
    minifierFormat = format
    var minifier = try FileMinifier(
      plan.options.minifierOptions(format), memory: plan.memory, badLines: plan.badLines,
      finalNewline: plan.finalNewline, sync: plan.sync, files: files,
      device: device?.use ?? .none, codecs: plan.codecs, ledger: ledger)
    minifier.willBegin = { [progress, memory] source in
      progress.begin(source.name)
      memory?.profiler.begin(.minifying, file: source.name)
    }
    minifier.willCommit = { [memory] in memory?.profiler.begin(.committing) }
    minifier.onBadLine = reporter.onBadLine
    return minifier
  }

  /// Calls `body` and reports its error.
  ///
  /// - Throws: ``StopReason`` if no other input is to be started.
  private mutating func guarding(_ name: FileName, _ body: (inout MinifyRun) throws -> Void) throws {
    do {
      try body(&self)
    } catch {
      if let reason = reporter.report(error, name) { throw reason }
    }
  }

  // MARK: Before and after

  private func announce() {
    for warning in plan.warnings { reporter.note(warning) }
    for fallback in plan.fallbacks { reporter.detail(fallback) }
    if plan.reports.memory?.discardsOutput == true {
      reporter.note(
        "the minified JSON is discarded because the report uses standard output; use --output FILE to keep it")
    }
    reporter.detail("mode \(plan.mode.rawValue), kernel \(plan.kernel.name), \(Self.description(of: plan.memory))")
    for input in plan.inputs { reporter.detail("\(input.name): format \(input.format.rawValue)") }
  }

  private static func description(of memory: RunMemory) -> String {
    switch memory {
    case .window(let byteCount): "windows of \(byteCount) bytes"
    case .slices(let slices):
      "\(Figures.count(slices.workers, "worker")), \(slices.slots) slices of \(slices.sliceBytes) bytes at once"
    }
  }

  private func conclude(_ ending: RunEnding, seconds: Double) {
    let statistics = reporter.statistics
    if !ending.isBrokenPipe {
      reporter.sayLargerOutputs()
      if plan.inputs.count > 1,
        let summary = statistics.summary(of: plan.inputs.count, notReached: plan.inputs.count - reached)
      {
        reporter.note(summary)
      }
      if plan.printsStatistics { reporter.sayStatistics(seconds: seconds, mode: plan.mode.rawValue) }
    }
    if let path = plan.reports.metricsFile {
      reporter.writeMetrics(
        to: path, fileCount: plan.inputs.count, seconds: seconds,
        exitCode: ending.exitCode(after: files.interruptedStatus))
    }
    reporter.logSummary(fileCount: plan.inputs.count, seconds: seconds, fallbacks: plan.warnings + plan.fallbacks)
  }
}
