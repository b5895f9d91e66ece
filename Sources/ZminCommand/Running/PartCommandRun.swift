import SystemPackage
import ZminBase
import ZminCodec
import ZminCore
import ZminEngine
import ZminFiles
import ZminIO
import ZminMemory
import ZminReport

/// A run of `zmin part`.
struct PartCommandRun {
  let command: PartCommand
  let files: FileAccess
  let ledger: MemoryLedger
  let console: Console

  /// - Throws: ``PlanError``, ``FileError``, `OutOfMemory`.
  func run() throws -> ExitStatus {
    if let count = command.plan { return try printPlan(count) }
    guard command.arguments.count == 2,
      let argument = ShardArgument(argument: command.arguments[0].path.string)
    else {
      throw PlanError.usage("expected a part and a file, such as zmin part 0/8 dump.json -o part-0")
    }
    let number = try argument.shard(in: RealEnvironment(), of: "")
    guard let output = command.output, !output.isStandardStream else {
      throw PlanError.usage("a part needs an output file; use -o PART")
    }
    let input = command.arguments[1]
    let options = MinifierOptions(
      format: command.format.format(of: input.isStandardStream ? nil : input.path), depthMax: command.maxDepth)
    let plan = SlicePlan.ofParts(command.jobs, files)
    let maker = try PartMaker(
      options, plan, program: VersionText.program, files: files, sync: .automatic, ledger: ledger)
    let path = PartPath(output.path)
    do {
      let record = try input.isStandardStream ? makeFromStream(maker, number, path) : makeFromFile(maker, number, path)
      note(record)
      return .success
    } catch let refusal as PartMaker.Refusal {
      console.say(
        "\(input.isStandardStream ? "standard input" : "\(FileName.path(input.path))"): \(text(for: refusal))")
      return .invalidInput
    }
  }

  private func makeFromFile(_ maker: borrowing PartMaker, _ number: Shard, _ path: PartPath) throws -> PartRecord {
    if command.at != nil { throw PlanError.usage("--at needs standard input; use -") }
    let file = try OpenedFile(command.arguments[1].path, using: files)
    if let size = command.inputSize, Int64(size) != file.status.size {
      throw PlanError.usage("--input-size is \(size), and \(file.name) has \(file.status.size) bytes")
    }
    return try maker.make(
      number.index, of: number.count, from: file, id: command.inputId, startingIn: command.start, to: path)
  }

  private func makeFromStream(
    _ maker: borrowing PartMaker, _ number: Shard, _ path: PartPath
  ) throws -> PartRecord {
    guard let offset = command.at, let size = command.inputSize, let id = command.inputId else {
      throw PlanError.usage("a part of standard input needs --at, --input-size and --input-id")
    }
    let cuts = PartCuts(inputBytes: size, count: number.count)
    return try maker.make(
      number.index, cuts, fromStream: try .standardInput(using: files), at: offset, id: id,
      startingIn: command.start, to: path)
  }

  private func text(for refusal: PartMaker.Refusal) -> String {
    switch refusal {
    case .compressed(let codec): "is \(codec.rawValue) data, which cannot be cut; decompress it first"
    case .notSeekable: "cannot be cut, as it is empty, no regular file, or of unknown size"
    case .late(let neededOffset): "part \(command.arguments[0].path.string) needs the bytes from \(neededOffset) on"
    }
  }

  private func note(_ record: PartRecord) {
    guard record.findings.minifiedBytes < record.range.count else { return }
    let offset = record.range.lowerBound + record.findings.minifiedBytes
    console.say(
      """
      \(FileName.path(command.arguments[1].path)): part \(record.index) of \(record.count) stops at byte \(offset), as \
      it is not valid JSON from there on, or its start was inferred wrongly; zmin join decides
      """)
  }

  private func printPlan(_ count: Int) throws -> ExitStatus {
    guard command.arguments.isEmpty, let size = command.inputSize else {
      throw PlanError.usage("--plan needs --input-size and no file")
    }
    let cuts = PartCuts(inputBytes: size, count: count)
    let ranges: [JSONValue] = (0..<count).map { index in
      let range = cuts.neededRange(ofPart: index)
      return [
        "part": .string("\(index)/\(count)"), "start": .integer(range.lowerBound), "end": .integer(range.upperBound),
      ]
    }
    let plan: JSONValue = ["input_size": .integer(size), "ranges": .array(ranges)]
    try StandardOutput(files).write(plan.text(.indented) + "\n")
    return .success
  }
}

extension SlicePlan {
  /// Pools of a part: as many workers as asked for, or as there are processors.
  static func ofParts(_ jobs: Int?, _ files: FileAccess) -> SlicePlan {
    SlicePlan(workers: EngineArguments.workers(jobs, of: MachineLimits(using: files).processorCount))
  }
}
