import SystemPackage
import ZminBase
import ZminCPU
import ZminCore
import ZminEngine
import ZminFiles
import ZminIO

/// Turns options into a plan, or says what is wrong with them.
package struct Planner {
  let options: Options
  let environment: any Environment

  /// - Parameters:
  ///   - options: What the command line says.
  ///   - environment: What else there is to know.
  package init(_ options: Options, in environment: any Environment) {
    self.options = options
    self.environment = environment
  }

  /// The plan.
  ///
  /// - Throws: ``PlanError``.
  package func plan() throws(PlanError) -> Plan {
    if options.paths.isEmpty && environment.standardInputIsTerminal { throw .nothingToDo }
    try checkDestinations()
    try checkInputOptions()
    let inputs = try inputs()
    let task = try task(for: inputs)
    let kernel = try kernel()
    var fallbacks: [String] = []
    let sizes = inputs.map(sizes)
    let largestBytes = sizes.map { $0.plainBytes ?? .max }.max() ?? 0
    let isLarge = largestBytes >= RunMode.streamingBytesMin
    let mode = mode(isLarge: isLarge)
    let limits = mode != .standard || isLarge ? environment.limits : nil
    // On a device alone, the processor has nothing to do but to join slices.
    let usefulWorkers = mode == .gpu ? 1 : max(1, Int(largestBytes) / SlicePlan.usualBytes)
    let costliest = Format.allCases.last { format in inputs.contains { $0.format == format } } ?? .json
    var minifierOptions = MinifierOptions(
      format: costliest, validates: options.validates, depthMax: options.depthMax, kernel: kernel)
    minifierOptions.verification = verification
    let memory = try memory(mode, minifierOptions, limits, usefulWorkers, &fallbacks)
    let hostBytes = memory.peakBytes(minifierOptions)
    let badLines = try badLines(for: inputs, besides: hostBytes, limits)
    let device = try DevicePlanner(
      options: options, environment: environment, hostBytes: hostBytes, limits: limits
    ).plan(for: inputs, &fallbacks)
    return Plan(
      inputs: inputs,
      storedBytes: sizes.contains { $0.storedBytes == nil }
        ? nil : Int(sizes.reduce(Int64(0)) { $0.addingSaturated($1.storedBytes ?? 0) }), task: task,
      validates: options.validates, depthMax: options.depthMax,
      kernel: kernel, verification: verification, mode: mode, device: device, memory: memory,
      predictedPeakBytes: hostBytes,
      decoderBytesMax: options.memoryBudget.map { max(0, $0.byteCount - hostBytes) }, limits: limits,
      badLines: badLines, sync: sync, verbosity: verbosity,
      printsStatistics: printsStatistics, reports: try reports(), fallbacks: fallbacks)
  }

  // MARK: Input

  func checkInputOptions() throws(PlanError) {
    guard !options.validates else { return }
    if options.format == .concat { throw .usage("--no-validate cannot be used with --format concat") }
    if options.inspection == .test { throw .usage("--no-validate leaves nothing for --test to do") }
  }

  private func inputs() throws(PlanError) -> [Plan.Input] {
    let paths = options.paths
    if paths.count(where: \.isStandardStream) > 1 { throw .usage("standard input can be read only once") }
    if paths.isEmpty { return [Plan.Input(source: .standardInput, format: options.format.format(of: nil))] }
    var inputs: [Plan.Input] = []
    for argument in paths {
      if argument.isStandardStream {
        inputs.append(Plan.Input(source: .standardInput, format: options.format.format(of: nil)))
        continue
      }
      if argument.path.isEmpty { throw .usage("a path is empty") }
      if environment.facts(about: argument.path)?.kind == .directory {
        throw .usage("\(FileName.path(argument.path)) is a directory: --recursive walks it")
      }
      // What the slash asks of the system, a dot after it asks as well, and a path keeps that.
      let path = argument.namesDirectory ? argument.path.appending(".") : argument.path
      inputs.append(Plan.Input(source: .path(path), format: options.format.format(of: argument.path)))
    }
    return inputs
  }

  // MARK: Output

  func checkDestinations() throws(PlanError) {
    if options.isInPlace && options.output != nil { throw .usage("--in-place and --output exclude each other") }
    if let inspection = options.inspection, inspection != .dryRun {
      let name = inspection == .test ? "--test" : "--check"
      if options.isInPlace { throw .usage("\(name) writes nothing: it excludes --in-place") }
      if options.output != nil { throw .usage("\(name) writes nothing: it excludes --output") }
    }
    if !options.isInPlace, let option = options.inPlace.firstGiven,
      option != "--follow-symlinks" || !options.bulk.isRecursive
    {
      throw .usage("\(option) needs --in-place")
    }
    if let output = options.output, [".bz2", ".xz"].contains(where: output.path.string.hasSuffix) {
      throw .usage("zmin does not write \(output.path.extension ?? ""); name the output .gz or .zst")
    }
    if options.output?.path.isEmpty == true { throw .usage("the path of --output is empty") }
    for (option, argument) in [("--output", options.output), ("--bad-lines", options.badLines)] {
      if let argument, argument.namesDirectory {
        throw .usage("\(option) needs a file, and \(FileName.path(argument.path))/ names a directory")
      }
    }
  }

  private func task(for inputs: [Plan.Input]) throws(PlanError) -> Plan.Task {
    switch options.inspection {
    case .test: return .test
    case .check: return .check
    case .dryRun: return .rehearse(try writingTask(for: inputs, isRehearsal: true))
    case nil: return try writingTask(for: inputs, isRehearsal: false)
    }
  }

  private func writingTask(for inputs: [Plan.Input], isRehearsal: Bool) throws(PlanError) -> Plan.Task {
    if options.isInPlace {
      if inputs.contains(where: { $0.source == .standardInput }) {
        throw .usage("standard input cannot be replaced: --in-place needs paths")
      }
      return .replace(inPlaceRules, options.inPlace.minimumSaving)
    }
    let isRehearsalAlone = isRehearsal && options.output == nil
    if inputs.count > 1, !isRehearsalAlone {
      guard inputs.allSatisfy({ $0.format != .json && $0.format == inputs.first?.format }) else {
        throw .usage(
          "\(inputs.count) inputs need --in-place, --test, --check or --dry-run, or --format ndjson or concat")
      }
    }
    if let file = options.output, !file.isStandardStream { return .write(.file(file.path)) }
    if try memoryReport()?.discardsOutput == true { return .write(.nowhere) }
    return .write(.standardOutput)
  }

  var inPlaceRules: InPlaceRules {
    var rules = InPlaceRules()
    rules.followsSymbolicLinks = options.inPlace.followsSymbolicLinks
    rules.splitsHardLinks = options.inPlace.splitsHardLinks
    rules.keepsTimes = options.inPlace.keepsTimes
    return rules
  }

  var sync: SyncPolicy {
    switch options.sync {
    case .sync: .always
    case .noSync: .never
    case nil: .automatic
    }
  }

  // MARK: Engine

  func kernel() throws(PlanError) -> Kernel {
    guard let name = options.kernel else { return .fastest }
    guard let kernel = Kernel.named(name) else {
      throw .usage("unknown kernel '\(name)': there are \(Kernel.all.map(\.name).joined(separator: ", "))")
    }
    if let missing = kernel.missingFeature { throw .engineUnavailable("--kernel \(name): this CPU lacks \(missing)") }
    return kernel
  }

  var verification: Verification {
    switch options.verification {
    case .all: .whole
    // Any number will do, as long as it is always the same.
    case .sample: .sampled(seed: 1)
    case nil: .none
    }
  }

  /// - Parameter isLarge: Whether there is an input that `auto` streams: a large one, or one whose size is not known.
  func mode(isLarge: Bool) -> RunMode {
    switch options.mode {
    case .standard: .standard
    case .streaming: .streaming
    case .gpu: .gpu
    case .hybrid: .hybrid
    case .auto: isLarge ? .streaming : .standard
    }
  }

  /// The sizes of an input on the disk and of its contents, each nil if it is not known. A missing input has none.
  private func sizes(of input: Plan.Input) -> (storedBytes: Int64?, plainBytes: Int64?) {
    switch input.source {
    case .standardInput: return (environment.standardInputBytes, environment.standardInputBytes)
    case .entry: return (0, 0)
    case .path(let path):
      guard let facts = environment.facts(about: path) else { return (0, 0) }
      return (facts.kind == .regular ? facts.storedBytes : nil, facts.plainBytes)
    }
  }

  /// Pools that stay within `--memory-budget`, and as far as may be within what the control groups leave.
  ///
  /// - Parameter usefulWorkers: As many as there are slices.
  private func memory(
    _ mode: RunMode, _ minifierOptions: MinifierOptions, _ limits: MachineLimits?, _ usefulWorkers: Int,
    _ fallbacks: inout [String]
  ) throws(PlanError) -> RunMemory {
    let asked = options.jobs ?? min(limits?.processorCount ?? 1, EngineArguments.workersMax)
    let workers = min(asked, usefulWorkers)
    let window = RunMemory.window(byteCount: RunMode.windowBytes)
    // Lines are separated by one thread.
    let isWindowed = mode == .standard || options.badLines != nil
    let usual = isWindowed ? window : .slices(SlicePlan(workers: workers))
    let least = isWindowed ? window : .slices(.least)
    let leastBytes = least.peakBytes(minifierOptions)
    if let budget = options.memoryBudget, budget.byteCount < leastBytes {
      throw .usage("--memory-budget \(budget.byteCount) is too little: it takes \(leastBytes) bytes at least")
    }
    let budgetBytes = options.budgetBytes(within: limits)
    if isWindowed || usual.peakBytes(minifierOptions) <= budgetBytes { return usual }
    guard let plan = SlicePlan(workers: workers, withinBytes: budgetBytes, minifierOptions) else {
      fallbacks.append(
        "the control group leaves \(budgetBytes) bytes, less than the \(leastBytes) that it takes at least")
      return least
    }
    let source = budgetBytes == options.memoryBudget?.byteCount ? "--memory-budget" : "the control group"
    fallbacks.append("\(source) leaves \(budgetBytes) bytes: fewer or smaller slices than usual")
    return .slices(plan)
  }

  // MARK: Reports

  var printsStatistics: Bool { options.printsStatistics && verbosity != .quiet }

  func reports() throws(PlanError) -> ReportPlan {
    for (option, argument) in [("--log-file", options.logFile), ("--metrics-file", options.metricsFile)] {
      if let argument, argument.isStandardStream || argument.path.isEmpty || argument.namesDirectory {
        throw .usage("\(option) needs the name of a file")
      }
    }
    let plan = ReportPlan(
      logsEvents: options.log != nil || options.logFile != nil, logFile: options.logFile?.path,
      metricsFile: options.metricsFile?.path, memory: try memoryReport())
    try check(plan)
    return plan
  }

  var verbosity: Plan.Verbosity {
    switch options.verbosity {
    case .quiet: .quiet
    case .verbose: .verbose
    case nil: .normal
    }
  }
}
