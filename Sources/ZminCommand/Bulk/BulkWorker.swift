import SystemPackage
import ZminBase
import ZminCore
import ZminEngine
import ZminFiles
import ZminIO
import ZminMemory

/// A thread of a run over many files. It minifies files in memory of its own, and commits them in batches.
struct BulkWorker: ~Copyable {
  private let context: BulkContext
  private let isForLargeFiles: Bool
  private let files: FileAccess
  private let memory: RunMemory
  private let device: DeviceUse
  private let ledger: MemoryLedger
  private var cursor: DirectoryCursor
  private var batch: OutputBatch
  private var valueMinifier: FileMinifier?
  private var lineMinifier: FileMinifier?

  /// - Parameters:
  ///   - context: State that all workers share.
  ///   - memory: Memory of the minifiers.
  ///   - isForLargeFiles: True if it is the only worker, and processes large files.
  ///   - device: The device that minifies slices beside the CPU.
  ///   - batchFilesMax: The largest number of files in a batch.
  ///   - openDirectoriesMax: The number of directories of inputs, and of outputs, that are held open.
  ///   - ledger: Records the buffers.
  init(
    _ context: BulkContext, memory: RunMemory, isForLargeFiles: Bool = false, device: DeviceUse = .none,
    batchFilesMax: Int, openDirectoriesMax: Int, ledger: MemoryLedger
  ) {
    self.context = context
    self.isForLargeFiles = isForLargeFiles
    self.memory = memory
    self.device = device
    self.ledger = ledger
    files = context.files.forOneThread()
    cursor = DirectoryCursor(context.list, files: files, mirror: context.mirror, openDirectoriesMax: openDirectoriesMax)
    batch = OutputBatch(context, filesMax: batchFilesMax)
  }

  /// Processes the large files one after another.
  ///
  /// - Parameter announce: Called before each file.
  mutating func takeLargeFiles(_ announce: (_ name: () -> FileName) -> Void) {
    for number in context.queue.large where context.stopped == nil {
      announce { .path(context.list.path(of: context.list[number])) }
      context.takingLargeFile(context.list[number]) {
        take(number)
        batch.end()
      }
    }
  }

  /// Processes small files until none are left or the run stops. The part of worker number `worker` comes first.
  mutating func takeSmallFiles(as worker: Int) {
    while context.stopped == nil {
      let run = context.queue.takeRun(for: worker)
      if run.isEmpty { break }
      for number in run where context.stopped == nil && !context.queue.isLarge(context.list[number]) { take(number) }
    }
    batch.end()
  }

  /// Processes one file and reports its result.
  private mutating func take(_ number: Int) {
    let entry = context.list[number]
    let start = MonotonicClock.seconds()
    context.begin(number)
    do {
      try files.checkInterruption()
      if let reason = try reasonToSkip(number, entry) {
        context.reporter.skip(.path(context.list.path(of: entry)), because: reason)
        return context.countDone(entry)
      }
      let source = try cursor.source(of: entry)
      let (destination, outputPath) = try destination(of: entry, source)
      let outcome = try minify(source, Format(entry, in: context), to: destination)
      batch.add(
        OutputBatch.File(
          number: number, outcome: outcome, outputPath: outputPath, seconds: MonotonicClock.seconds() - start))
    } catch {
      fail(error, entry, seconds: MonotonicClock.seconds() - start)
    }
  }

  private mutating func fail(_ error: any Error, _ entry: FileEntry, seconds: Double) {
    let reason = context.reporter.report(error, .path(context.list.path(of: entry)), seconds: seconds)
    context.stopped = reason
    // An interrupted file is not finished.
    if reason?.isSilent != true { context.countDone(entry) }
  }

  /// The reason to skip a file, nil if it is to be processed.
  private mutating func reasonToSkip(_ number: Int, _ entry: FileEntry) throws -> String? {
    switch entry.access {
    case .unfollowedLink: return "symbolic link; use --follow-symlinks"
    case .linkToTakenFile: return "symbolic link to another input"
    case .special: return "not a regular file"
    case .entry, .path: break
    }
    guard let finished = context.finished?[number], try cursor.isAsLeft(entry, finished) else { return nil }
    return "finished according to the journal"
  }

  private mutating func destination(
    of entry: FileEntry, _ source: FileSource
  ) throws -> (FileDestination, FilePath?) {
    switch context.plan.task {
    case .mirror:
      let output = try cursor.outputEntry(of: entry)
      if let file = context.sideFile(at: output) {
        throw FileError.refused(.path(output.path), .isFile(ofOption: file.option))
      }
      if try context.walk.hasInput(at: output) { throw FileError.refused(.path(output.path), .isInput) }
      if let status = try files.statusIfPresent(of: output), context.madeOutputs?.contains(status.identity) == true {
        throw FileError.refused(.path(output.path), .madeMeanwhile)
      }
      return (.entry(output), output.path)
    case .replace(let rules, let minimum): return (.inPlace(rules, minimum), nil)
    case .rehearse(.replace(let rules, let minimum)):
      try checkReplaceable(source, rules)
      return (.rehearsal(.inPlace(rules, minimum)), nil)
    case .rehearse(.mirror(let path)):
      let names = context.list.namesBelow(of: entry, as: context.plan.outputNames)
        .map { FilePath(bytes: $0).components }
      return (.nowhere, names.reduce(into: path) { $0.append($1) })
    case .write, .test, .check, .rehearse: return (.nowhere, nil)
    }
  }

  private func checkReplaceable(_ source: FileSource, _ rules: InPlaceRules) throws {
    let file: OpenedFile
    switch source {
    case .standardInput: return
    case .path(let path): file = try OpenedFile(path, using: files)
    case .entry(let place): file = try OpenedFile(place, using: files)
    }
    try file.checkReplaceable(under: rules)
    try file.checkUnprotected()
  }

  private mutating func minify(
    _ source: FileSource, _ format: Format, to destination: FileDestination
  ) throws -> FileOutcome {
    var minifier = try (format == .json ? valueMinifier.take() : lineMinifier.take()) ?? makeMinifier(format)
    var outcomes: [FileOutcome] = []
    let result = Result { try minifier.minify([source], to: destination, outcomes: &outcomes) }
    if format == .json { valueMinifier = consume minifier } else { lineMinifier = consume minifier }
    try result.get()
    return outcomes[0]
  }

  private func makeMinifier(_ format: Format) throws -> FileMinifier {
    var badLines = format == .ndjson ? context.plan.badLines : nil
    badLines?.heldLineBytesMax = context.plan.heldLineBytesMax(beside: context.memory)
    var minifier = try FileMinifier(
      context.plan.options.minifierOptions(format), memory: memory, badLines: badLines,
      record: badLines.flatMap { _ in context.badLines }, finalNewline: context.plan.finalNewline,
      sync: context.plan.syncOfOutputs,
      ending: .pending(isHashed: context.journal != nil), files: files, device: device,
      codecs: context.plan.codecOptions(beside: context.memory, usual: context.usualMemory, isLarge: isForLargeFiles),
      ledger: ledger)
    minifier.onBadLine = context.reporter.onBadLine
    return minifier
  }
}

extension BulkPlan {
  /// The bytes of a line that each worker may hold of an input that cannot be read twice.
  func heldLineBytesMax(beside memory: BulkMemory) -> Int {
    memoryBudget.heldLineBytesMax(besides: memory.peakBytes, workers: memory.workers)
  }

  /// The options for compressed files, with the memory that decoders may take.
  ///
  /// - Parameters:
  ///   - memory: The memory of the run.
  ///   - usual: The memory of the run where a budget has room for all of it.
  ///   - isLarge: True for files that are processed one at a time, by all workers.
  func codecOptions(beside memory: BulkMemory, usual: BulkMemory, isLarge: Bool) -> CodecOptions {
    var codecs = self.codecs
    codecs.workers = isLarge ? memory.codecs.largeWorkers : min(1, memory.codecs.largeWorkers)
    codecs.inputsAtOnce = isLarge ? 1 : usual.workers
    let shares = isLarge ? 1 : memory.workers
    codecs.usualHostBytes = memoryBudget.requestedBytes.map { _ in usual.peakBytes }
    let plannedBytes = isLarge ? memory.codecs.largeDecoderBytes : memory.codecs.smallDecoderBytes
    let leftBytes = memoryBudget.requestedBytes.map { max(0, $0 - memory.peakBytes) / shares }
    codecs.decoderBytesMax = leftBytes.map { $0 + plannedBytes } ?? limits.decoderBytesMax / shares
    return codecs
  }

  /// The sync policy, which syncs all outputs if a journal records them.
  var syncOfOutputs: SyncPolicy {
    switch self.sync {
    case .automatic: journal == nil ? .automatic : .always
    case .always, .never: self.sync
    }
  }
}

extension Format {
  fileprivate init(_ entry: FileEntry, in context: BulkContext) {
    self = context.plan.format.format ?? Format(ofName: context.list.nameBytes(entry))
  }
}
