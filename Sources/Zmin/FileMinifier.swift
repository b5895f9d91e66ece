package import SystemPackage
package import ZminIO
package import ZminMemory

/// An input of a run.
package enum FileSource: Sendable, Hashable {
  case standardInput
  case path(FilePath)
}

/// How much must be saved for a file to be rewritten.
package enum MinimumSaving: Sendable, Equatable {
  case bytes(Int)
  case percent(Double)

  /// Whether a file with these totals is worth rewriting.
  package func isReached(_ totals: RunTotals) -> Bool {
    let savedBytes = totals.inputBytes - totals.outputBytes
    return switch self {
    case .bytes(let least): savedBytes >= least
    case .percent(let least): Double(savedBytes) >= Double(totals.inputBytes) * least / 100
    }
  }
}

/// Where the minified bytes go.
package enum FileDestination: Sendable {
  /// Nowhere: the input is checked, and compared with what it would become.
  case nowhere
  case standardOutput
  case file(FilePath)
  /// Each source is replaced, if it changes, and by so much as is worth it.
  case inPlace(InPlaceRules, MinimumSaving?)
}

/// What is done with lines of `ndjson` that are not valid.
package struct BadLines: Sendable {
  /// The file that they go to.
  package var path: FilePath
  /// How many there may be in all inputs of one output together, nil for any number.
  package var maximum: Int?

  package init(path: FilePath, maximum: Int?) {
    self.path = path
    self.maximum = maximum
  }
}

/// What became of one source.
package struct FileOutcome: Sendable {
  package let source: FileSource
  package let result: RunResult
  /// Whether the destination holds the output: in place, whether the file was replaced.
  package internal(set) var isWritten = false

  /// Lines that were put aside.
  var badLines: Int {
    switch result {
    case .complete(let totals), .invalid(_, let totals): totals.badLines
    }
  }

  /// Whether the source was taken to its end.
  var isValid: Bool {
    if case .complete = result { true } else { false }
  }
}

/// Minifies files, one after another, from where they are to where they shall be.
///
/// Its buffers are made once and serve all files. A file that fails is left as it was, and nothing partial appears
/// under a final name.
package struct FileMinifier: ~Copyable {
  private var windowedRun: WindowedRun
  /// There if bad lines are put aside.
  private var lineRun: LineRun?
  private let badLines: BadLines?
  private let sync: SyncPolicy
  private let files: FileAccess

  /// - Parameters:
  ///   - options: What is done to the bytes.
  ///   - windowBytes: How much is read at once.
  ///   - badLines: What to do with bad lines, for `ndjson`; nil to fail at the first.
  ///   - sync: When outputs are brought to the disk.
  ///   - files: What files are opened with.
  ///   - ledger: The book that the buffers are entered in.
  /// - Throws: ``OutOfMemory``.
  package init(
    _ options: MinifierOptions, windowBytes: Int, badLines: BadLines?, sync: SyncPolicy, files: FileAccess,
    ledger: MemoryLedger
  ) throws {
    let windowedRun = try WindowedRun(options, windowBytes: windowBytes, ledger: ledger)
    let lineRun = badLines == nil ? nil : try LineRun(options, windowBytes: windowBytes, ledger: ledger)
    self.windowedRun = windowedRun
    self.lineRun = lineRun
    self.badLines = badLines
    self.sync = sync
    self.files = files
  }

  /// Minifies `sources` into one destination, one after another; in place each into its own.
  ///
  /// The first source that is not valid ends it, and is the last outcome; what it has then written to standard output
  /// cannot be taken back, all other destinations stay as they were.
  ///
  /// - Throws: ``FileError``, ``OutOfMemory``, ``LineTooLong``.
  package mutating func minify(_ sources: [FileSource], to destination: FileDestination) throws -> [FileOutcome] {
    guard let badLines else {
      var unused: FileOutput?
      return try minify(sources, to: destination, &unused)
    }
    try refuse(badLines.path, among: sources)
    if case .file(let path) = destination, try files.isOneOutput(path, badLines.path) {
      throw FileError.refused(.path(badLines.path), .isOutput)
    }
    var rejected: FileOutput? = FileOutput(
      file: try OutputFile(at: badLines.path, using: files, sync: sync), isFinal: false)
    return try minify(sources, to: destination, &rejected)
  }

  private mutating func minify(
    _ sources: [FileSource], to destination: FileDestination, _ rejected: inout FileOutput?
  ) throws -> [FileOutcome] {
    switch destination {
    case .nowhere:
      var output = NoOutput()
      let outcomes = try runAll(sources, to: &output, &rejected)
      if outcomes.areValid { try commit(&rejected) }
      return outcomes
    case .standardOutput:
      var output = FileOutput(file: try .standardOutput(using: files, sync: sync), isFinal: true)
      let outcomes = try runAll(sources, to: &output, &rejected) { input in
        if try input.isSameFileAsStandardOutput() { throw FileError.refused(.standardOutput, .isInput) }
      }
      return try commit(output, &rejected, outcomes)
    case .file(let path):
      try refuse(path, among: sources)
      var output = FileOutput(file: try OutputFile(at: path, using: files, sync: sync), isFinal: false)
      let outcomes = try runAll(sources, to: &output, &rejected)
      return try commit(output, &rejected, outcomes)
    case .inPlace(let rules, let minimumSaving):
      return try sources.map { try replace($0, rules, minimumSaving, &rejected) }
    }
  }

  /// Refuses a destination that is one of the sources, before anything is opened for writing.
  private func refuse(_ destination: FilePath, among sources: [FileSource]) throws {
    for source in sources {
      // Opening a FIFO only to close it again would wake its writer and lose what it writes.
      if case .path(let path) = source, try files.statusIfPresent(of: path)?.kind == .fifo { continue }
      if try open(source).isSameFile(as: destination) { throw FileError.refused(.path(destination), .isInput) }
    }
  }

  private func open(_ source: FileSource) throws(FileError) -> InputFile {
    switch source {
    case .standardInput: try .standardInput(using: files)
    case .path(let path): try InputFile(path, using: files)
    }
  }

  // MARK: Running

  private mutating func runAll<Output: RunOutput & ~Copyable>(
    _ sources: [FileSource], to output: inout Output, _ rejected: inout FileOutput?,
    checking check: (borrowing InputFile) throws -> Void = { _ in }
  ) throws -> [FileOutcome] {
    var outcomes: [FileOutcome] = []
    for source in sources where outcomes.areValid {
      var input = try open(source)
      try check(input)
      let badLinesBefore = outcomes.reduce(0) { $0 + $1.badLines }
      let result = try run(from: &input, to: &output, &rejected, badLinesBefore: badLinesBefore)
      let outcome = FileOutcome(source: source, result: result)
      try input.checkUnchanged(isReadToEnd: outcome.isValid)
      outcomes.append(outcome)
    }
    return outcomes
  }

  private mutating func run<Output: RunOutput & ~Copyable>(
    from input: inout InputFile, to output: inout Output, _ rejected: inout FileOutput?, badLinesBefore: Int = 0
  ) throws -> RunResult {
    guard var file = rejected.take() else { return try windowedRun.run(from: &input, to: &output) }
    let badLinesMax = badLines?.maximum.map { $0 - badLinesBefore }
    let result = try lineRun?.run(from: &input, to: &output, badLinesTo: &file, badLinesMax: badLinesMax)
    rejected = consume file
    guard let result else { return try windowedRun.run(from: &input, to: &output) }
    return result
  }

  /// Makes the output final if every source was valid. The bad lines come first: they must not be lost.
  private func commit(
    _ output: consuming FileOutput, _ rejected: inout FileOutput?, _ outcomes: [FileOutcome]
  ) throws -> [FileOutcome] {
    guard outcomes.areValid else { return outcomes }
    try commit(&rejected)
    try output.file.commit()
    return outcomes.map { outcome in
      var written = outcome
      written.isWritten = true
      return written
    }
  }

  private func commit(_ rejected: inout FileOutput?) throws {
    if let file = rejected.take() { try file.file.commit() }
  }

  // MARK: In place

  private mutating func replace(
    _ source: FileSource, _ rules: InPlaceRules, _ minimumSaving: MinimumSaving?, _ rejected: inout FileOutput?
  ) throws -> FileOutcome {
    var input = try open(source)
    try input.checkReplaceable(under: rules)
    if rejected == nil, let outcome = try outcomeIfUnchanged(source, &input) { return outcome }
    var output = FileOutput(file: try OutputFile(replacing: input, under: rules, sync: sync), isFinal: false)
    let outcome = FileOutcome(source: source, result: try run(from: &input, to: &output, &rejected))
    try input.checkUnchanged(isReadToEnd: outcome.isValid)
    guard case .complete(let totals) = outcome.result else { return outcome }
    if totals.isUnchanged || minimumSaving?.isReached(totals) == false {
      try commit(&rejected)
      return outcome
    }
    return try commit(output, &rejected, [outcome])[0]
  }

  /// What became of a file that stays as it is, minified already or not valid; nil, and the input at its start again,
  /// if it changes. A file with nothing to save costs no write that way, and any other one window more.
  private mutating func outcomeIfUnchanged(
    _ source: FileSource, _ input: inout InputFile
  ) throws -> FileOutcome? {
    var detector = ChangeDetector()
    do {
      let result = try windowedRun.run(from: &input, to: &detector)
      switch result {
      case .complete(let totals) where !totals.isUnchanged: break
      default:
        let outcome = FileOutcome(source: source, result: result)
        try input.checkUnchanged(isReadToEnd: outcome.isValid)
        return outcome
      }
    } catch is ChangeDetector.Changed {}
    input.rewind()
    return nil
  }
}

extension [FileOutcome] {
  fileprivate var areValid: Bool { allSatisfy(\.isValid) }
}
