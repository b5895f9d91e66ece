import SystemPackage
import ZminCore
import ZminEngine
import ZminFiles
import ZminIO

extension Planner {
  /// True if the command line asks for a run over many files, each of which succeeds or fails alone.
  package var isBulk: Bool {
    let bulk = options.bulk
    if bulk.isRecursive || bulk.filesFrom != nil || options.outputDirectory != nil || bulk.journal != nil
      || bulk.shard != nil || bulk.shardPlan != nil
    {
      return true
    }
    let isEachByItself = options.isInPlace || options.inspection == .test || options.inspection == .check
    return isEachByItself && options.paths.count > 1 && !options.paths.contains(where: \.isStandardStream)
  }

  /// The plan of such a run.
  ///
  /// - Throws: ``PlanError``.
  package func bulkPlan() throws(PlanError) -> BulkPlan {
    try checkForMistakes()
    try checkDestinations()
    try checkInputOptions()
    try checkBulkOptions()
    let mode = mode(isLarge: true)
    let limits = environment.limits
    var walk = WalkRules()
    let patterns = options.bulk.include.isEmpty ? Self.usualPatterns : options.bulk.include
    walk.include = patterns.map(Self.pattern)
    walk.takesCompressed = options.compression.isWalked
    walk.takesHidden = options.bulk.takesHidden
    walk.exclude = options.bulk.exclude.map(Self.pattern)
    walk.isRecursive = options.bulk.isRecursive
    walk.followsSymbolicLinks = options.inPlace.followsSymbolicLinks
    let paths = try bulkPaths()
    var run = runOptions(try bulkTask(), try kernel())
    run.finalNewline = try finalNewline(run.task)
    let workers = EngineArguments.workers(options.jobs, of: limits.processorCount)
    run.codecs = try codecs(run.task)
    run.badLines = try badLinesOfManyFiles()
    if options.mode == .gpu, run.badLines != nil {
      run.warnings.append("the GPU is not used for ndjson: --bad-lines is supported on the CPU only")
    }
    run.device = try DevicePlanner(
      options: options, environment: environment,
      hostBytes: SlicePlan(workers: workers).peakBytes(run.minifierOptions(.json)), limits: limits
    ).planForManyFiles(&run.fallbacks)
    let slicedBytesMin: Int64 =
      switch mode {
      case .standard: .max
      case .gpu: 0
      case .streaming where options.mode == .streaming: Int64(2 * SlicePlan.usualBytes)
      case .streaming, .hybrid: RunMode.streamingBytesMin
      }
    let shard = try shard()
    if options.bulk.shardPlan == nil { walk.shard = shard }
    run.reports = try reports()
    return BulkPlan(
      paths: paths,
      list: options.bulk.filesFrom.map { list in
        BulkPlan.List(
          path: list.isStandardStream ? nil : list.path,
          separator: options.bulk.isListNullSeparated ? 0 : UInt8(ascii: "\n"))
      },
      walk: walk, patterns: patterns.map(RawArgument.readable), options: run, format: options.format,
      slicedBytesMin: slicedBytesMin, workers: workers,
      memoryBudget: options.memoryBudget(within: limits), limits: limits,
      journal: options.bulk.journal?.path, shard: shard,
      shardPlan: options.bulk.shardPlan?.path,
      printsSummary: options.bulk.isRecursive || options.bulk.filesFrom != nil || options.outputDirectory != nil)
  }

  /// Names that a walk takes without `--include`.
  private static let usualPatterns = ["*.json", "*.ndjson", "*.jsonl", "*.jsonlines"]

  private static func pattern(_ text: String) -> GlobPattern { GlobPattern(RawArgument.bytes(of: text)) }

  private func checkBulkOptions() throws(PlanError) {
    let bulk = options.bulk
    if options.output != nil { throw .usage("--output takes one output; use --output-dir for many files") }
    if options.paths.isEmpty, bulk.filesFrom == nil { throw .usage("no input files; give paths or --files-from") }
    if options.paths.contains(where: \.isStandardStream) {
      throw .usage("standard input cannot be part of a multi-file run; process it separately")
    }
    if bulk.isListNullSeparated, bulk.filesFrom == nil { throw .usage("--null needs --files-from") }
    let walkOptions = [
      bulk.include.isEmpty ? nil : "--include", bulk.exclude.isEmpty ? nil : "--exclude",
      bulk.takesHidden ? "--hidden" : nil,
    ]
    if !bulk.isRecursive, let option = walkOptions.compactMap(\.self).first {
      throw .usage("\(option) needs --recursive")
    }
    if bulk.shardPlan != nil, bulk.shard == nil { throw .usage("--shard-plan needs --shard") }
    if bulk.shardPlan != nil, bulk.filesFrom != nil {
      throw .usage("--shard-plan and --files-from cannot be used together")
    }
    if bulk.journal != nil, options.inspection == .dryRun {
      throw .usage("--dry-run cannot be used with --journal")
    }
    for (option, argument) in [
      ("--journal", bulk.journal), ("--shard-plan", bulk.shardPlan), ("--output-dir", options.outputDirectory),
    ] {
      if let argument, argument.isStandardStream || argument.path.isEmpty {
        throw .usage("\(option) needs the name of a \(option == "--output-dir" ? "directory" : "file")")
      }
    }
  }

  private func bulkPaths() throws(PlanError) -> [FilePath] {
    var paths: [FilePath] = []
    for argument in options.paths {
      if argument.path.isEmpty { throw .usage("a path is empty") }
      let isDirectory = environment.facts(about: argument.path)?.kind == .directory
      if isDirectory, !options.bulk.isRecursive {
        throw .usage("\(FileName.path(argument.path)) is a directory; use --recursive")
      }
      // A dot after the slash makes the system require a directory, as the slash did.
      paths.append(argument.namesDirectory && !isDirectory ? argument.path.appending(".") : argument.path)
    }
    return paths
  }

  private func bulkTask() throws(PlanError) -> Plan.Task {
    if let directory = options.outputDirectory {
      if options.isInPlace { throw .usage("--in-place and --output-dir cannot be used together") }
      switch options.inspection {
      case .test: throw .usage("--test cannot be used with --output-dir")
      case .check: throw .usage("--check cannot be used with --output-dir")
      case .dryRun: return .rehearse(.mirror(directory.path))
      case nil: return .mirror(directory.path)
      }
    }
    switch options.inspection {
    case .test: return .test
    case .check: return .check
    case .dryRun: return .rehearse(options.isInPlace ? replacement : .write(.standardOutput))
    case nil: break
    }
    if options.isInPlace { return replacement }
    throw .usage("many files need --in-place, --output-dir, --test, --check or --dry-run")
  }

  private var replacement: Plan.Task { .replace(inPlaceRules, options.inPlace.minimumSaving) }

  private func shard() throws(PlanError) -> Shard? {
    guard let argument = options.bulk.shard else { return nil }
    return try argument.shard(in: environment, of: "--shard ")
  }
}

extension ShardArgument {
  /// The part, whose number may come from the environment.
  ///
  /// - Parameter option: What stands before the argument, for messages.
  /// - Throws: ``PlanError``.
  func shard(in environment: some Environment, of option: String) throws(PlanError) -> Shard {
    let count: Int
    switch self {
    case .part(let shard): return shard
    case .automatic(let number): count = number
    }
    let names = ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX"]
    guard let name = names.first(where: { environment.variable($0) != nil }), let value = environment.variable(name)
    else { throw .usage("\(option)auto: neither \(names[0]) nor \(names[1]) is set") }
    guard let index = ShardArgument.number(value) else {
      throw .usage("\(option)auto: \(name) is not a number: \(value)")
    }
    guard let shard = Shard(index: index, count: count) else {
      throw .usage("\(option)auto/\(count): \(name) is \(index); parts are numbered from 0 to \(count - 1)")
    }
    return shard
  }
}
