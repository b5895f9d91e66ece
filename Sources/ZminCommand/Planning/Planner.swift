import SystemPackage
import ZminBase
import ZminCPU
import ZminCodec
import ZminCore
import ZminEngine
import ZminFiles
import ZminIO

/// The step from options to a plan, or to an error of the command line.
package struct Planner {
  let options: Options
  let environment: any Environment

  /// - Parameters:
  ///   - options: The values of the command line.
  ///   - environment: The machine and its files.
  package init(_ options: Options, in environment: any Environment) {
    self.options = options
    self.environment = environment
  }

  /// The plan of a run over named inputs.
  ///
  /// - Throws: ``PlanError``.
  package func plan() throws(PlanError) -> Plan {
    if options.paths.isEmpty && environment.standardInputIsTerminal { throw .nothingToDo }
    try checkForMistakes()
    try checkDestinations()
    try checkInputOptions()
    let inputs = try inputs()
    let task = try task(for: inputs)
    var run = runOptions(task, try kernel())
    run.finalNewline = try finalNewline(task)
    let sizes = inputs.map(sizes)
    let largestBytes = sizes.map { $0.plainBytes ?? .max }.max() ?? 0
    let isLarge = largestBytes >= RunMode.streamingBytesMin
    let askedMode = mode(isLarge: isLarge)
    // One thread separates bad lines, through a window.
    let mode = options.badLines == nil ? askedMode : .standard
    if options.badLines != nil, options.mode == .streaming {
      run.fallbacks.append("mode standard is used: --bad-lines takes one thread")
    }
    let limits = askedMode != .standard || isLarge ? environment.limits : nil
    // With --mode gpu the CPU only joins slices.
    let usefulWorkers = mode == .gpu ? 1 : max(1, Int(largestBytes) / SlicePlan.usualBytes)
    let costliest = Format.allCases.last { format in inputs.contains { $0.format == format } } ?? .json
    let minifierOptions = run.minifierOptions(costliest)
    run.codecs = try codecs(task)
    let memory = try memory(mode, minifierOptions, limits, usefulWorkers, for: inputs, &run)
    let hostBytes = memory.peakBytes(minifierOptions)
    run.badLines = try badLines(for: inputs, besides: hostBytes, limits)
    var reasons: [String] = []
    run.device = try DevicePlanner(
      options: options, environment: environment, hostBytes: hostBytes, limits: limits
    ).plan(for: inputs, &reasons)
    // A device that was asked for by name is not left out without a word.
    if options.mode == .gpu || options.device != nil { run.warnings += reasons } else { run.fallbacks += reasons }
    run.reports = try reports()
    let codecBytes = codecBytes(of: inputs, run, workers: run.codecs.workers)
    run.codecs.decoderBytesMax = options.memoryBudget.map { max(0, $0.byteCount - hostBytes - codecBytes.encoder) }
    return Plan(
      inputs: inputs,
      storedBytes: sizes.contains { $0.storedBytes == nil }
        ? nil : Int(sizes.reduce(Int64(0)) { $0.addingSaturated($1.storedBytes ?? 0) }),
      options: run, mode: mode, showsProgress: askedMode != .standard, memory: memory,
      predictedPeakBytes: hostBytes + codecBytes.decoder + codecBytes.encoder,
      limits: limits)
  }

  /// The options that both plans begin with. Device, bad lines, reports and fallbacks are decided later.
  func runOptions(_ task: Plan.Task, _ kernel: Kernel) -> RunOptions {
    RunOptions(
      task: task, validates: options.validates, depthMax: options.depthMax, kernel: kernel,
      verification: verification, sync: sync, verbosity: verbosity, printsStatistics: printsStatistics)
  }

  // MARK: Input

  func checkInputOptions() throws(PlanError) {
    guard !options.validates else { return }
    if options.format == .concat { throw .usage("--no-validate cannot be used with --format concat") }
    if options.inspection == .test { throw .usage("--no-validate cannot be used with --test") }
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
        throw .usage("\(FileName.path(argument.path)) is a directory; use --recursive")
      }
      // A dot after the slash makes the system require a directory, as the slash did. A path keeps the dot.
      let path = argument.namesDirectory ? argument.path.appending(".") : argument.path
      inputs.append(Plan.Input(source: .path(path), format: options.format.format(of: argument.path)))
    }
    return inputs
  }

  // MARK: Output

  func checkDestinations() throws(PlanError) {
    if options.isInPlace && options.output != nil { throw .usage("--in-place and --output cannot be used together") }
    if let inspection = options.inspection, inspection != .dryRun {
      let name = inspection == .test ? "--test" : "--check"
      if options.isInPlace { throw .usage("\(name) cannot be used with --in-place") }
      if options.output != nil { throw .usage("\(name) cannot be used with --output") }
    }
    if !options.isInPlace, let option = options.inPlace.firstGiven,
      option != "--follow-symlinks" || !options.bulk.isRecursive
    {
      throw .usage("\(option) needs --in-place")
    }
    if let output = options.output, options.compression.form == nil,
      let suffix = Format.compressedSuffix(ofName: output.path.bytes), Encoding(ofName: output.path.bytes) == nil
    {
      throw .usage("\(FileName.path(output.path)): \(suffix) cannot be written; use .gz or .zst, or --compress none")
    }
    if options.output?.path.isEmpty == true { throw .usage("the path of --output is empty") }
    for (option, argument) in [("--output", options.output), ("--bad-lines", options.badLines)] {
      if let argument, argument.namesDirectory {
        throw .usage("\(option) needs a file, but \(FileName.path(argument.path))/ is a directory")
      }
    }
  }

  /// The rule for a newline after the value.
  func finalNewline(_ task: Plan.Task) throws(PlanError) -> FinalNewline {
    guard let rule = options.finalNewline else {
      if case .write(.standardOutput) = task, environment.standardOutputIsTerminal { return .add }
      return .remove
    }
    if case .test = task { throw .usage("--final-newline cannot be used with --test") }
    if let format = options.format.format, format != .json {
      throw .usage("--final-newline cannot be used with --format \(format), in which every value ends with a newline")
    }
    return rule
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
        throw .usage("standard input cannot be replaced; give --in-place paths")
      }
      return .replace(inPlaceRules, options.inPlace.minimumSaving)
    }
    let isRehearsalAlone = isRehearsal && options.output == nil
    if inputs.count > 1, !isRehearsalAlone {
      guard inputs.allSatisfy({ $0.format != .json && $0.format == inputs.first?.format }) else {
        throw tooManyInputs(inputs.count)
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
      throw .usage("unknown kernel '\(name)'; the kernels are \(Kernel.all.map(\.name).joined(separator: ", "))")
    }
    if let missing = kernel.missingFeature { throw .engineUnavailable("--kernel \(name): this CPU lacks \(missing)") }
    return kernel
  }

  var verification: Verification {
    switch options.verification {
    case .all: .whole
    // Any constant works.
    case .sample: .sampled(seed: 1)
    case .stored, nil: .none
    }
  }

  /// - Parameter isLarge: True if an input is large or of unknown size, so that `auto` streams it.
  func mode(isLarge: Bool) -> RunMode {
    switch options.mode {
    case .standard: .standard
    case .streaming: .streaming
    case .gpu: .gpu
    case .hybrid: .hybrid
    case .auto: isLarge ? .streaming : .standard
    }
  }

  /// The sizes of an input on the disk and, as far as can be told, of its contents, each nil if it is unknown. A
  /// missing input has size 0.
  private func sizes(of input: Plan.Input) -> (storedBytes: Int64?, plainBytes: Int64?) {
    switch input.source {
    case .standardInput: return (environment.standardInputBytes, environment.standardInputBytes)
    case .entry: return (0, 0)
    case .path(let path):
      guard let facts = environment.facts(about: path) else { return (0, 0) }
      guard facts.kind == .regular else { return (nil, nil) }
      return (facts.storedBytes, Codec.estimatedPlainBytes(ofName: path.bytes, storedBytes: facts.storedBytes))
    }
  }

  /// The buffers within `--memory-budget` and, if possible, within the limit of the control group.
  ///
  /// It decides the number of threads of codecs, too, whose memory comes out of the same budget.
  ///
  /// - Parameter usefulWorkers: The number of slices. More workers would be idle.
  private func memory(
    _ mode: RunMode, _ minifierOptions: MinifierOptions, _ limits: MachineLimits?, _ usefulWorkers: Int,
    for inputs: [Plan.Input], _ run: inout RunOptions
  ) throws(PlanError) -> RunMemory {
    let asked = EngineArguments.workers(options.jobs, of: limits?.processorCount ?? 1)
    let workers = min(asked, usefulWorkers)
    let window = RunMemory.window(byteCount: RunMode.windowBytes)
    let isWindowed = mode == .standard
    var budget = options.memoryBudget(within: limits)
    if options.memoryBudget != nil {
      let usual = isWindowed ? window : .slices(SlicePlan(workers: workers))
      run.codecs.usualHostBytes =
        usual.peakBytes(minifierOptions) + codecBytes(of: inputs, run, workers: workers).encoder
    }
    let leastBytes = (isWindowed ? window : .slices(.least)).peakBytes(minifierOptions)
    for count in (0...workers).reversed() {
      let codecBytes = codecBytes(of: inputs, run, workers: count)
      run.codecs.workers = count
      if count == 0 || leastBytes + codecBytes.decoder + codecBytes.encoder <= budget.byteCount {
        budget = budget.reserving(codecBytes.decoder + codecBytes.encoder)
        break
      }
    }
    do throws(MemoryBudget.TooSmall) {
      if isWindowed {
        try budget.require(window.peakBytes(minifierOptions))
        return window
      }
      let pools = try budget.slicePools(workers: workers, minifierOptions)
      if let shortage = pools.shortage { run.fallbacks.append(shortage) }
      return .slices(pools.plan)
    } catch {
      throw .usage(FailureMessage.text(for: error))
    }
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
      metricsFile: options.metricsFile?.path, memory: try memoryReport(), wantsProgress: options.wantsProgress)
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
