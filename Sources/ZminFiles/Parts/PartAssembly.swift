import ZminCodec
package import ZminCore
package import ZminEngine
package import ZminIO
package import ZminMemory
package import ZminReport

/// Joins the parts of a file: judges the whole, and assembles the output.
package struct PartAssembly {
  /// A part with the path of its output.
  package struct Part: Sendable {
    package let record: PartRecord
    package let path: PartPath

    package init(record: PartRecord, path: PartPath) {
      self.record = record
      self.path = path
    }
  }

  /// Reason why parts do not belong together.
  package enum Mismatch: Error, Sendable, Equatable {
    /// Another version of zmin, other options, another input or another number of parts than the first part's.
    case program(PartPath, String, first: String)
    case options(PartPath)
    case input(PartPath)
    case count(PartPath, Int, first: Int)
    case twice(index: Int)
    case missing([Int])
    /// The parts do not meet.
    case gap(before: PartPath)
    case overlap(PartPath)
    case outputSize(PartPath, Int64, expected: Int)
    /// The summary says that the part is not valid here, and the input says that it is.
    case wrong(PartPath)
    case inputSize(FileName, Int, expected: Int)
    /// The bytes of the input are not those that the part was made of.
    case inputBytes(FileName, PartPath)
  }

  /// A part that has to be minified again, or whose input explains an error.
  package struct Redo: Sendable, Equatable {
    package let index: Int
    /// State that the part starts in.
    package let start: Lexeme
  }

  /// The verdict on the whole.
  package enum Verdict: Sendable {
    case valid
    case invalid(InvalidJSON)
    /// The input is needed.
    case undecided(Redo)
  }

  /// A part as it goes into the output.
  private struct Joined {
    let part: Part
    let hasLineFeedBefore: Bool
    /// Set if the part was minified again.
    var redoneStart: Lexeme?
    let inputChecksum: CRC32
    let outputChecksum: CRC32
    let outputBytes: Int
  }

  private let parts: [Part]
  private let input: OpenedFile?
  private let plan: SlicePlan
  private let files: FileAccess
  private let sync: SyncPolicy
  private let ledger: MemoryLedger
  private let options: MinifierOptions
  private var joined: [Joined] = []
  private var endsWithLineFeed = false

  /// - Parameters:
  ///   - parts: All parts of a file, in any order.
  ///   - input: The file; nil if it is not at hand.
  ///   - plan: Pools for parts that are minified again.
  /// - Throws: ``Mismatch``.
  package init(
    _ parts: [Part], input: OpenedFile?, _ plan: SlicePlan, files: FileAccess, sync: SyncPolicy, ledger: MemoryLedger
  ) throws(Mismatch) {
    precondition(!parts.isEmpty)
    self.parts = try Self.checked(parts)
    self.input = input
    self.plan = plan
    self.files = files
    self.sync = sync
    self.ledger = ledger
    let first = parts[0].record
    options = MinifierOptions(format: first.format, depthMax: first.depthMax)
    if let input, Int(input.status.size) != first.inputBytes {
      throw .inputSize(input.name, Int(input.status.size), expected: first.inputBytes)
    }
  }

  /// The parts in order, if they belong together and are all there.
  private static func checked(_ parts: [Part]) throws(Mismatch) -> [Part] {
    let first = parts[0].record
    var byIndex: [Int: Part] = [:]
    for part in parts {
      let record = part.record
      if record.program != first.program { throw .program(part.path, record.program, first: first.program) }
      if record.format != first.format || record.depthMax != first.depthMax { throw .options(part.path) }
      if record.inputBytes != first.inputBytes || record.inputID != first.inputID { throw .input(part.path) }
      if record.count != first.count { throw .count(part.path, record.count, first: first.count) }
      guard byIndex.updateValue(part, forKey: record.index) == nil else { throw .twice(index: record.index) }
    }
    let missing = (0..<first.count).filter { byIndex[$0] == nil }
    if !missing.isEmpty { throw .missing(missing) }
    let ordered = parts.sorted { $0.record.index < $1.record.index }
    var end = 0
    for part in ordered {
      if part.record.range.lowerBound > end { throw .gap(before: part.path) }
      if part.record.range.lowerBound < end { throw .overlap(part.path) }
      end = part.record.range.upperBound
    }
    if end != first.inputBytes, let last = ordered.last { throw .gap(before: last.path) }
    return ordered
  }

  // MARK: Verdict

  /// Judges the whole. Parts with a wrong start are minified again if the input is at hand.
  ///
  /// - Throws: Errors of the input, ``OutOfMemory``.
  package mutating func judge() throws -> Verdict {
    var chain = PartChain(options)
    joined = []
    for part in parts {
      let record = part.record
      var findings = record.findings
      var (inputChecksums, outputChecksums) = (record.inputChecksums, record.outputChecksums)
      var redoneStart: Lexeme?
      var answer = chain.append(findings, partBytes: record.range.count)
      if case .wrongStart(let start) = answer {
        guard input != nil else { return .undecided(Redo(index: record.index, start: start)) }
        var sink = NullSink()
        (findings, inputChecksums, outputChecksums) = try minify(part, startingIn: start, to: &sink)
        redoneStart = start
        answer = chain.append(findings, partBytes: record.range.count)
      }
      let hasLineFeedBefore: Bool
      if case .joined(let isBoundary) = answer {
        hasLineFeedBefore = isBoundary
      } else {
        let start = redoneStart ?? findings.start
        guard let input else { return .undecided(Redo(index: record.index, start: start)) }
        if let error = try explain(chain, upTo: record.range.upperBound, input) { return .invalid(error) }
        // Only the bound of the depth was in doubt.
        guard let isBoundary = chain.appendValid(findings) else { throw Mismatch.wrong(part.path) }
        hasLineFeedBefore = isBoundary
      }
      joined.append(
        Joined(
          part: part, hasLineFeedBefore: hasLineFeedBefore, redoneStart: redoneStart,
          inputChecksum: inputChecksums.crc32, outputChecksum: outputChecksums.crc32,
          outputBytes: findings.outputBytes))
    }
    endsWithLineFeed = chain.endsWithLineFeed
    if chain.isComplete { return .valid }
    guard let input else {
      return .undecided(Redo(index: parts.count - 1, start: joined.last?.redoneStart ?? .between))
    }
    guard let error = try explain(chain, upTo: chain.inputBytes, input) else { return .valid }
    return .invalid(error)
  }

  private func explain(_ chain: PartChain, upTo end: Int, _ input: OpenedFile) throws -> InvalidJSON? {
    let reader = FileReader(input)
    return try chain.explanation(upTo: end, in: reader, ledger: ledger)
  }

  /// Minifies a part again.
  ///
  /// - Returns: The findings, and the checksums of what was read and written.
  /// - Throws: ``Mismatch/inputBytes(_:_:)`` if the part was made of other bytes, and errors of input and output.
  private func minify<Output: ByteSink & ~Copyable>(
    _ part: Part, startingIn start: Lexeme, to output: inout Output
  ) throws -> (PartFindings, input: PartChecksums, output: PartChecksums) {
    guard let input else { preconditionFailure("the input is not at hand") }
    let run = try PartRun(options, plan, ledger: ledger)
    var source = PartSource(FileReader(input), part.record.range)
    // One of the two, with its own start, may have ended early.
    let knownBytes = part.record.findings.minifiedBytes
    let known = PartHasher(bytesMax: knownBytes)
    let (read, kept) = (PartHasher(), PartHasher())
    let findings = try run.run(
      from: &source, to: &output, startingIn: start, beginsDocument: part.record.index == 0
    ) { bytes, piece in
      known.append(bytes)
      read.append(bytes)
      kept.append(piece)
    }
    if findings.minifiedBytes >= knownBytes, known.checksums != part.record.inputChecksums {
      throw Mismatch.inputBytes(input.name, part.path)
    }
    return (findings, read.checksums, kept.checksums)
  }

  // MARK: Output

  /// Assembles the output of parts that ``judge()`` has found valid.
  ///
  /// - Throws: ``Mismatch``, ``FileError``, ``OutOfMemory``.
  package func assemble(to output: consuming OutputFile) throws {
    var output = FileOutput(file: output, isFinal: false)
    output.expect(byteCount: Int64(outputBytes))
    let lineFeed: [UInt8] = [UInt8(ascii: "\n")]
    for joined in joined {
      if joined.hasLineFeedBefore { try lineFeed.withUnsafeBytes { try output.write($0, isUnchanged: false) } }
      if let start = joined.redoneStart {
        _ = try minify(joined.part, startingIn: start, to: &output)
      } else {
        let file = try OpenedFile(joined.part.path.output, using: files)
        guard Int(file.status.size) == joined.outputBytes else {
          throw Mismatch.outputSize(joined.part.path, file.status.size, expected: joined.outputBytes)
        }
        output.file.limitMode(to: file.statusForMode)
        if joined.outputBytes > 0 { try output.file.append(file) }
      }
    }
    if endsWithLineFeed { try lineFeed.withUnsafeBytes { try output.write($0, isUnchanged: false) } }
    try output.file.commit()
  }

  /// Size of the output.
  package var outputBytes: Int {
    joined.reduce(endsWithLineFeed ? 1 : 0) { $0 + $1.outputBytes + ($1.hasLineFeedBefore ? 1 : 0) }
  }

  /// Lengths and checksums of the parts and the whole.
  package var proof: JSONValue {
    var (input, output) = (CRC32(), CRC32())
    var lineFeed = CRC32()
    [UInt8(ascii: "\n")].withUnsafeBytes { lineFeed.append($0) }
    var entries: [JSONValue] = []
    for joined in joined {
      let record = joined.part.record
      if joined.hasLineFeedBefore { output.append(lineFeed, byteCount: 1) }
      output.append(joined.outputChecksum, byteCount: joined.outputBytes)
      input.append(joined.inputChecksum, byteCount: record.range.count)
      entries.append([
        "index": .integer(record.index), "start": .integer(record.range.lowerBound),
        "end": .integer(record.range.upperBound), "input_crc32": joined.inputChecksum.json,
        "output_size": .integer(joined.outputBytes), "output_crc32": joined.outputChecksum.json,
        "line_feed_before": .bool(joined.hasLineFeedBefore),
      ])
    }
    if endsWithLineFeed { output.append(lineFeed, byteCount: 1) }
    let first = parts[0].record
    return [
      "zmin_proof": 1, "zmin_version": .string(first.program),
      "options": ["format": .string(first.format.rawValue), "max_depth": .integer(first.depthMax)],
      "input": [
        "name": .string(first.inputName), "size": .integer(first.inputBytes), "id": .string(first.inputID),
        "crc32": input.json,
      ],
      "output": ["size": .integer(outputBytes), "crc32": output.json], "parts": .array(entries),
    ]
  }
}
