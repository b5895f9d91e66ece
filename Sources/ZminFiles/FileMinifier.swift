import SystemPackage
import ZminBase
import ZminCodec
import ZminCore
package import ZminEngine
package import ZminIO
package import ZminMemory

/// Minifies files, one after another, from their sources to a destination.
///
/// Its buffers are allocated once for all files. A file that fails is left as it was, and no partial output appears
/// under a final name.
package struct FileMinifier: ~Copyable {
  var engine: RunEngine
  private let format: Format
  private let record: BadLineRecord?
  private let finalNewline: FinalNewline
  let sync: SyncPolicy
  let ending: OutputEnding
  let files: FileAccess
  private let times: StageTimes?
  let codecs: CodecOptions
  let ledger: MemoryLedger
  /// Plain bytes that were read in order from the latest source.
  private var plainBytesReadOfLast = 0
  /// Extent to which the latest source was read in order.
  private(set) var extentOfLast = ReadExtent()
  /// Totals of the source that a request to stop has interrupted: bytes read, and bytes written to an output that
  /// cannot be undone. Nil if no request came.
  package private(set) var interruptedTotals: RunTotals?
  /// Called with each source before it is opened.
  package var willBegin: ((FileSource) -> Void)?
  /// Called before an output that appears whole is synced and named.
  package var willCommit: (() -> Void)?
  /// Called for each bad line that was appended to the record.
  package var onBadLine: ((FileSource, BadLine) -> Void)?

  /// - Parameters:
  ///   - options: The options of the minifier.
  ///   - memory: The buffers: a window, or slices for several workers. With bad lines one thread uses a window.
  ///   - badLines: The handling of bad lines of `ndjson`; nil to fail at the first.
  ///   - record: The record of bad lines that several minifiers share; nil to open one for the first input.
  ///   - finalNewline: The rule for an LF after a value of `json`.
  ///   - sync: The rule for syncing outputs.
  ///   - ending: The end of outputs that appear whole.
  ///   - files: The access to files.
  ///   - device: The device that minifies slices besides the CPU.
  ///   - codecs: The options for compressed inputs and outputs.
  ///   - times: The recorder of the time of each stage.
  ///   - ledger: The ledger of the buffers.
  /// - Throws: ``OutOfMemory``.
  package init(
    _ options: MinifierOptions, memory: RunMemory, badLines: BadLines?, record: BadLineRecord? = nil,
    finalNewline: FinalNewline = .remove, sync: SyncPolicy, ending: OutputEnding = .committed, files: FileAccess,
    device: DeviceUse = .none, codecs: CodecOptions = CodecOptions(), times: StageTimes? = nil, ledger: MemoryLedger
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
    format = options.format
    self.finalNewline = finalNewline
    self.sync = sync
    self.ending = ending
    self.files = files
    self.codecs = codecs
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
    case .nowhere, .rehearsal:
      var output = EncodedSink(NullSink())
      try minify(sources, into: &output, as: destination, &outcomes)
      try finish(&output, &outcomes)
    case .standardOutput:
      var output = EncodedSink(FileOutput(file: try .standardOutput(using: files, sync: sync), isFinal: true))
      for source in sources {
        // An invalid input may have left a line open, and no value of the next input may join it.
        try output.endLine()
        try minifyFinally(source, into: &output, as: destination, &outcomes)
      }
      // A message may follow on the same terminal.
      if finalNewline == .add { try output.endLine() }
      try output.finish(&outcomes)
      try commit(output, &outcomes)
    case .file(let path):
      let file = try OutputFile(at: path, using: files, sync: sync, isPrivate: hasRegularFile(sources))
      let isFinal = !file.appearsWhole
      var output = EncodedSink(FileOutput(file: file, isFinal: isFinal, isHashed: codecs.readsOutputsBack && !isFinal))
      try minify(sources, into: &output, as: destination, &outcomes)
      try finish(&output, &outcomes)
      if outcomes.areValid { try commit(output, &outcomes) }
    case .entry(let entry):
      var output = EncodedSink(fileOutput(try OutputFile(at: entry, using: files, sync: sync)))
      try minify(sources, into: &output, as: destination, &outcomes)
      try finish(&output, &outcomes)
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

  func open(_ source: FileSource) throws(FileError) -> OpenedFile {
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
  func fileOutput(_ file: consuming OutputFile) -> FileOutput {
    FileOutput(file: file, isFinal: false, isHashed: ending.isHashed || codecs.readsOutputsBack)
  }

  // MARK: Running

  /// Minifies sources into one output, up to the first that fails.
  private mutating func minify<Base: ByteSink & ~Copyable>(
    _ sources: [FileSource], into output: inout EncodedSink<Base>, as destination: FileDestination,
    _ outcomes: inout [FileOutcome]
  ) throws {
    for source in sources {
      let start = begin(source)
      var outcome: FileOutcome
      do {
        let file = try open(source)
        outcome = try minify(source, file, into: &output, as: destination)
        outcome.sourceStatus = output.appearsWhole ? file.statusForMode : file.status
      } catch {
        guard source.isConcerned(by: error) else { throw error }
        outcome = FileOutcome(source: source, result: .failed(error))
        outcome.totals.inputBytes = plainBytesReadOfLast
      }
      outcome.span = start...MonotonicClock.seconds()
      outcomes.append(outcome)
      if !outcome.isValid { return }
    }
  }

  /// Minifies the plain bytes of one opened source. The first one decides the form of the output.
  private mutating func minify<Base: ByteSink & ~Copyable>(
    _ source: FileSource, _ file: OpenedFile, into output: inout EncodedSink<Base>, as destination: FileDestination
  ) throws -> FileOutcome {
    var stored = FileReader(file)
    let codec = try stored.codec()
    if !output.isBegun {
      let encoding = try encoding(of: codec, &stored, to: destination)
      let isLimited = codecs.refusesLargerOutputs && codec != nil && file.status.kind == .regular
      try begin(&output, encoding, storedBytesMax: isLimited ? Int(file.status.size) : .max)
    }
    var outcome = try run(source, stored, codec, of: file, to: &output, recording(source, output))
    if output.hasOutgrownLimit, outcome.isValid { outcome.refuseLargerOutput() }
    return outcome
  }

  /// Decides the form of an output.
  func begin<Base: ByteSink & ~Copyable>(
    _ output: inout EncodedSink<Base>, _ encoding: Encoding?, storedBytesMax: Int
  ) throws {
    try output.begin(
      encoding, workers: codecs.workers, endsBlocksAtLines: format == .ndjson, storedBytesMax: storedBytesMax,
      ledger: ledger)
  }

  /// The encoding of the output of a source, nil for plain bytes.
  func encoding(of codec: Codec?, _ input: inout FileReader, to destination: FileDestination) throws -> Encoding? {
    try codecs.compression.encoding(of: codec, to: destination) { codec in try input.layout(of: codec) }
  }

  /// Minifies one source into an output that cannot be undone, and notes the totals of an interrupted one.
  private mutating func minifyFinally(
    _ source: FileSource, into output: inout EncodedSink<FileOutput>, as destination: FileDestination,
    _ outcomes: inout [FileOutcome]
  ) throws {
    let (bytesRead, bytesWritten) = (files.counter?.value ?? 0, output.plainBytesOut)
    do {
      try minify([source], into: &output, as: destination, &outcomes)
    } catch FileError.interrupted(let reason) {
      var totals = RunTotals()
      // Reads by offset are counted for all threads together.
      totals.inputBytes = plainBytesReadOfLast > 0 ? plainBytesReadOfLast : (files.counter?.value ?? 0) - bytesRead
      totals.outputBytes = output.plainBytesOut - bytesWritten
      interruptedTotals = totals
      throw FileError.interrupted(reason)
    }
  }

  /// Runs one opened source, compressed or not, and describes its sizes on the disk.
  mutating func run<Base: ByteSink & ~Copyable>(
    _ source: FileSource, _ stored: consuming FileReader, _ codec: Codec?, of file: OpenedFile,
    to output: inout EncodedSink<Base>, _ badLines: BadLineUse
  ) throws -> FileOutcome {
    var stored = stored
    let storedBytesBefore = output.storedBytes
    var outcome: FileOutcome
    if let codec {
      var decoded = try DecodedSource(
        stored, codec, workers: max(1, codecs.workers),
        decoderBytesMax: codecs.decoderBytesMax ?? MachineLimits(using: files).decoderBytesMax,
        plainBytesMax: codecs.plainBytesMax, ledger: ledger)
      do {
        outcome = try run(source, from: &decoded, of: file, to: &output, badLines)
      } catch let error as DecodingError {
        throw codecs.namingBudget(error)
      }
      outcome.storedInputBytes = decoded.extent.storedBytes
    } else {
      outcome = try run(source, from: &stored, of: file, to: &output, badLines)
      outcome.storedInputBytes = Int64(outcome.totals.inputBytes)
    }
    outcome.codec = codec
    outcome.encoding = output.encoding
    outcome.storedOutputBytes = Int64(output.storedBytes - storedBytesBefore)
    return outcome
  }

  /// Runs one opened source, and checks that it did not change meanwhile.
  private mutating func run<Input: InputBytes & ~Copyable, Base: ByteSink & ~Copyable>(
    _ source: FileSource, from input: inout Input, of file: OpenedFile, to output: inout EncodedSink<Base>,
    _ badLines: BadLineUse
  ) throws -> FileOutcome {
    defer {
      plainBytesReadOfLast = Int(input.plainBytesRead)
      extentOfLast = input.extent
    }
    if let plainBytes = input.plainBytes { output.expect(byteCount: plainBytes) }
    var result = try engine.run(from: &input, of: file, to: &output, badLines)
    if format == .json, case .complete(var totals) = result {
      try finalNewline.end(&output, &totals)
      result = .complete(totals)
    }
    var outcome = FileOutcome(source: source, result: result)
    engine.describeDevice(in: &outcome)
    try file.checkUnchanged(after: input.extent, isReadToEnd: outcome.isValid)
    return outcome
  }

  /// Bad lines go to the record, and are synced before an output that appears whole, unless syncs are off.
  func recording<Output: ByteSink & ~Copyable>(
    _ source: FileSource, _ output: borrowing Output
  ) -> BadLineUse {
    .record(
      isSynced: sync == .always || sync == .automatic && output.appearsWhole,
      onLine: onBadLine.map { report in { line in report(source, line) } })
  }

  /// Writes the end of the output, if all sources are valid. The last one fails if the output has become too large.
  private func finish<Base: ByteSink & ~Copyable>(
    _ output: inout EncodedSink<Base>, _ outcomes: inout [FileOutcome]
  ) throws {
    guard outcomes.areValid else { return }
    try output.finish(&outcomes)
    if output.hasOutgrownLimit { outcomes[outcomes.count - 1].refuseLargerOutput() }
  }

  /// Commits the output, or prepares its commit. Its bad lines are in their record by then.
  func commit(_ output: consuming EncodedSink<FileOutput>, _ outcomes: inout [FileOutcome]) throws {
    var output = output.unwrapped()
    if output.appearsWhole { willCommit?() }
    for outcome in outcomes where outcome.source != .standardInput {
      if let status = outcome.sourceStatus { output.file.limitMode(to: status) }
    }
    let hash = output.hash?.value
    if codecs.readsOutputsBack, let hash { try output.checkStored(hash) }
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
}

extension EncodedSink where Base: ~Copyable {
  /// Writes the end of a compressed output, which counts for the last source.
  mutating func finish(_ outcomes: inout [FileOutcome]) throws {
    let storedBytesBefore = storedBytes
    try finish()
    if !outcomes.isEmpty { outcomes[outcomes.count - 1].storedOutputBytes += Int64(storedBytes - storedBytesBefore) }
  }

  /// Ends an open line with an LF.
  ///
  /// - Parameter isUnchanged: True if the output so far, the LF included, equals the input so far.
  /// - Throws: Errors of the output.
  mutating func endLine(isUnchanged: Bool = false) throws {
    guard let lastPlainByte, lastPlainByte != UInt8(ascii: "\n") else { return }
    try [UInt8(ascii: "\n")].withUnsafeBytes { try write($0, isUnchanged: isUnchanged) }
  }
}

extension EncodedSink<FileOutput> {
  /// Number of plain bytes that were written, or given to the encoder.
  fileprivate var plainBytesOut: Int { encoding == nil ? Int(base.file.bytesWritten) : plainBytes }
}

extension MachineLimits {
  /// Memory that decoders may take: half of what the machine and its control groups allow.
  package var decoderBytesMax: Int { min(physicalMemoryBytes, memoryBytes ?? .max) / 2 }
}
