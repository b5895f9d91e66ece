import SystemPackage
import ZminBase
import ZminCore
import ZminEngine
import ZminFiles
import ZminIO
import ZminMemory

/// One thread's part of a run over many files: takes files through memory of its own, and ends them in batches.
struct BulkWorker: ~Copyable {
  private let context: BulkContext
  private let files: FileAccess
  private let memory: RunMemory
  private let device: DeviceUse
  private let ledger: MemoryLedger
  private var cursor: DirectoryCursor
  private var batch: OutputBatch
  private var valueMinifier: FileMinifier?
  private var lineMinifier: FileMinifier?

  /// - Parameters:
  ///   - context: What all workers share.
  ///   - memory: How files go through memory.
  ///   - device: What takes slices besides the CPU.
  ///   - batchFilesMax: How many files are ended together.
  ///   - ledger: The book that the buffers are entered in.
  init(
    _ context: BulkContext, memory: RunMemory, device: DeviceUse = .none, batchFilesMax: Int, ledger: MemoryLedger
  ) {
    self.context = context
    self.memory = memory
    self.device = device
    self.ledger = ledger
    files = context.files.forOneThread()
    cursor = DirectoryCursor(context.list, files: files, mirror: context.mirror)
    batch = OutputBatch(context, filesMax: batchFilesMax)
  }

  /// Takes the large files, each by itself.
  ///
  /// - Parameter announce: Is told of each before.
  mutating func takeLargeFiles(_ announce: (_ name: () -> FileName) -> Void) {
    for number in context.queue.large where context.stopped == nil {
      announce { .path(context.list.path(of: context.list[number])) }
      context.takingLargeFile(context.list[number]) {
        take(number)
        batch.end()
      }
    }
  }

  /// Takes files, of the part of worker number `worker` first, until there are none, or the run stops.
  mutating func takeSmallFiles(as worker: Int) {
    while context.stopped == nil {
      let run = context.queue.takeRun(for: worker)
      if run.isEmpty { break }
      for number in run where context.stopped == nil && !context.queue.isLarge(context.list[number]) { take(number) }
    }
    batch.end()
  }

  /// One file, whatever becomes of it.
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
      let (destination, place) = try destination(of: entry, source)
      let outcome = try minify(source, Format(entry, in: context), to: destination)
      batch.add(
        OutputBatch.File(
          number: number, outcome: outcome, place: place, seconds: MonotonicClock.seconds() - start))
    } catch {
      fail(error, entry, seconds: MonotonicClock.seconds() - start)
    }
  }

  private mutating func fail(_ error: any Error, _ entry: FileEntry, seconds: Double) {
    switch error {
    case FileError.interrupted: context.stopped = .interrupted
    case FileError.brokenPipe(let output): context.stopped = .brokenPipe(output)
    default:
      context.reporter.fail(error, .path(context.list.path(of: entry)), seconds: seconds)
      context.countDone(entry)
      // A full disk is full for the next file too.
      if (error as? FileError)?.isStorageFull == true { context.stopped = .failed }
    }
  }

  /// Why a file is not looked into, nil if it is.
  private mutating func reasonToSkip(_ number: Int, _ entry: FileEntry) throws -> String? {
    switch entry.access {
    case .unfollowedLink: return "it is a symbolic link"
    case .linkToTakenFile: return "it is a symbolic link to a file that is taken anyway"
    case .special: return "it is not a regular file"
    case .entry, .path: break
    }
    guard let finished = context.finished?[number], try cursor.isAsLeft(entry, finished) else { return nil }
    return "the journal says that it is done"
  }

  private mutating func destination(
    of entry: FileEntry, _ source: FileSource
  ) throws -> (FileDestination, FilePath?) {
    switch context.plan.task {
    case .mirror:
      let place = try cursor.outputEntry(of: entry)
      if let file = context.sideFile(at: place) {
        throw FileError.refused(.path(place.path), .isFile(ofOption: file.option))
      }
      if try context.walk.hasInput(at: place) { throw FileError.refused(.path(place.path), .isInput) }
      if let status = try files.statusIfPresent(of: place), context.madeOutputs?.contains(status.identity) == true {
        throw FileError.refused(.path(place.path), .madeMeanwhile)
      }
      return (.entry(place), place.path)
    case .replace(let rules, let minimum): return (.inPlace(rules, minimum), nil)
    case .rehearse(.replace(let rules, _)):
      try checkReplaceable(source, rules)
      return (.nowhere, nil)
    case .rehearse(.mirror(let path)):
      let names = context.list.namesBelow(of: entry).map { FilePath(bytes: $0).components }
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
      context.plan.minifierOptions(format), memory: memory, badLines: badLines,
      record: badLines.flatMap { _ in context.badLines }, sync: context.plan.syncOfOutputs,
      ending: .pending(isHashed: context.journal != nil), files: files, device: device,
      decoderBytesMax: context.plan.decoderBytesMax(beside: context.memory), ledger: ledger)
    minifier.onBadLine = context.reporter.onBadLine
    return minifier
  }
}

extension BulkPlan {
  func minifierOptions(_ format: Format) -> MinifierOptions {
    var options = MinifierOptions(format: format, validates: validates, depthMax: depthMax, kernel: kernel)
    options.verification = verification
    return options
  }

  /// How much of a line each worker may hold of an input that cannot be read twice. A budget says how long it may be. A
  /// control group's limit only keeps it shorter than usual.
  func heldLineBytesMax(beside memory: BulkMemory) -> Int {
    let budgetBytes = min(memoryBudgetBytes ?? .max, limits.memoryBytes ?? .max)
    let leftBytes = max(0, budgetBytes - memory.peakBytes) / memory.workers
    return memoryBudgetBytes == nil ? min(leftBytes, LineRun.usualHeldLineBytes) : leftBytes
  }

  /// Memory that the decoder of each worker may take.
  func decoderBytesMax(beside memory: BulkMemory) -> Int {
    let leftBytes = memoryBudgetBytes.map { max(0, $0 - memory.peakBytes) }
    return (leftBytes ?? limits.decoderBytesMax) / memory.workers
  }

  /// What a journal calls done is on the disk.
  var syncOfOutputs: SyncPolicy {
    switch sync {
    case .automatic: journal == nil ? .automatic : .always
    case .always, .never: sync
    }
  }
}

extension Format {
  fileprivate init(_ entry: FileEntry, in context: BulkContext) {
    self = context.plan.format.format ?? Format(ofName: context.list.nameBytes(entry))
  }
}
