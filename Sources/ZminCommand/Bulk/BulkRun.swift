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

/// Carries out a run over many files: finds them, has them taken by workers, and sums up.
struct BulkRun {
  /// Nothing was done, as the command line asks for what must not be.
  struct Refused: Error {
    let message: String
  }

  /// Files that a worker ends together at most.
  private static let batchFilesMax = 64

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
    reporter = RunReporter(
      task: plan.task, verbosity: plan.verbosity, badLines: plan.badLines?.path,
      offersBadLines: plan.badLines == nil && plan.task.takesBadLines,
      engine: plan.kernel.name, files: files, log: log, console: console, profiler: memory?.profiler)
    list = FileList(ledger: ledger)
  }

  /// Does it all.
  func run() -> MinifyRun.Ending {
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

  private func run(_ predictedPeakBytes: inout Int?) -> MinifyRun.Ending {
    let start = MonotonicClock.seconds()
    var brokenPipe: FileName?
    for fallback in plan.fallbacks { reporter.detail(fallback) }
    var fallbacks = plan.fallbacks
    do {
      let finder = FileFinder(plan, files: files, into: list, ledger: ledger) { error in
        reporter.fail(error, error.file ?? .standardInput)
      }
      memory?.profiler.begin(.finding)
      try finder.find()
      // It is none of the files that were found.
      try log?.open()
      let missed = reporter.statistics.failedFiles
      if reporter.statistics.status == .usage { throw Refused(message: "nothing is done") }
      let queue = FileQueue(list, slicedBytesMin: plan.slicedBytesMin, workers: workers)
      let pools = try pools(for: queue, &fallbacks)
      predictedPeakBytes = pools.peakBytes
      let context = try makeContext(queue, pools, finder.walk)
      memory?.follow(context)
      try work(context)
      if case .brokenPipe(let output) = context.stopped { brokenPipe = output }
      reporter.noteKeptFiles()
      conclude(
        brokenPipe.map(MinifyRun.Ending.brokenPipe) ?? .status(reporter.statistics.status),
        fileCount: list.count + missed,
        seconds: MonotonicClock.seconds() - start, fallbacks)
    } catch FileError.interrupted {
    } catch let error as DeviceSession.NoDevice {
      reporter.fail(error.message, .engineUnavailable)
    } catch let error as Refused {
      reporter.fail(error.message, .usage)
    } catch let error as ShardPlan.Unusable {
      reporter.fail("\(FileName.path(plan.shardPlan ?? "")): \(error.reason)", .usage)
    } catch is Journal.Foreign {
      reporter.fail("\(FileName.path(plan.journal ?? "")): this is no journal; it stays as it is", .usage)
    } catch is Journal.InUse {
      reporter.fail("\(FileName.path(plan.journal ?? "")): another run uses this journal")
    } catch let error as OutOfMemory {
      reporter.fail("out of memory: the system refused \(error.byteCount) bytes for the list of files")
    } catch {
      reporter.fail(FailureMessage.text(for: error, input: .standardInput))
    }
    reporter.endLog()
    return brokenPipe.map(MinifyRun.Ending.brokenPipe) ?? .status(reporter.statistics.status)
  }

  // MARK: Before

  /// What the pools may be, now that it is known what there is to do.
  private func pools(for queue: FileQueue, _ fallbacks: inout [String]) throws(Refused) -> BulkMemory {
    let options = formats.map(plan.minifierOptions)
    let largestBytes = queue.large.first.map { list[$0].plainBytes ?? .max } ?? 0
    // On a device alone the smallest files count as large.
    let sliceWorkers = queue.large.isEmpty ? 0 : min(plan.workers, max(1, Int(largestBytes) / SlicePlan.usualBytes))
    func pools(within byteCount: Int) -> BulkMemory? {
      BulkMemory(
        workers: workers, sliceWorkers: sliceWorkers, listBytes: listBytes, withinBytes: byteCount, options)
    }
    let leastBytes = BulkMemory.leastBytes(
      listBytes: listBytes, hasLargeFiles: sliceWorkers > 0, options)
    if let budgetBytes = plan.memoryBudgetBytes, budgetBytes < leastBytes {
      throw Refused(
        message: "--memory-budget \(budgetBytes) is too little for these files: it takes \(leastBytes) bytes at least")
    }
    let budgetBytes = min(plan.memoryBudgetBytes ?? .max, plan.limits.memoryBytes ?? .max)
    if let pools = pools(within: budgetBytes) { return pools }
    fallbacks.append(
      "the control group leaves \(budgetBytes) bytes, less than the \(leastBytes) that it takes at least")
    reporter.detail(fallbacks[fallbacks.count - 1])
    guard let pools = pools(within: leastBytes) else { throw Refused(message: "there is too little memory") }
    return pools
  }

  /// What the list takes, and in a run with outputs of their own what is noted of these.
  private var listBytes: Int {
    guard case .mirror = plan.task else { return list.byteCount }
    return list.byteCount + MadeOutputs.byteCount(fileCount: list.count)
  }

  /// Threads that take small files, as far as there is enough memory: few files are not worth more than one.
  private var workers: Int { min(plan.workers, max(1, list.count / 8)) }

  /// The formats that there are.
  private var formats: [Format] {
    if let format = plan.format.format { return [format] }
    let hasLines = (0..<list.count).contains { Format(ofName: list.nameBytes(list[$0])) == .ndjson }
    return hasLines ? [.json, .ndjson] : [.json]
  }

  private func makeContext(_ queue: FileQueue, _ pools: BulkMemory, _ walk: FileWalk) throws -> BulkContext {
    if let path = plan.mirrorPath, let (one, other) = list.firstCollision(below: path, using: files) {
      let paths = [one, other].map { "\(FileName.path(list.path(of: $0)))" }
      throw Refused(message: "\(paths[0]) and \(paths[1]) would become one file below --output-dir; nothing is done")
    }
    let journal = try plan.journal.map {
      try Journal(
        at: $0, options: plan.outputOptions, version: VersionText.number, isSynced: plan.sync != .never, files: files)
    }
    var mirror: MirrorDirectory?
    if case .mirror(let path) = plan.task { mirror = MirrorDirectory(path, root: try files.makeDirectory(path)) }
    // The inputs may have any permissions: what holds lines of all is its owner's alone.
    let badLines = plan.badLines.map { BadLineRecord($0.path, using: files) }
    try badLines?.open(mode: nil)
    noteSpace(queue, mirror)
    return BulkContext(
      plan, files: files, queue: queue, memory: pools, mirror: mirror, walk: walk, reporter: reporter,
      badLines: badLines, journal: journal,
      finished: try journal?.finishedFiles(of: list),
      madeOutputs: try mirror.map { _ in try MadeOutputs(fileCount: list.count, ledger: ledger) })
  }

  /// Says that there may be too little room, before it is needed: below a directory for all outputs, in place for the
  /// largest file, which is there twice until it is replaced.
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
      outputs may take up to \(Figures.size(needed.bytes)), and \(Figures.size(Int(freeBytes))) are free in \
      \(FileName.path(needed.path))
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
    let ledger = ledger
    let device = try deviceSession(for: context.queue)
    defer { device?.end(givesBack: memory != nil) }
    if let profiler = memory?.profiler { device?.show(to: profiler) }
    if plan.device?.isRequired == true { memory?.profiler.begin(.waitingForDevice) }
    try device?.waitIfRequired(files)
    let profiler = memory?.profiler
    let meter = try ProgressMeter(
      context, reporter, isShown: plan.verbosity != .quiet && plan.reports.memory?.monitors != true, ledger: ledger)
    meter.run {
      if let slices = pools.slices {
        var worker = BulkWorker(
          context, memory: .slices(slices), device: device?.use ?? .none, batchFilesMax: 1, ledger: ledger)
        worker.takeLargeFiles { profiler?.begin(.largeFiles, file: $0()) }
      }
      profiler?.begin(.smallFiles)
      WorkerThreads.run(pools.workers, ledger: ledger) { number in
        var worker = BulkWorker(
          context, memory: .window(byteCount: pools.windowBytes), batchFilesMax: batchFilesMax, ledger: ledger)
        worker.takeSmallFiles(as: number)
      }
    }
    // A run that was stopped leaves directories that the next one fills.
    guard context.stopped == nil else { return }
    context.mirror?.finish(list, using: files) { error in
      reporter.fail(FailureMessage.text(for: error, input: .standardOutput))
    }
  }

  /// Begins to look for a device, if there are files for one.
  private func deviceSession(for queue: FileQueue) throws -> DeviceSession? {
    guard let part = plan.device, let largest = queue.large.first,
      part.isWanted || list[largest].plainBytes ?? .max > RunMode.deviceBytesMin
    else { return nil }
    return try DeviceSession(
      part, formats: formats, validates: plan.validates, kernel: plan.kernel, ledger: ledger)
  }

  // MARK: After

  private func conclude(_ ending: MinifyRun.Ending, fileCount: Int, seconds: Double, _ fallbacks: [String]) {
    let statistics = reporter.statistics
    if !ending.isBrokenPipe { say(statistics, fileCount: fileCount, seconds: seconds) }
    if let path = plan.reports.metricsFile {
      reporter.writeMetrics(
        to: path, fileCount: fileCount, seconds: seconds, exitCode: ending.exitCode(after: files.interruptedStatus))
    }
    reporter.logSummary(fileCount: fileCount, seconds: seconds, fallbacks: fallbacks)
  }

  private func say(_ statistics: RunStatistics, fileCount: Int, seconds: Double) {
    let summary = BulkSummary(statistics, fileCount: fileCount, seconds: seconds, hasJournal: plan.journal != nil)
    if reporter.console.isEvents {
      // The summary is an event of its own.
    } else if plan.printsSummary {
      for line in summary.lines { reporter.note(line) }
    } else if let line = statistics.summary(of: fileCount, notReached: fileCount - statistics.files) {
      reporter.note(line)
    }
    if plan.printsStatistics { reporter.sayStatistics(seconds: seconds, mode: "bulk") }
  }
}
