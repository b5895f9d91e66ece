package import ZminCodec
package import ZminCore
package import ZminEngine
package import ZminIO
package import ZminMemory
import SystemPackage
import ZminReport

/// Minifies one part of a file, and writes its output and its summary.
package struct PartMaker: ~Copyable {
  private let run: PartRun
  private let options: MinifierOptions
  private let files: FileAccess
  private let sync: SyncPolicy
  private let program: String

  /// Reason why an input cannot be cut.
  package enum Refusal: Error, Sendable, Equatable {
    case compressed(Codec)
    /// Reads by offset do not work: a pipe, or a file whose size is not known.
    case notSeekable
    /// The bytes given begin behind those that the part needs.
    case late(neededOffset: Int)
  }

  /// - Parameters:
  ///   - program: Version of this program, for the summary.
  /// - Throws: ``OutOfMemory``.
  package init(
    _ options: MinifierOptions, _ plan: SlicePlan, program: String, files: FileAccess, sync: SyncPolicy,
    ledger: MemoryLedger
  ) throws(OutOfMemory) {
    run = try PartRun(options, plan, ledger: ledger)
    self.options = options
    self.program = program
    self.files = files
    self.sync = sync
  }

  /// Minifies part `index` of `count` of a file.
  ///
  /// - Parameters:
  ///   - id: Identity of the file; nil for the time of its last change, and its size.
  ///   - start: State that the part starts in; nil to infer it.
  ///   - path: Path of the output. The summary has the suffix ``summarySuffix``.
  /// - Throws: ``Refusal``, ``FileError``, ``OutOfMemory``, ``VerificationDifference``.
  package func make(
    _ index: Int, of count: Int, from file: OpenedFile, id: String?, startingIn start: Lexeme?, to path: PartPath
  ) throws -> PartRecord {
    var reader = FileReader(file)
    guard let size = reader.seekableSize else { throw Refusal.notSeekable }
    if let codec = try reader.codec() { throw Refusal.compressed(codec) }
    let cuts = PartCuts(inputBytes: size, count: count)
    let bounds = try [index, index + 1].map { index in
      let window = cuts.window(before: index)
      let bytes = try reader.bytes(at: Int64(window.lowerBound), window.count)
      guard bytes.count == window.count else { throw reader.endedEarlyError }
      return bytes.withUnsafeBytes { cuts.cut(before: index, in: $0, options.format) }
    }
    var source = PartSource(reader, bounds[0]..<bounds[1])
    let inputID = id ?? file.status.partIdentity
    return try make(
      index, cuts, &source, "\(file.name)", inputID, start, to: path, sourceStatus: file.statusForMode,
      finish: { $0.range }, check: { try file.checkUnchanged(after: ReadExtent()) })
  }

  /// Minifies part `index` of an input of which a range is read in order.
  ///
  /// - Parameters:
  ///   - offset: Offset in the input of the first byte that is read.
  /// - Throws: As ``make(_:of:from:id:startingIn:to:)``.
  package func make(
    _ index: Int, _ cuts: PartCuts, fromStream file: OpenedFile, at offset: Int, id: String,
    startingIn start: Lexeme?, to path: PartPath
  ) throws -> PartRecord {
    let needed = cuts.neededRange(ofPart: index)
    if offset > needed.lowerBound { throw Refusal.late(neededOffset: needed.lowerBound) }
    var source = try PartStream(FileReader(file), at: offset, cuts, index, options.format)
    return try make(
      index, cuts, &source, "\(file.name)", id, start, to: path, sourceStatus: nil, finish: { try $0.finish() },
      check: {})
  }

  private func make<Source: ByteSource & ~Copyable>(
    _ index: Int, _ cuts: PartCuts, _ source: inout Source, _ name: String, _ id: String, _ start: Lexeme?,
    to path: PartPath, sourceStatus: FileStatus?, finish: (inout Source) throws -> Range<Int>, check: () throws -> Void
  ) throws -> PartRecord {
    var file = try OutputFile(at: path.output, using: files, sync: sync, isPrivate: sourceStatus != nil)
    if let sourceStatus { file.limitMode(to: sourceStatus) }
    var output = FileOutput(file: file, isFinal: false)
    let (input, kept) = (PartHasher(), PartHasher())
    let findings = try run.run(
      from: &source, to: &output, startingIn: start, beginsDocument: index == 0
    ) { bytes, piece in
      input.append(bytes)
      kept.append(piece)
    }
    let range = try finish(&source)
    try check()
    let record = PartRecord(
      program: program, format: options.format, depthMax: options.depthMax, inputName: name,
      inputBytes: cuts.inputBytes, inputID: id, index: index, count: cuts.count, range: range, findings: findings,
      inputChecksums: input.checksums, outputChecksums: kept.checksums)
    // Whoever sees a summary has the output that it is of: an old one goes first, and the new one comes last.
    try files.removeIfPresent(path.summary)
    try output.file.commit()
    try write(record, to: path.summary, sourceStatus)
    return record
  }

  private func write(_ record: PartRecord, to path: FilePath, _ sourceStatus: FileStatus?) throws {
    var summary = try OutputFile(at: path, using: files, sync: sync, isPrivate: sourceStatus != nil)
    if let sourceStatus { summary.limitMode(to: sourceStatus) }
    try (record.json.bytes(.indented) + [UInt8(ascii: "\n")]).withUnsafeBytes { try summary.write($0) }
    try summary.commit()
  }
}

extension FileStatus {
  /// Identity of a file that several machines see: its size, and the time of its last change in nanoseconds since 1970.
  var partIdentity: String { "\(size) bytes, changed at \(modificationTime.sinceEpochNanoseconds)" }
}
