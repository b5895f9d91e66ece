import SystemPackage
import ZminBase
import ZminCodec
package import ZminEngine
package import ZminIO
package import ZminMemory

/// Minifies files, one after another, from their sources to a destination.
///
/// Its buffers are allocated once for all files. A file that fails is left as it was, and no partial output appears
/// under a final name.
package struct FileMinifier: ~Copyable {
  private var engine: RunEngine
  private let record: BadLineRecord?
  private let sync: SyncPolicy
  private let ending: OutputEnding
  private let files: FileAccess
  private let times: StageTimes?
  private let decoderBytesMax: Int?
  private let ledger: MemoryLedger
  /// Plain bytes that were read in order from the latest source.
  private var plainBytesReadOfLast = 0
  /// Totals of the source that a request to stop has interrupted: bytes read, and bytes written to an output that
  /// cannot be undone. Nil if no request came.
  package private(set) var interruptedTotals: RunTotals?
  /// False if outputs have the names of inputs, which would say that plain bytes are compressed. A compressed input is
  /// then invalid.
  package var decodesInput = true
  /// Called with each source before it is opened.
  package var willBegin: ((FileSource) -> Void)?
  /// Called for each bad line that was appended to the record.
  package var onBadLine: ((FileSource, BadLine) -> Void)?

  /// - Parameters:
  ///   - options: The options of the minifier.
  ///   - memory: The buffers: a window, or slices for several workers. With bad lines one thread uses a window.
  ///   - badLines: The handling of bad lines of `ndjson`; nil to fail at the first.
  ///   - record: The record of bad lines that several minifiers share; nil to open one for the first input.
  ///   - sync: The rule for syncing outputs.
  ///   - ending: The end of outputs that appear whole.
  ///   - files: The access to files.
  ///   - device: The device that minifies slices besides the CPU.
  ///   - decoderBytesMax: The memory that a decoder of a compressed input may take; nil for half of the machine's.
  ///   - times: The recorder of the time of each stage.
  ///   - ledger: The ledger of the buffers.
  /// - Throws: ``OutOfMemory``.
  package init(
    _ options: MinifierOptions, memory: RunMemory, badLines: BadLines?, record: BadLineRecord? = nil, sync: SyncPolicy,
    ending: OutputEnding = .committed, files: FileAccess, device: DeviceUse = .none,
    decoderBytesMax: Int? = nil, times: StageTimes? = nil, ledger: MemoryLedger
  ) throws {
    if let badLines {
      let record = record ?? BadLineRecord(badLines.path, using: files)
      engine = .lines(
        try BadLineDiversion(options, badLines, record, windowBytes: memory.windowBytes, ledger: ledger))
      self.record = record
    } else {
      engine =
        switch memory {
        case .window(let windowBytes):
          .windows(try WindowedRun(options, windowBytes: windowBytes, times: times, ledger: ledger))
        case .slices(let plan):
          .slices(try SlicedRun(options, plan, device: device, times: times, ledger: ledger))
        }
      self.record = nil
    }
    self.sync = sync
    self.ending = ending
    self.files = files
    self.decoderBytesMax = decoderBytesMax
    self.times = times
    self.ledger = ledger
  }

  /// Minifies `sources` into one destination, one after another. In place, each source is its own destination.
  ///
  /// On standard output, a source that is not valid or cannot be read does not stop the others. Its output so far
  /// cannot be undone. Elsewhere the first such source ends the run, and the destination stays as it was.
  ///
  /// - Parameter outcomes: Receives the outcome of each source, in order, up to the last one begun, also if this
  ///   throws.
  /// - Throws: ``FileError`` of the destination or, in place, of the source; ``OutOfMemory``.
  package mutating func minify(
    _ sources: [FileSource], to destination: FileDestination, outcomes: inout [FileOutcome]
  ) throws {
    times?.begin()
    defer { times?.end() }
    let check = DestinationCheck(badLines: record?.path, files: files)
    try check.check(sources, to: destination)
    try record?.open(mode: check.badLinesMode(for: sources))
    switch destination {
    case .nowhere:
      var output = NullSink()
      try minify(sources, into: &output, &outcomes)
    case .standardOutput:
      var output = FileOutput(file: try .standardOutput(using: files, sync: sync), isFinal: true)
      for source in sources {
        try output.endLine()
        try minifyFinally(source, into: &output, &outcomes)
      }
      try commit(output, &outcomes)
    case .file(let path):
      let file = try OutputFile(at: path, using: files, sync: sync, isPrivate: hasRegularFile(sources))
      let isFinal = !file.appearsWhole
      var output = FileOutput(file: file, isFinal: isFinal)
      if let encoding = Encoding(ofName: path.string.utf8) {
        var encoded = try EncodedSink(output, encoding, ledger: ledger)
        try minify(sources, into: &encoded, &outcomes)
        if outcomes.areValid { try commit(encoded.finish(), &outcomes) }
      } else {
        try minify(sources, into: &output, &outcomes)
        if outcomes.areValid { try commit(output, &outcomes) }
      }
    case .entry(let entry):
      var output = fileOutput(try OutputFile(at: entry, using: files, sync: sync))
      try minify(sources, into: &output, &outcomes)
      if outcomes.areValid { try commit(output, &outcomes) }
    case .inPlace(let rules, let minimumSaving):
      for source in sources {
        let start = begin(source)
        var outcome = try replace(source, rules, minimumSaving)
        outcome.span = start...MonotonicClock.seconds()
        outcomes.append(outcome)
      }
    }
  }

  /// Announces that a source is begun.
  ///
  /// - Returns: The start time in seconds of the monotonic clock.
  private mutating func begin(_ source: FileSource) -> Double {
    plainBytesReadOfLast = 0
    willBegin?(source)
    return MonotonicClock.seconds()
  }

  private func open(_ source: FileSource) throws(FileError) -> OpenedFile {
    switch source {
    case .standardInput: try .standardInput(using: files)
    case .path(let path): try OpenedFile(path, using: files)
    case .entry(let entry): try OpenedFile(entry, using: files)
    }
  }

  /// Returns true if a source is a regular file, whose permissions limit those of the output.
  private func hasRegularFile(_ sources: [FileSource]) -> Bool {
    for source in sources {
      switch source {
      case .standardInput: continue
      case .entry: return true
      case .path(let path): if (try? files.statusIfPresent(of: path))?.kind == .regular { return true }
      }
    }
    return false
  }

  /// Makes the output of a run of a file that appears whole.
  private func fileOutput(_ file: consuming OutputFile) -> FileOutput {
    FileOutput(file: file, isFinal: false, isHashed: ending.isHashed)
  }

  // MARK: Running

  /// Minifies sources into one output, up to the first that fails.
  private mutating func minify<Output: ByteSink & ~Copyable>(
    _ sources: [FileSource], into output: inout Output, _ outcomes: inout [FileOutcome]
  ) throws {
    for source in sources {
      let start = begin(source)
      var outcome: FileOutcome
      do {
        let file = try open(source)
        outcome = try minify(source, file, into: &output)
        outcome.sourceStatus = output.appearsWhole ? file.statusForMode : file.status
      } catch {
        guard source.isConcerned(by: error) else { throw error }
        outcome = FileOutcome(source: source, result: .failed(error))
      }
      outcome.span = start...MonotonicClock.seconds()
      outcomes.append(outcome)
      if !outcome.isValid { return }
    }
  }

  /// Minifies the plain bytes of one opened source.
  private mutating func minify<Output: ByteSink & ~Copyable>(
    _ source: FileSource, _ file: OpenedFile, into output: inout Output
  ) throws -> FileOutcome {
    var stored = FileReader(file)
    let badLines = recording(source, output)
    guard decodesInput, let codec = try stored.codec() else {
      return try run(source, from: &stored, of: file, to: &output, badLines)
    }
    var decoded = try DecodedSource(
      stored, codec, decoderBytesMax: decoderBytesMax ?? MachineLimits(using: files).decoderBytesMax, ledger: ledger)
    return try run(source, from: &decoded, of: file, to: &output, badLines)
  }

  /// Minifies one source into an output that cannot be undone, and notes the totals of an interrupted one.
  private mutating func minifyFinally(
    _ source: FileSource, into output: inout FileOutput, _ outcomes: inout [FileOutcome]
  ) throws {
    let (bytesRead, bytesWritten) = (files.counter?.value ?? 0, output.file.bytesWritten)
    do {
      try minify([source], into: &output, &outcomes)
    } catch FileError.interrupted(let reason) {
      var totals = RunTotals()
      // Reads by offset are counted for all threads together.
      totals.inputBytes = plainBytesReadOfLast > 0 ? plainBytesReadOfLast : (files.counter?.value ?? 0) - bytesRead
      totals.outputBytes = Int(output.file.bytesWritten - bytesWritten)
      interruptedTotals = totals
      throw FileError.interrupted(reason)
    }
  }

  /// Runs one opened source, and checks that it did not change meanwhile.
  private mutating func run<Input: InputBytes & ~Copyable, Output: ByteSink & ~Copyable>(
    _ source: FileSource, from input: inout Input, of file: OpenedFile, to output: inout Output,
    _ badLines: BadLineUse
  ) throws -> FileOutcome {
    defer { plainBytesReadOfLast = Int(input.plainBytesRead) }
    if let plainBytes = input.plainBytes { output.expect(byteCount: plainBytes) }
    var outcome = FileOutcome(
      source: source, result: try engine.run(from: &input, of: file, to: &output, badLines))
    engine.describeDevice(in: &outcome)
    try file.checkUnchanged(after: input.extent, isReadToEnd: outcome.isValid)
    return outcome
  }

  /// Bad lines go to the record, and are synced before an output that appears whole, unless syncs are off.
  private func recording<Output: ByteSink & ~Copyable>(
    _ source: FileSource, _ output: borrowing Output
  ) -> BadLineUse {
    .record(
      isSynced: sync == .always || sync == .automatic && output.appearsWhole,
      onLine: onBadLine.map { report in { line in report(source, line) } })
  }

  /// Commits the output, or prepares its commit. Its bad lines are in their record by then.
  private func commit(_ output: consuming FileOutput, _ outcomes: inout [FileOutcome]) throws {
    for outcome in outcomes where outcome.source != .standardInput {
      if let status = outcome.sourceStatus { output.file.limitMode(to: status) }
    }
    let hash = output.hash?.value
    var pending: PendingOutput?
    switch ending {
    case .committed: try output.file.commit()
    case .pending: pending = try output.file.prepare()
    }
    for index in outcomes.indices {
      outcomes[index].isWritten = outcomes[index].isValid
      outcomes[index].outputHash = hash
      outcomes[index].pending = pending
    }
  }

  // MARK: In place

  private mutating func replace(
    _ source: FileSource, _ rules: InPlaceRules, _ minimumSaving: MinimumSaving?
  ) throws -> FileOutcome {
    let file = try open(source)
    try file.checkReplaceable(under: rules)
    var input = FileReader(file)
    if let outcome = try outcomeIfUnchanged(source, &input, of: file) {
      file.noteKeptFiles()
      return outcome
    }
    input.rewind()
    var output = fileOutput(try OutputFile(replacing: file, under: rules, sync: sync))
    var outcome = try run(source, from: &input, of: file, to: &output, recording(source, output))
    outcome.sourceStatus = file.status
    guard case .complete(let totals) = outcome.result else { return outcome }
    // A file whose lines are in the record must lose them, however little that saves.
    let isWorthwhile = totals.badLines > 0 || minimumSaving?.isReached(totals) != false
    guard !totals.isUnchanged, isWorthwhile else { return outcome }
    try file.checkReadInFull(input.extent)
    var outcomes = [outcome]
    try commit(output, &outcomes)
    return outcomes[0]
  }

  /// The outcome of a file that stays as it is, since it is minified already or not valid. Nil if it changes or has bad
  /// lines for the record.
  ///
  /// A minified file so costs no write. Any other file costs one window more.
  private mutating func outcomeIfUnchanged<Input: InputBytes & ~Copyable>(
    _ source: FileSource, _ input: inout Input, of file: OpenedFile
  ) throws -> FileOutcome? {
    var detector = ChangeDetector(isHashed: ending.isHashed)
    do {
      var outcome = try run(source, from: &input, of: file, to: &detector, .change)
      if case .complete(let totals) = outcome.result, !totals.isUnchanged { return nil }
      outcome.sourceStatus = file.status
      outcome.outputHash = detector.hash?.value
      return outcome
    } catch is ChangeDetector.Changed {
      return nil
    }
  }
}

extension MachineLimits {
  /// Memory that decoders may take: half of what the machine and its control groups allow.
  package var decoderBytesMax: Int { min(physicalMemoryBytes, memoryBytes ?? .max) / 2 }
}
