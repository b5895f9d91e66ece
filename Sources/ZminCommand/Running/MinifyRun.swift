import SystemPackage
import Zmin
import ZminCPU
import ZminCore
import ZminIO
import ZminMemory

/// Carries a plan out.
struct MinifyRun: ~Copyable {
  private let plan: Plan
  private let files: FileAccess
  private let console: Console
  private var tally = Tally()
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
  }

  init(_ plan: Plan, files: FileAccess, console: Console) {
    self.plan = plan
    self.files = files
    self.console = console
  }

  /// Does it all.
  consuming func run() -> Ending {
    announce()
    let start = MonotonicClock.seconds()
    do {
      if case .write(let destination) = plan.task {
        try takeTogether(to: destination)
      } else if isAllowed() {
        for input in plan.inputs {
          reached += 1
          if try !take(input) { break }
        }
      }
    } catch {
      if let output = (error as? Stopped)?.brokenPipe { return .brokenPipe(output) }
    }
    conclude(seconds: MonotonicClock.seconds() - start, notReached: plan.inputs.count - reached)
    return .status(tally.status)
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
      fail(error, .standardOutput)
      return false
    }
  }

  /// All inputs into one output.
  private mutating func takeTogether(to destination: FileDestination) throws {
    var outcomes: [FileOutcome] = []
    let result = Result { try minify(plan.inputs, to: destination, &outcomes) }
    for (outcome, input) in zip(outcomes, plan.inputs) { report(outcome, input) }
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
      case .write, .test, .check, .rehearse: destination = .nowhere
      }
      var outcomes: [FileOutcome] = []
      try run.minify([input], to: destination, &outcomes)
      for outcome in outcomes { try run.judge(outcome, input) }
    }
  }

  private func checkReplaceable(_ input: Plan.Input, _ rules: InPlaceRules) throws {
    guard case .path(let path) = input.source else { return }
    try InputFile(path, using: files).checkReplaceable(under: rules)
  }

  private mutating func minify(
    _ inputs: [Plan.Input], to destination: FileDestination, _ outcomes: inout [FileOutcome]
  ) throws {
    let format = inputs.first?.format ?? .json
    if minifierFormat != format { minifier = nil }
    var minifier = try self.minifier.take() ?? makeMinifier(format)
    let result = Result { try minifier.minify(inputs.map(\.source), to: destination, outcomes: &outcomes) }
    self.minifier = consume minifier
    try result.get()
  }

  private mutating func makeMinifier(_ format: Format) throws -> FileMinifier {
    minifierFormat = format
    var options = MinifierOptions(
      format: format, validates: plan.validates, depthMax: plan.depthMax, kernel: plan.kernel)
    options.verification = plan.verification
    return try FileMinifier(
      options, memory: plan.memory, badLines: plan.badLines, sync: plan.sync, files: files,
      ledger: MemoryLedger())
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
      fail(error, name)
      return (error as? FileError)?.isStorageFull != true
    }
  }

  /// Says what went wrong and counts it.
  private mutating func fail(_ error: any Error, _ name: FileName) {
    console.say(FailureMessage.text(for: error, input: name))
    let status = FailureMessage.status(for: error)
    if status == .usage {
      tally.raise(to: status)
    } else {
      tally.addFailure(status)
    }
  }

  // MARK: Outcomes

  /// Counts an outcome and names what is not valid; the totals if all is well.
  @discardableResult
  private mutating func report(_ outcome: FileOutcome, _ input: Plan.Input) -> RunTotals? {
    switch outcome.result {
    case .invalid(let error, let totals):
      tally.add(totals)
      tally.add(error)
      console.say("\(input.name):\(error)")
      return nil
    case .failed(let error):
      fail(error, input.name)
      return nil
    case .complete(let totals):
      tally.add(totals)
      if totals.badLines > 0, outcome.areBadLinesWritten, plan.verbosity != .quiet, let badLines = plan.badLines {
        console.say(
          "\(input.name): \(Figures.count(totals.badLines, "bad line")) put into \(FileName.path(badLines.path))")
      }
      return totals
    }
  }

  /// Says what the task wants to be said of an outcome.
  private mutating func judge(_ outcome: FileOutcome, _ input: Plan.Input) throws {
    guard let totals = report(outcome, input) else { return }
    let sizes =
      "\(totals.inputBytes) to \(totals.outputBytes) bytes, saved "
      + Figures.saved(totals.inputBytes, totals.outputBytes)
    switch plan.task {
    case .write: break
    case .test: detail("\(input.name): valid")
    case .check where totals.isUnchanged: detail("\(input.name): minified")
    case .check:
      tally.addUnminified()
      if plan.verbosity != .quiet { console.say("\(input.name): not minified") }
    case .replace: detail("\(input.name): \(outcome.isWritten ? "replaced, \(sizes)" : "left as it is")")
    case .rehearse(.replace(_, let minimum)):
      let isReplaced = !totals.isUnchanged && minimum?.isReached(totals) != false
      try print("\(input.name): would be \(isReplaced ? "replaced, \(sizes)" : "left as it is")")
    case .rehearse(.write(.file(let path))):
      try print("\(input.name): would be written to \(FileName.path(path)), \(sizes)")
    case .rehearse: try print("\(input.name): would be written, \(sizes)")
    }
  }

  /// What a task has to say is on standard output.
  private func print(_ line: String) throws {
    if plan.verbosity != .quiet { try StandardOutput(files).write(line + "\n") }
  }

  private func detail(_ line: String) {
    if plan.verbosity == .verbose { console.say(line) }
  }

  // MARK: Before and after

  private func announce() {
    for fallback in plan.fallbacks { detail(fallback) }
    detail("mode \(plan.mode.rawValue), kernel \(plan.kernel.name), \(Self.description(of: plan.memory))")
    for input in plan.inputs { detail("\(input.name): format \(input.format.rawValue)") }
  }

  private static func description(of memory: RunMemory) -> String {
    switch memory {
    case .window(let byteCount): "windows of \(byteCount) bytes"
    case .slices(let slices):
      "\(Figures.count(slices.workers, "worker")), \(slices.slots) slices of \(slices.sliceBytes) bytes at once"
    }
  }

  private func conclude(seconds: Double, notReached: Int) {
    if plan.inputs.count > 1, plan.verbosity != .quiet,
      let summary = tally.summary(of: plan.inputs.count, notReached: notReached)
    {
      console.say(summary)
    }
    if plan.printsStatistics {
      console.say(
        """
        in \(tally.inputBytes) bytes, out \(tally.outputBytes) bytes, \
        saved \(Figures.saved(tally.inputBytes, tally.outputBytes)), \(Figures.fixed(seconds, digits: 3)) s, \
        \(Figures.rate(tally.inputBytes, seconds: seconds)), engine \(plan.kernel.name), mode \(plan.mode.rawValue)
        """)
    }
  }
}
