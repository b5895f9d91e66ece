import SystemPackage
import ZminCodec
import ZminEngine
import ZminFiles
import ZminIO
import ZminMemory
import ZminReport

/// A run of `zmin join`.
struct JoinRun {
  let command: JoinCommand
  let files: FileAccess
  let ledger: MemoryLedger
  let console: Console

  /// The largest summary that is read.
  private static let summaryBytesMax: Int64 = 64 << 20

  /// - Throws: ``PlanError``, ``FileError``, `OutOfMemory`.
  func run() throws -> ExitStatus {
    guard !command.parts.isEmpty else { throw PlanError.usage("join needs parts, such as zmin join part-* -o FILE") }
    var output: FilePath?
    if command.assemble {
      guard let file = command.output else {
        throw PlanError.usage("join needs an output file; use -o FILE, or --no-assemble to only judge")
      }
      if file.isStandardStream { throw PlanError.usage("join needs an output file; use -o FILE") }
      output = file.path
    }
    do {
      return try join(to: output)
    } catch let mismatch as PartAssembly.Mismatch {
      console.say(Self.text(for: mismatch))
      return .invalidInput
    }
  }

  /// - Parameter output: Nil to only judge.
  private func join(to output: FilePath?) throws -> ExitStatus {
    var parts: [PartAssembly.Part] = []
    for argument in command.parts where !argument.isSummary {
      let path = PartPath(argument.path)
      do {
        parts.append(PartAssembly.Part(record: try record(at: path.summary), path: path))
      } catch let error as PartRecord.Unreadable {
        console.say("\(FileName.path(path.summary)): \(error); minify the part again")
        return .invalidInput
      }
    }
    guard let first = parts.first?.record else { throw PlanError.usage("join needs parts, not only their summaries") }
    let input = try command.input.map { try OpenedFile($0.path, using: files) }
    var assembly = try PartAssembly(
      parts, input: input, .ofParts(command.jobs, files), files: files, sync: .automatic, ledger: ledger)
    switch try assembly.judge() {
    case .valid: break
    case .invalid(let error):
      let name = input.map { $0.name } ?? .path(FilePath(first.inputName))
      let hint = InvalidInputHint(error: error, input: name, offersBadLines: false).text
      console.say("\(name):\(error)\(hint.map { "; \($0)" } ?? "")")
      return .invalidInput
    case .undecided(let redo):
      try StandardOutput(files).write(Self.json(of: redo, first).text(.indented) + "\n")
      console.say(
        """
        part \(redo.index) of \(first.count) has to be minified again with --start \(redo.start.name), or has the \
        error; give the input with --input
        """)
      return .failure
    }
    if let output { try assembly.assemble(to: try OutputFile(at: output, using: files)) }
    if let proof = command.proof { try write(assembly.proof, to: proof) }
    return .success
  }

  private func record(at path: FilePath) throws -> PartRecord {
    let file = try OpenedFile(path, using: files)
    guard file.status.size <= Self.summaryBytesMax else {
      throw PartRecord.Unreadable(description: "larger than any summary")
    }
    return try PartRecord(reading: FileReader(file).bytes(at: 0, Int(file.status.size)))
  }

  private func write(_ proof: JSONValue, to argument: PathArgument) throws(FileError) {
    let text = proof.text(.indented) + "\n"
    if argument.isStandardStream { return try StandardOutput(files).write(text) }
    try OutputFile(at: argument.path, using: files).commit([text])
  }

  private static func json(of redo: PartAssembly.Redo, _ first: PartRecord) -> JSONValue {
    ["redo": [["part": .string("\(redo.index)/\(first.count)"), "start": .string(redo.start.name)]]]
  }

  private static func text(for mismatch: PartAssembly.Mismatch) -> String {
    switch mismatch {
    case .program(let path, let version, let first):
      "\(path.name): made by zmin \(version), and another part by \(first); make all parts with one version"
    case .options(let path): "\(path.name): made with another format or depth than the first part"
    case .input(let path): "\(path.name): a part of another file, or the file has changed; make all parts again"
    case .count(let path, let count, let first):
      "\(path.name): one of \(count) parts, and the first part is one of \(first)"
    case .twice(let index): "part \(index) is given twice"
    case .missing(let indices):
      "parts are missing: \(indices.prefix(10).map(String.init).joined(separator: ", "))"
        + (indices.count > 10 ? " and others" : "")
    case .gap(let path): "\(path.name): does not meet the part before it; make both again with one version"
    case .overlap(let path): "\(path.name): overlaps the part before it; make both again with one version"
    case .outputSize(let path, let size, let expected):
      "\(path.name): has \(size) bytes, and its summary says \(expected); make the part again"
    case .inputSize(let name, let size, let expected):
      "\(name): has \(size) bytes, and the parts are of a file of \(expected)"
    case .inputBytes(let name, let path):
      "\(name): not the file that \(path.name) was made of, or it has changed; make all parts again"
    case .wrong(let path): "\(path.name): its summary does not fit the input; make the part again"
    }
  }
}

extension PartPath {
  fileprivate var name: FileName { .path(output) }
}

extension PathArgument {
  /// True for the summary of a part, which a pattern such as `part-*` matches, too.
  fileprivate var isSummary: Bool { path.bytes.hasSuffix(PartPath.summarySuffix) }
}
