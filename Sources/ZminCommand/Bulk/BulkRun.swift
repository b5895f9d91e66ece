import Glibc
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

/// A run over many files: finds them, lets workers process them, and prints a summary.
struct BulkRun {
  /// The error of a run that was refused before it wrote anything.
  struct Refused: Error {
    let message: String
  }

  /// The largest number of files that a worker commits together.
  private static let batchFilesMax = 64
  /// The largest number of directories of inputs, and of outputs, that a worker holds open.
  private static let openDirectoriesMax = 8

  let plan: BulkPlan
  let files: FileAccess
  let reporter: RunReporter
  private let list: FileList
  private let ledger: MemoryLedger
  private let memory: MemoryReporting?
  private let log: EventLog?

  init(
    _ plan: BulkPlan, files: FileAccess, log: EventLog?, console: Console, ledger: MemoryLedger,
    _ memory: MemoryReporting?
  ) {
    self.plan = plan
    self.files = files
    self.ledger = ledger
    self.memory = memory
    self.log = log
    reporter = RunReporter(plan.options, files: files, log: log, console: console, profiler: memory?.profiler)
    list = FileList(ledger: ledger)
  }

  func run() -> RunEnding {
    var predictedPeakBytes: Int?
    let ending = run(&predictedPeakBytes)
    memory?.conclude(
      MemoryReporting.Conclusion(
        mode: "bulk", kernel: plan.kernel.name, workers: workers, inputCount: list.count,
        statistics: reporter.statistics,
        predictedPeakBytes: predictedPeakBytes, deviceHostBytes: plan.device?.hostBytes ?? 0,
        exitCode: ending.exitCode(after: files.interruptedStatus),
        isCutShort: ending.isBrokenPipe || files.interruptedStatus != nil))
    return ending
  }

  private func run(_ predictedPeakBytes: inout Int?) -> RunEnding {
    let start = MonotonicClock.seconds()
    var reason: StopReason?
    for warning in plan.warnings { reporter.note(warning) }
    for fallback in plan.fallbacks { reporter.detail(fallback) }
    var fallbacks = plan.warnings + plan.fallbacks
    do {
      let finder = FileFinder(plan, files: files, into: list, ledger: ledger) { error in
        reporter.fail(error, error.file ?? .standardInput)
      }
      memory?.profiler.begin(.finding)
      try finder.find()
      // The log file is not one of the inputs.
      try log?.open()
      let missed = reporter.statistics.failedFiles
      if reporter.statistics.status == .usage { throw Refused(message: "nothing was done") }
      let queue = FileQueue(list, slicedBytesMin: plan.slicedBytesMin, workers: workers)
      let pools = try pools(for: queue, &fallbacks)
      predictedPeakBytes = pools.planned.peakBytes
      let context = try makeContext(queue, pools, finder.walk)
      memory?.follow(context)
      try work(context)
      reason = context.stopped
      reporter.noteKeptFiles()
      // A check of nothing would be green over any fault.
      if plan.walk.isRecursive, plan.task.isInspection, !finder.walk.hasFoundFile {
        reporter.raise(to: .invalidInput)
      }
      conclude(
        RunEnding(after: reason, reporter.statistics.status), fileCount: list.count + missed, finder.walk,
        seconds: MonotonicClock.seconds() - start, fallbacks)
    } catch FileError.interrupted {
    } catch let error as DeviceSession.NoDevice {
      reporter.fail(error.message, .engineUnavailable)
    } catch let error as Refused {
      reporter.fail(error.message, .usage)
    } catch let error as ShardPlan.Unusable {
      reporter.fail("\(FileName.path(plan.shardPlan ?? "")): \(error.reason)", .usage)
    } catch is Journal.Foreign {
      reporter.fail("\(FileName.path(plan.journal ?? "")): not a zmin journal; left unchanged", .usage)
    } catch is Journal.InUse {
      reporter.fail(
        "\(FileName.path(plan.journal ?? "")): another run uses this journal; wait for it, or use another file")
    } catch let error as OutOfMemory {
      reporter.fail("out of memory: cannot allocate \(error.byteCount) bytes for the list of files")
    } catch {
      reporter.fail(FailureMessage.text(for: error, input: .standardInput))
    }
    reporter.endLog()
    return RunEnding(after: reason, reporter.statistics.status)
  }

  // MARK: Before

  /// The memory pools for the files that were found, and those that they would have without a budget.
  private func pools(
    for queue: FileQueue, _ fallbacks: inout [String]
  ) throws(Refused) -> (planned: BulkMemory, usual: BulkMemory) {
    let options = formats.map(plan.options.minifierOptions)
    // With --mode gpu even the smallest files count as large.
    let sliceWorkers =
      largestSlicedFile(of: queue).map {
        min(plan.workers, max(1, Int(list.estimatedPlainBytes(of: list[$0])) / SlicePlan.usualBytes))
      } ?? 0
    let suffixes = list.codecSuffixes
    func pools(within byteCount: Int) -> BulkMemory? {
      [max(1, sliceWorkers), 1, 0].lazy.compactMap { codecWorkers in
        BulkMemory(
          workers: workers, sliceWorkers: sliceWorkers, listBytes: listBytes, withinBytes: byteCount, options,
          codecs: codecMemory(suffixes, workers: codecWorkers))
      }.first
    }
    let leastBytes = BulkMemory.leastBytes(
      listBytes: listBytes, hasLargeFiles: sliceWorkers > 0, options, codecs: codecMemory(suffixes, workers: 0))
    do throws(MemoryBudget.TooSmall) {
      try plan.memoryBudget.require(leastBytes, " for these files")
    } catch {
      throw Refused(message: FailureMessage.text(for: error))
    }
    if let planned = pools(within: plan.memoryBudget.byteCount) { return (planned, pools(within: .max) ?? planned) }
    fallbacks.append(plan.memoryBudget.shortage(of: leastBytes))
    reporter.detail(fallbacks[fallbacks.count - 1])
    guard let pools = pools(within: leastBytes) else { throw Refused(message: "not enough memory") }
    return (pools, pools)
  }

  /// The memory of decoders and encoders for files whose names end in these suffixes.
  private func codecMemory(_ suffixes: Set<String?>, workers: Int) -> CodecMemory {
    var memory = CodecMemory(largeWorkers: workers)
    for suffix in suffixes {
      memory.add(name: Array((suffix ?? "").utf8), to: plan.task.destination, plan.options.codecs)
    }
    return memory
  }

  /// The largest file that is processed in slices, nil if there is none.
  ///
  /// Bad lines are separated by one thread, through a window.
  private func largestSlicedFile(of queue: FileQueue) -> Int? {
    queue.large.first { number in
      plan.options.badLines == nil || (plan.format.format ?? Format(ofName: list.nameBytes(list[number]))) != .ndjson
    }
  }

  /// The bytes of the list of files. With `--output-dir`, the record of outputs is included.
  private var listBytes: Int {
    guard case .mirror = plan.task else { return list.byteCount }
    return list.byteCount + MadeOutputs.byteCount(fileCount: list.count)
  }

  /// The number of threads for small files if memory allows: one for eight files, up to the number of workers.
  private var workers: Int { min(plan.workers, max(1, list.count / 8)) }

  /// The formats of the files.
  private var formats: [Format] {
    if let format = plan.format.format { return [format] }
    let hasLines = (0..<list.count).contains { Format(ofName: list.nameBytes(list[$0])) == .ndjson }
    return hasLines ? [.json, .ndjson] : [.json]
  }

  private func makeContext(
    _ queue: FileQueue, _ pools: (planned: BulkMemory, usual: BulkMemory), _ walk: FileWalk
  ) throws -> BulkContext {
    if let path = plan.mirrorPath,
      let (one, other) = list.firstCollision(below: path, named: plan.outputNames, using: files)
    {
      let paths = [one, other].map { "\(FileName.path(list.path(of: $0)))" }
      throw Refused(message: "\(paths[0]) and \(paths[1]) would become one file below --output-dir; nothing was done")
    }
    if let path = plan.mirrorPath { try refuseReplacedInputs(below: path, walk) }
    let journal = try plan.journal.map {
      try Journal(
        at: $0, options: plan.outputOptions, version: VersionText.number, isSynced: plan.sync != .never, files: files)
    }
    var mirror: MirrorDirectory?
    if case .mirror(let path) = plan.task {
      mirror = MirrorDirectory(path, root: try files.makeDirectory(path), names: plan.outputNames)
    }
    // The inputs may have any permissions, so only the owner can read a record of their lines.
    let badLines = plan.badLines.map { BadLineRecord($0.path, using: files) }
    try badLines?.open(mode: nil)
    noteSpace(queue, mirror)
    return BulkContext(
      plan, files: files, queue: queue, memory: pools.planned, usualMemory: pools.usual, mirror: mirror, walk: walk,
      reporter: reporter,
      badLines: badLines, journal: journal,
      finished: try journal?.finishedFiles(of: list),
      madeOutputs: try mirror.map { _ in try MadeOutputs(fileCount: list.count, ledger: ledger) })
  }

  /// Refuses the run before anything is written if an output would replace an input.
  private func refuseReplacedInputs(below path: FilePath, _ walk: FileWalk) throws {
    guard let found = try list.firstReplacedInput(below: path, named: plan.outputNames, of: walk, using: files) else {
      return
    }
    let (input, source) = (FileName.path(found.input), FileName.path(list.path(of: found.entry)))
    throw Refused(
      message: input == source
        ? FailureMessage.text(for: FileError.refused(input, .isInput), input: input)
        : "\(input): the output of \(source) would replace this input; use another --output-dir")
  }

  /// Warns of too little free space before it is needed. A mirror needs space for all outputs. In place, the largest
  /// file exists twice until it is replaced.
  private func noteSpace(_ queue: FileQueue, _ mirror: MirrorDirectory?) {
    var needed: (bytes: Int, directory: OpenDirectory, path: FilePath)?
    if let mirror {
      needed = (queue.storedBytes, mirror.root, mirror.path)
    } else if case .replace = plan.task, let largest = queue.large.first {
      var cursor = DirectoryCursor(list, files: files, mirror: nil)
      if case .entry(let place)? = try? cursor.source(of: list[largest]) {
        needed = (Int(list[largest].storedBytes), place.directory, place.path.removingLastComponent())
      }
    }
    guard let needed, let freeBytes = files.freeBytes(in: needed.directory), needed.bytes > freeBytes else { return }
    reporter.note(
      """
      \(FileName.path(needed.path)): outputs may need up to \(Figures.size(needed.bytes)), and only \
      \(Figures.size(Int(freeBytes))) are free
      """)
  }

  // MARK: Working

  private func work(_ context: BulkContext) throws {
    let pools = context.memory
    reporter.detail(
      """
      \(Figures.count(list.count, "file")), \(Figures.size(context.queue.storedBytes)), kernel \(plan.kernel.name), \
      \(Figures.count(pools.workers, "worker")), windows of \(pools.windowBytes) bytes\
      \(pools.slices.map { ", \($0.slots) slices of \($0.sliceBytes) bytes at once for large files" } ?? "")
      """)
    let openFilesMax = ProcessSetup.raiseOpenFilesLimit()
    let batchFilesMax = max(1, min(Self.batchFilesMax, openFilesMax / 8 / pools.workers))
    let openDirectoriesMax = max(1, min(Self.openDirectoriesMax, openFilesMax / 16 / pools.workers))
    let ledger = ledger
    let device = try deviceSession(for: context.queue)
    defer { device?.end(givesBack: memory != nil) }
    if plan.device?.isRequired == true { memory?.profiler.begin(.waitingForDevice) }
    try device?.waitIfRequired(files)
    let profiler = memory?.profiler
    let meter = try ProgressMeter(
      context, reporter, isShown: plan.verbosity != .quiet && plan.reports.memory?.monitors != true,
      isAskedFor: plan.reports.wantsProgress, ledger: ledger)
    meter.run {
      if !context.queue.large.isEmpty {
        let memory = pools.slices.map(RunMemory.slices) ?? .window(byteCount: pools.windowBytes)
        var worker = BulkWorker(
          context, memory: memory, isForLargeFiles: true, device: device?.use ?? .none, batchFilesMax: 1,
          openDirectoriesMax: openDirectoriesMax, ledger: ledger)
        worker.takeLargeFiles { profiler?.begin(.largeFiles, file: $0()) }
      }
      profiler?.begin(.smallFiles)
      WorkerThreads.run(pools.workers, ledger: ledger) { number in
        var worker = BulkWorker(
          context, memory: .window(byteCount: pools.windowBytes), batchFilesMax: batchFilesMax,
          openDirectoriesMax: openDirectoriesMax, ledger: ledger)
        worker.takeSmallFiles(as: number)
      }
    }
    // A stopped run leaves directories writable for the next run.
    guard context.stopped == nil else { return }
    context.mirror?.finish(list, using: files) { error in
      reporter.fail(FailureMessage.text(for: error, input: .standardOutput))
    }
  }

  /// Starts the search for a device if a file is large enough for one.
  private func deviceSession(for queue: FileQueue) throws -> DeviceSession? {
    guard let part = plan.device, let largest = largestSlicedFile(of: queue),
      part.isWanted || list.estimatedPlainBytes(of: list[largest]) > RunMode.deviceBytesMin
    else {
      if let part = plan.device, !part.isWanted, part.isNamed { reporter.note(DevicePlanner.inputsAreSmall) }
      return nil
    }
    return try DeviceSession(
      part, formats: formats, validates: plan.validates, kernel: plan.kernel, ledger: ledger, memory?.profiler)
  }

  // MARK: After

  private func conclude(
    _ ending: RunEnding, fileCount: Int, _ walk: FileWalk, seconds: Double, _ fallbacks: [String]
  ) {
    let statistics = reporter.statistics
    if !ending.isBrokenPipe {
      reporter.sayLargerOutputs()
      say(
        BulkSummary(
          statistics, fileCount: fileCount, seconds: seconds, plan, skipped: walk.skipped,
          hasFoundFile: walk.hasFoundFile))
      if plan.printsStatistics { reporter.sayStatistics(seconds: seconds, mode: "bulk") }
    }
    if let path = plan.reports.metricsFile {
      reporter.writeMetrics(
        to: path, fileCount: fileCount, seconds: seconds, exitCode: ending.exitCode(after: files.interruptedStatus))
    }
    reporter.logSummary(fileCount: fileCount, skipped: walk.skipped, seconds: seconds, fallbacks: fallbacks)
  }

  private func say(_ summary: BulkSummary) {
    if reporter.console.isEvents {
      // The log has a summary event.
    } else if summary.isEmpty, reporter.statistics.status != .success {
      for line in summary.lines { reporter.console.say(line) }
    } else if plan.printsSummary {
      for line in summary.lines { reporter.note(line) }
    } else if let line = summary.failures {
      reporter.note(line)
    }
  }
}
