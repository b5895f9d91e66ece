package import ArgumentParser

/// Arguments of `zmin bench`.
package struct BenchCommand: ParsableCommand {
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
    abstract: "Time the CPU, GPU and hybrid paths on the same work",
    usage: """
      zmin bench [OPTIONS] [FILE ...]
      zmin bench --compare [--threshold PERCENT] OLD.json NEW.json
      """,
    discussion: """
      Without a file, documents are generated. A compressed file is decoded before anything is timed. Each path is \
      timed from memory to memory and from file to file, in turn with the others. The report compares the rates with \
      the limits of the machine and says which mode to choose. Every output is compared with the reference. A path \
      with a wrong byte has no rate, and the exit status is 5. Rates are of input, in GB/s (10^9 bytes).
      """,
    version: VersionText.text,
    helpNames: [.short, .long])

  @Argument(help: ArgumentHelp("Time these files (none: generated documents)", valueName: "file"))
  package var files: [PathArgument] = []

  @Option(
    help: ArgumentHelp("Read json, ndjson, concat or auto (default: auto)", valueName: "format"))
  package var format = InputArguments.FormatChoice.auto

  @Option(
    help: ArgumentHelp(
      "Generate only these documents",
      discussion: """
        NAMES is a list with commas of pretty, minified, lines, text, numbers, nested, cjk and escapes.
        """, valueName: "names"))
  package var documents: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Generate documents of SIZE (default: 64M)", valueName: "size"),
    transform: { try ValueRange("expected a size such as 64M").value(of: $0, SizeArgument.init(argument:)) })
  package var size: SizeArgument?

  @Option(help: ArgumentHelp("Seed the generator with N (default: 1)", valueName: "n"))
  package var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Time only these paths",
      discussion: "NAMES is a list with commas of cpu, gpu, hybrid and names of kernels, which use one core.",
      valueName: "names"))
  package var paths: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Time this Vulkan device: index, UUID or name",
      discussion: "The default is the best hardware device. A software device is timed only if it is named.",
      valueName: "device"))
  package var device: String?

  @Option(
    name: [.customShort("j", allowingJoined: true), .long], parsing: .unconditional,
    help: ArgumentHelp("Use N threads on the paths cpu and hybrid", valueName: "n"),
    transform: EngineArguments.workers)
  package var jobs: Int?

  @Option(
    help: ArgumentHelp(
      "Spend SECONDS on all timed runs (default: 30)",
      discussion: "Each path has at least 3 and at most 25 runs.", valueName: "seconds"),
    transform: { argument in
      try ValueRange("expected a number of seconds above 0").value(of: argument) {
        Double($0).flatMap { $0 > 0 && $0 < 1e6 ? $0 : nil }
      }
    })
  package var time: Double?

  @Option(
    help: ArgumentHelp(
      "Start each run warm or cold (default: warm)",
      discussion: "cold drops the input from the page cache before each run.", valueName: "state"))
  package var cache = Cache.warm

  @Option(
    help: ArgumentHelp(
      "Write temporary files below DIR",
      discussion: "The default is $TMPDIR or /tmp. All files are removed at the end.", valueName: "dir"),
    completion: .directory)
  package var scratchDir: PathArgument?

  @Option(help: ArgumentHelp("Print table, json, csv, markdown or html", valueName: "format"))
  package var reportFormat = ReportFormat.table

  @Option(help: ArgumentHelp("Write the report as JSON to FILE too", valueName: "file"))
  package var jsonFile: PathArgument?

  @Flag(
    help: ArgumentHelp(
      "Compare two JSON reports, exit 1 if one is worse",
      discussion: "A figure is worse if it changed by more than the threshold and by more than the noise."))
  package var compare = false

  @Option(
    help: ArgumentHelp("Accept a change of PERCENT (default: 5)", valueName: "percent"),
    transform: { argument in
      try ValueRange("expected a percentage from 0").value(of: argument) {
        Double($0.hasSuffix("%") ? String($0.dropLast()) : $0).flatMap { $0 >= 0 && $0.isFinite ? $0 : nil }
      }
    })
  package var threshold: Double?

  package init() {}
}
