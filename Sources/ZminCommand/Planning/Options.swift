package import ZminCodec
package import ZminEngine
package import ZminFiles
import ZminIO

/// The values of the command line, independent of the parser.
///
/// The initial values are those of a command line without options.
package struct Options: Sendable {
  package var paths: [PathArgument] = []
  package var format = InputArguments.FormatChoice.auto
  package var validates = true
  package var depthMax = MinifierOptions.defaultDepthMax

  package var output: PathArgument?
  package var isInPlace = false
  package var inspection: OutputArguments.Inspection?
  package var sync: OutputArguments.Sync?
  /// Nil for a newline on a terminal alone.
  package var finalNewline: FinalNewline?

  package var compression = Compression()
  package var outputDirectory: PathArgument?
  package var bulk = Bulk()
  package var inPlace = InPlace()
  package var badLines: PathArgument?
  package var badLinesMax: BadLineLimit?

  package var mode = EngineArguments.Mode.auto
  package var kernel: String?
  /// The number of workers, nil for the number of processors.
  package var jobs: Int?
  package var memoryBudget: SizeArgument?
  package var device: String?
  package var deviceMemory: SizeArgument?
  /// The value of `--verify`.
  package var verification: EngineArguments.Extent?

  package var log: ReportArguments.LogForm?
  package var logFile: PathArgument?
  package var metricsFile: PathArgument?
  package var printsStatistics = false
  /// True to show progress beside other programs of a pipeline.
  package var wantsProgress = false
  package var printsMemoryProfile = false
  package var memoryReport: ReportArguments.MemoryReportForm?
  package var memoryReportFile: PathArgument?
  package var monitorsMemory = false
  package var verbosity: ReportArguments.Verbosity?
  /// Words after an option whose value was left out that could be its value.
  package var valuesAfterSpace: [(option: String, value: String)] = []

  /// Options that apply only to `--in-place`.
  package struct InPlace: Sendable {
    package var minimumSaving: MinimumSaving?
    package var followsSymbolicLinks = false
    package var splitsHardLinks = false
    package var keepsTimes = false

    /// The long name of the first option given.
    var firstGiven: String? {
      if minimumSaving != nil { return "--min-saving" }
      if followsSymbolicLinks { return "--follow-symlinks" }
      if splitsHardLinks { return "--force" }
      return keepsTimes ? "--preserve" : nil
    }
  }

  /// Options for compressed files.
  package struct Compression: Sendable {
    /// Nil to decide by the destination.
    package var form: OutputCompression.Form?
    package var level: Int?
    package var layout: Encoding.Layout?
    /// True if walks take compressed files.
    package var isWalked = false
    package var refusesLargerOutputs = false
    package var plainBytesMax: SizeArgument?
  }

  /// Options of a run over many files.
  package struct Bulk: Sendable {
    package var isRecursive = false
    /// True if walks take hidden files and directories.
    package var takesHidden = false
    package var include: [String] = []
    package var exclude: [String] = []
    package var filesFrom: PathArgument?
    package var isListNullSeparated = false
    package var journal: PathArgument?
    package var shard: ShardArgument?
    package var shardPlan: PathArgument?
  }

  package init() {}

  /// Copies parsed arguments.
  ///
  /// - Throws: ``UsageError`` if two flags cannot be used together.
  init(_ arguments: MinifyArguments) throws(UsageError) {
    paths = arguments.input.paths
    format = arguments.input.format
    validates = arguments.input.validate
    depthMax = arguments.input.maxDepth
    output = arguments.output.output
    isInPlace = arguments.output.inPlace
    inspection = try arguments.output.inspection.one()
    sync = try arguments.output.sync.one()
    finalNewline = arguments.output.finalNewline
    outputDirectory = arguments.output.outputDir
    compression.form = arguments.compression.compress?.form
    compression.level = arguments.compression.level
    compression.layout = arguments.compression.layout
    compression.isWalked = arguments.compression.compressed
    compression.refusesLargerOutputs = arguments.compression.neverLarger
    compression.plainBytesMax = arguments.compression.maxPlainSize
    bulk.isRecursive = arguments.bulk.recursive
    bulk.takesHidden = arguments.bulk.hidden
    bulk.include = arguments.bulk.include
    bulk.exclude = arguments.bulk.exclude
    bulk.filesFrom = arguments.bulk.filesFrom
    bulk.isListNullSeparated = arguments.bulk.null
    bulk.journal = arguments.bulk.journal
    bulk.shard = arguments.bulk.shard
    bulk.shardPlan = arguments.bulk.shardPlan
    log = arguments.report.log
    logFile = arguments.report.logFile
    metricsFile = arguments.report.metricsFile
    inPlace.minimumSaving = arguments.inPlace.minSaving?.minimum
    inPlace.followsSymbolicLinks = arguments.inPlace.followSymlinks
    inPlace.splitsHardLinks = arguments.inPlace.force
    inPlace.keepsTimes = arguments.inPlace.preserve
    badLines = arguments.badLines.badLines
    badLinesMax = arguments.badLines.maxBadLines
    mode = arguments.engine.mode
    kernel = arguments.engine.kernel
    jobs = arguments.engine.jobs
    memoryBudget = arguments.engine.memoryBudget
    device = arguments.engine.device
    deviceMemory = arguments.engine.deviceMemory
    verification = arguments.engine.verify
    wantsProgress = arguments.report.progress
    printsStatistics = arguments.report.stats
    printsMemoryProfile = arguments.report.memoryProfile
    memoryReport = arguments.report.memoryReport
    memoryReportFile = arguments.report.memoryReportFile
    monitorsMemory = arguments.report.memoryMonitor
    verbosity = try arguments.report.verbosity.one()
  }
}

extension Options {
  /// The bounds of the option and of the control groups.
  func memoryBudget(within limits: MachineLimits?) -> MemoryBudget {
    MemoryBudget(requestedBytes: memoryBudget?.byteCount, availableBytes: limits?.memoryBytes)
  }
}
