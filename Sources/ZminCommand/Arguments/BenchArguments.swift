package import ArgumentParser

/// `zmin bench`.
package struct BenchCommand: ParsableCommand {
  /// How it is called.
  static let name = "bench"

  /// The values of `--report-format`.
  package enum ReportFormat: String, ExpressibleByArgument, CaseIterable, Sendable {
    case table, json, csv, markdown, html
  }

  /// The values of `--cache`.
  package enum Cache: String, ExpressibleByArgument, CaseIterable, Sendable {
    case warm, cold
  }

  package static let configuration = CommandConfiguration(
    commandName: name,
    abstract: "Times the CPU, GPU and hybrid paths on the same work, and says what to choose.",
    usage: """
      zmin bench [<options>] [<file> ...]
      zmin bench --compare [--threshold <percent>] <old.json> <new.json>
      """,
    discussion: """
      Without a file it takes generated documents. Each path is timed from memory to memory and from file to file, in \
      turn with the others, beside what the machine itself does with the same bytes, and every output is compared with \
      the reference's: a path with a wrong byte has no speed (exit 5). Rates are of input, in GB/s (10^9 bytes).
      """,
    version: VersionText.text)

  @Argument(help: "Files to minify again and again; none takes generated documents.")
  package var files: [PathArgument] = []

  @Option(
    help: ArgumentHelp("How values are laid out in the files: json, ndjson, concat or auto.", valueName: "format"))
  package var format = InputArguments.FormatChoice.auto

  @Option(
    help: ArgumentHelp(
      "The generated documents, with commas between them: pretty, minified, lines, text, numbers, nested, cjk, escapes "
        + "(default: all).", valueName: "names"))
  package var documents: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The size of each generated document: 64M, 4Gi (default: 64M).", valueName: "size"),
    transform: { try ValueRange("a size such as 64M is taken").value(of: $0, SizeArgument.init(argument:)) })
  package var size: SizeArgument?

  @Option(help: ArgumentHelp("The seed of the generated documents.", valueName: "n"))
  package var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "The paths, with commas between them: a kernel on one core by its name, cpu, gpu, hybrid (default: all there are).",
      valueName: "names"))
  package var paths: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The Vulkan device to time: its index or UUID, or a part of its name.",
      discussion: "Without it the best hardware device. A device in software is timed only if it is named.",
      valueName: "device"))
  package var device: String?

  @Option(
    name: [.customShort("j", allowingJoined: true), .long], parsing: .unconditional,
    help: ArgumentHelp("How many threads the paths on all cores have, 1 to 1024.", valueName: "n"),
    transform: EngineArguments.workers)
  package var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "How long the timed runs should take together, in seconds (default: 30).",
      discussion: "Each path has 3 runs at least and 25 at most, whatever the time.", valueName: "seconds"),
    transform: { argument in
      try ValueRange("a number of seconds above 0 is taken").value(of: argument) {
        Double($0).flatMap { $0 > 0 && $0 < 1e6 ? $0 : nil }
      }
    })
  package var time: Double?

  @Option(
    help: ArgumentHelp(
      "What the page cache holds of an input before each run: warm, or cold, which drops it.", valueName: "warm|cold"))
  package var cache = Cache.warm

  @Option(
    help: ArgumentHelp(
      "Where documents and outputs are written (default: $TMPDIR or /tmp). All are removed.", valueName: "directory"))
  package var scratchDir: PathArgument?

  @Option(help: ArgumentHelp("How the report is written: table, json, csv, markdown or html.", valueName: "format"))
  package var reportFormat = ReportFormat.table

  @Option(help: ArgumentHelp("Write the report of the same run as JSON to a file too.", valueName: "file"))
  package var jsonFile: PathArgument?

  @Flag(help: "Compare two reports in JSON: exit 1 if a figure is worse past the threshold and beyond noise.")
  package var compare = false

  @Option(
    help: ArgumentHelp("From which change on --compare says worse (default: 5).", valueName: "percent"),
    transform: { argument in
      try ValueRange("a percentage from 0 on is taken").value(of: argument) {
        Double($0.hasSuffix("%") ? String($0.dropLast()) : $0).flatMap { $0 >= 0 && $0.isFinite ? $0 : nil }
      }
    })
  package var threshold: Double?

  package init() {}
}
