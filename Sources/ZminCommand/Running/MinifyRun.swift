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

/// Carries a plan out.
struct MinifyRun: ~Copyable {
  private let plan: Plan
  private let files: FileAccess
  private let reporter: RunReporter
  private let ledger: MemoryLedger
  private let memory: MemoryReporting?
  private var device: DeviceSession?
  private let progress: InputProgress
  /// Inputs that were begun.
  private var reached = 0
  private var minifier: FileMinifier?
  private var minifierFormat = Format.json

  /// Ends the run at once: the reader went away, or a signal came.
  private struct Stopped: Error {
    /// The output whose reader it was.
    let brokenPipe: FileName?
  }

  /// How a run ended.
  enum Ending {
    case status(ExitStatus)
    /// The reader of this output went away.
    case brokenPipe(FileName)

    /// What the program ends with, as the system or a shell tells it.
    ///
    /// - Parameter signal: The signal that came, nil if none did.
    func exitCode(after signal: ExitStatus?) -> Int32 {
      if let signal { return signal.code }
      return switch self {
      case .status(let status): status.code
      case .brokenPipe: ProcessSetup.brokenPipeCode
      }
    }

    /// Whether nobody wants more of it.
    var isBrokenPipe: Bool {
      if case .brokenPipe = self { true } else { false }
    }
  }

  init(
    _ plan: Plan, files: FileAccess, log: EventLog?, console: Console, ledger: MemoryLedger, _ memory: MemoryReporting?
  ) {
    self.plan = plan
    self.ledger = ledger
    self.memory = memory
    self.files = files
    progress = InputProgress(fileCount: plan.inputs.count, storedBytes: plan.storedBytes, files: files)
    reporter = RunReporter(
      task: plan.task, verbosity: plan.verbosity, badLines: plan.badLines?.path,
      offersBadLines: plan.badLines == nil && plan.task.takesBadLines,
      engine: plan.kernel.name, files: files, log: log, console: console, profiler: memory?.profiler)
    memory?.follow(progress)
  }

  /// Does it all.
  consuming func run() -> Ending {
    announce()
    let ending = work()
    memory?.conclude(conclusion(ending))
    // The device's memory is in use until then.
    minifier = nil
    device?.end(givesBack: memory != nil)
    device = nil
    return ending
  }

  private mutating func work() -> Ending {
    let start = MonotonicClock.seconds()
    var brokenPipe: FileName?
    // What goes through one window is over before there is anything to show, or has nothing that counts.
    let display = plan.mode == .standard ? nil : try? meter().begin()
    do {
      try findDevice()
      if case .write(let destination) = plan.task {
        try takeTogether(to: destination)
      } else if isAllowed() {
        for input in plan.inputs {
          reached += 1
          if try !take(input) { break }
        }
      }
    } catch let error as DeviceSession.NoDevice {
      reporter.fail(error.message, .engineUnavailable)
    } catch FileError.interrupted {
      // The signal is what the program ends with.
    } catch {
      brokenPipe = (error as? Stopped)?.brokenPipe
    }
    display?.end()
    reporter.noteKeptFiles()
    conclude(
      brokenPipe.map(Ending.brokenPipe) ?? .status(reporter.statistics.status),
      seconds: MonotonicClock.seconds() - start)
    reporter.endLog()
    return brokenPipe.map(Ending.brokenPipe) ?? .status(reporter.statistics.status)
  }

  private func meter() throws -> ProgressMeter {
    try ProgressMeter(
      progress, reporter, isShown: plan.verbosity != .quiet && plan.reports.memory?.monitors != true, ledger: ledger)
  }

  /// What there is to say of the run apart from its memory.
  private func conclusion(_ ending: Ending) -> MemoryReporting.Conclusion {
    let workers = if case .slices(let slices) = plan.memory { slices.workers } else { 1 }
    return MemoryReporting.Conclusion(
      mode: plan.mode.rawValue, kernel: plan.kernel.name, workers: workers, inputCount: plan.inputs.count,
      statistics: reporter.statistics, predictedPeakBytes: plan.predictedPeakBytes,
      deviceHostBytes: plan.device?.hostBytes ?? 0, exitCode: ending.exitCode(after: files.interruptedStatus),
      isCutShort: ending.isBrokenPipe || files.interruptedStatus != nil || reporter.statistics.status == .failure)
  }

  /// Begins to look for a device, if one is to take part, and waits for one that must.
  private mutating func findDevice() throws {
    guard let part = plan.device else { return }
    do {
      device = try DeviceSession(
        part, formats: plan.inputs.map(\.format), validates: plan.validates, kernel: plan.kernel, ledger: ledger)
    } catch {
      guard part.isRequired else { return reporter.detail("no device is looked for: \(error)") }
      throw DeviceSession.NoDevice(error)
    }
    if let profiler = memory?.profiler { device?.show(to: profiler) }
    if part.isRequired { memory?.profiler.begin(.waitingForDevice) }
    try device?.waitIfRequired(files)
  }

  // MARK: Inputs

  /// Whether what is rehearsed would not be refused at once; says so if it would.
  private mutating func isAllowed() -> Bool {
    guard case .rehearse(.write(let destination)) = plan.task else { return true }
    do {
      try DestinationCheck(badLines: plan.badLines?.path, files: files).check(
        plan.inputs.map(\.source), to: destination)
      return true
    } catch {
      // An input that cannot be looked at says so when its turn comes.
      guard FailureMessage.status(for: error) == .usage else { return true }
      reporter.fail(error, .standardOutput)
      return false
    }
  }

  /// All inputs into one output.
  private mutating func takeTogether(to destination: FileDestination) throws {
    var outcomes: [FileOutcome] = []
    let result = Result { try minify(plan.inputs, to: destination, &outcomes) }
    for (outcome, input) in zip(outcomes, plan.inputs) {
      try reporter.report(outcome, input.name, seconds: outcome.elapsedSeconds)
    }
    reached = outcomes.count
    // What failed is the output, or memory, under the hands of the input that comes next.
    let current = plan.inputs[min(reached, plan.inputs.count - 1)]
    _ = try guarding(current.name) { run in
      do {
        try result.get()
      } catch {
        if FailureMessage.status(for: error) != .usage { run.reached = min(run.reached + 1, run.plan.inputs.count) }
        throw error
      }
    }
  }

  /// One input; false if there is no use in going on with others.
  private mutating func take(_ input: Plan.Input) throws -> Bool {
    try guarding(input.name) { run in
      let destination: FileDestination
      switch run.plan.task {
      case .replace(let rules, let minimum): destination = .inPlace(rules, minimum)
      case .rehearse(.replace(let rules, _)):
        try run.checkReplaceable(input, rules)
        destination = .nowhere
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
    var options = MinifierOptions(
      format: format, validates: plan.validates, depthMax: plan.depthMax, kernel: plan.kernel)
    options.verification = plan.verification
    var minifier = try FileMinifier(
      options, memory: plan.memory, badLines: plan.badLines, sync: plan.sync, files: files,
      device: device?.use ?? .none, decoderBytesMax: plan.decoderBytesMax, ledger: ledger)
    minifier.willBegin = { [progress, memory] source in
      progress.begin(source.name)
      memory?.profiler.begin(.minifying, file: source.name)
    }
    minifier.onBadLine = reporter.onBadLine
    return minifier
  }

  /// Says what went wrong, and whether to go on: a full disk is full for the next file too.
  private mutating func guarding(_ name: FileName, _ body: (inout MinifyRun) throws -> Void) throws -> Bool {
    do {
      try body(&self)
      return true
    } catch FileError.brokenPipe(let output) {
      throw Stopped(brokenPipe: output)
    } catch FileError.interrupted {
      throw Stopped(brokenPipe: nil)
    } catch let error as Stopped {
      throw error
    } catch {
      reporter.fail(error, name)
      return (error as? FileError)?.isStorageFull != true
    }
  }

  // MARK: Before and after

  private func announce() {
    for fallback in plan.fallbacks { reporter.detail(fallback) }
    if plan.reports.memory?.discardsOutput == true {
      reporter.note("the minified JSON is discarded, as the report has standard output: --output FILE keeps it")
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

  private func conclude(_ ending: Ending, seconds: Double) {
    let statistics = reporter.statistics
    if !ending.isBrokenPipe {
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
    reporter.logSummary(fileCount: plan.inputs.count, seconds: seconds, fallbacks: plan.fallbacks)
  }
}
