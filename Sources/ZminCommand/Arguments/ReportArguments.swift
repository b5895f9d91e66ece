package import ArgumentParser

/// Options for messages, logs and reports.
package struct ReportArguments: ParsableArguments, Sendable {
  /// The values of `--quiet` and `--verbose`.
  package enum Verbosity: String, ExclusiveFlag, Sendable {
    case quiet, verbose

    var optionName: String { "--\(rawValue)" }

    package static func name(for value: Verbosity) -> NameSpecification { .shortAndLong }

    package static func help(for value: Verbosity) -> ArgumentHelp? {
      switch value {
      case .quiet: ArgumentHelp("Print only errors", discussion: "This silences --stats too.")
      case .verbose: "Print the plan and the result of each file"
      }
    }
  }

  /// The values of `--log`.
  package enum LogForm: String, ExpressibleByArgument, CaseIterable, Sendable {
    case json
  }

  /// The values of `--memory-report`.
  package enum MemoryReportForm: String, ExpressibleByArgument, CaseIterable, Sendable {
    case summary, detailed, json, html, trace
  }

  @Flag(help: "Print sizes, saving, rate and engine")
  package var stats = false

  @Flag(
    help: ArgumentHelp(
      "Show progress also if standard output is a pipe",
      discussion: """
        On a terminal a run of more than a second shows its progress on standard error, unless standard output is a \
        pipe: the program that reads it may use the terminal.
        """))
  package var progress = false

  @Option(
    help: ArgumentHelp(
      "Log events to standard error, as json",
      discussion: "The log has one JSON object a line. Nothing else is written to standard error.",
      valueName: "form"))
  package var log: LogForm?

  @Option(help: ArgumentHelp("Append the log to FILE", valueName: "file"))
  package var logFile: PathArgument?

  @Option(
    help: ArgumentHelp("Write OpenMetrics text to FILE at the end", valueName: "file"))
  package var metricsFile: PathArgument?

  @Flag(
    help: ArgumentHelp(
      "Print a summary of memory use",
      discussion: "The summary has the peak, the average and a limit for a container. It goes to standard error."))
  package var memoryProfile = false

  @Option(
    help: ArgumentHelp(
      "Report memory: summary, detailed, json, html, trace",
      discussion: """
        Without FORM the report is a summary. json has a documented schema. html is a page with plots. trace opens in \
        Perfetto. The report goes to standard output, and minified JSON that would go there is discarded. With \
        --output - the report goes to standard error.
        """,
      valueName: "form"))
  package var memoryReport: MemoryReportForm?

  @Option(help: ArgumentHelp("Write the memory report to FILE", valueName: "file"))
  package var memoryReportFile: PathArgument?

  @Flag(
    help: ArgumentHelp(
      "Show memory use during the run",
      discussion: "The view is redrawn on a terminal. Elsewhere it is a line a second on standard error."))
  package var memoryMonitor = false

  @Flag(help: ArgumentHelp("Verbosity"))
  package var verbosity: [Verbosity] = []

  package init() {}
}
