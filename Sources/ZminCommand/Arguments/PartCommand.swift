package import ArgumentParser
package import ZminCore
import ZminEngine
import ZminFiles

/// Arguments of `zmin part`.
package struct PartCommand: ParsableCommand {
  static let name = "part"

  package static let configuration = CommandConfiguration(
    commandName: name,
    abstract: "Minify one of N parts of a file, on any machine",
    usage: """
      zmin part K/N FILE -o PART
      zmin part auto/N FILE -o PART
      zmin part K/N --at OFFSET --input-size SIZE --input-id TEXT -o PART -
      zmin part --plan N --input-size SIZE
      """,
    discussion: """
      K counts from 0. auto reads it from SLURM_ARRAY_TASK_ID or JOB_COMPLETION_INDEX. Each part is minified by \
      itself, and zmin join joins them. Any JSON can be cut, one array on one line too. Beside PART is written \
      PART.summary, which join needs. A part that does not look valid is no error: only join knows what stands before \
      it.
      """,
    version: VersionText.text,
    helpNames: [.short, .long])

  @Sendable private static func number(_ argument: String) throws -> Int {
    try ValueRange("expected a number from 0").value(of: argument) { ShardArgument.number($0) }
  }

  @Argument(help: ArgumentHelp("Minify part K of N of FILE (-: standard input)", valueName: "K/N FILE"))
  package var arguments: [PathArgument] = []

  @Option(name: .shortAndLong, help: ArgumentHelp("Write the part to PART, and PART.summary", valueName: "part"))
  package var output: PathArgument?

  @Option(help: ArgumentHelp("Read json, ndjson, concat or auto (default: auto)", valueName: "format"))
  package var format = InputArguments.FormatChoice.auto

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Allow N levels of nesting (default: \(MinifierOptions.defaultDepthMax))", valueName: "n"),
    transform: Self.number)
  package var maxDepth = MinifierOptions.defaultDepthMax

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Take standard input as the bytes from OFFSET on", valueName: "offset"),
    transform: Self.number)
  package var at: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Tell the size of the file in bytes", valueName: "size"),
    transform: Self.number)
  package var inputSize: Int?

  @Option(
    help: ArgumentHelp(
      "Tell the identity of the file, such as an ETag",
      discussion: """
        It must be the same for all parts. The default is size and time of change, which machines with a common file \
        system agree on.
        """, valueName: "text"))
  package var inputId: String?

  @Option(
    help: ArgumentHelp(
      "Begin the part in STATE",
      discussion: "zmin join names the state if a part has to be minified again. The default is inferred.",
      valueName: "state"),
    transform: { argument in
      let names = Lexeme.allCases.map(\.name).joined(separator: ", ")
      return try ValueRange("expected one of \(names)").value(of: argument, Lexeme.init(name:))
    })
  package var start: Lexeme?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Print the ranges that N parts read, as JSON", valueName: "n"),
    transform: { argument in
      try ValueRange("expected a number from 1 to \(Shard.countMax)").value(of: argument) {
        ShardArgument.number($0).flatMap { (1...Shard.countMax).contains($0) ? $0 : nil }
      }
    })
  package var plan: Int?

  @Option(
    name: [.customShort("j", allowingJoined: true), .long], parsing: .unconditional,
    help: ArgumentHelp("Use N threads (default: the processors allowed)", valueName: "n"),
    transform: EngineArguments.workers)
  package var jobs: Int?

  package init() {}
}

/// Arguments of `zmin join`.
package struct JoinCommand: ParsableCommand {
  static let name = "join"

  package static let configuration = CommandConfiguration(
    commandName: name,
    abstract: "Check parts made by zmin part, and join them",
    usage: "zmin join [OPTIONS] PART ... -o FILE",
    discussion: """
      PART.summary is read beside each PART. The output has the bytes that one run would write, and an error is the \
      one that it would report. Where a part was minified from a wrong start, or an error needs its line, the input is \
      needed: without --input, join prints as JSON what to do, and exits 3.
      """,
    version: VersionText.text,
    helpNames: [.short, .long])

  @Argument(help: ArgumentHelp("Join these parts, in any order", valueName: "part"))
  package var parts: [PathArgument] = []

  @Option(name: .shortAndLong, help: ArgumentHelp("Write the output to FILE", valueName: "file"))
  package var output: PathArgument?

  @Option(help: ArgumentHelp("Read the input from FILE where it is needed", valueName: "file"))
  package var input: PathArgument?

  @Flag(
    inversion: .prefixedNo, help: ArgumentHelp("Assemble, or only judge (default: assemble)"))
  package var assemble = true

  @Option(
    help: ArgumentHelp(
      "Write lengths and checksums of all parts to FILE",
      discussion: "They show accidents, not tampering.", valueName: "file"))
  package var proof: PathArgument?

  @Option(
    name: [.customShort("j", allowingJoined: true), .long], parsing: .unconditional,
    help: ArgumentHelp("Use N threads for parts that are minified again", valueName: "n"),
    transform: EngineArguments.workers)
  package var jobs: Int?

  package init() {}
}
