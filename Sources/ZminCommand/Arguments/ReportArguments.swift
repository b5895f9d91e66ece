package import ArgumentParser

/// What is said about the run.
package struct ReportArguments: ParsableArguments, Sendable {
  /// How much is said on standard error.
  package enum Verbosity: String, ExclusiveFlag, Sendable {
    case quiet, verbose

    var optionName: String { "--\(rawValue)" }

    package static func name(for value: Verbosity) -> NameSpecification { .shortAndLong }

    package static func help(for value: Verbosity) -> ArgumentHelp? {
      switch value {
      case .quiet: "Say nothing but errors, --stats or not."
      case .verbose: "Say more: format, mode, kernel, workers and memory, and what became of each file."
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

  @Flag(help: "Print bytes in and out, saved, rate and engine on standard error.")
  package var stats = false

  @Option(
    help: ArgumentHelp(
      "Log in a form that programs read: json, an object a line on standard error, and nothing else there.",
      valueName: "form"))
  package var log: LogForm?

  @Option(help: ArgumentHelp("Append the log to FILE instead.", valueName: "file"))
  package var logFile: PathArgument?

  @Option(
    help: ArgumentHelp("Write what the run came to into FILE at its end, as OpenMetrics text.", valueName: "file"))
  package var metricsFile: PathArgument?

  @Flag(
    help: ArgumentHelp(
      "Print a summary of the memory that the run took on standard error: peak, average, a limit for a container."))
  package var memoryProfile = false

  @Option(
    help: ArgumentHelp(
      "Report the memory that the run took: summary, detailed, json, html or trace.",
      discussion: """
        Alone it means --memory-report=summary. json has a documented schema, html is a page with plots, trace opens in \
        Perfetto. The report is put on standard output, and minified JSON that would go there is discarded; with \
        --output - it is put on standard error.
        """,
      valueName: "form"))
  package var memoryReport: MemoryReportForm?

  @Option(help: ArgumentHelp("Put the report of memory into FILE instead.", valueName: "file"))
  package var memoryReportFile: PathArgument?

  @Flag(help: "Show the memory on standard error while the run goes on: in place on a terminal, else a line a second.")
  package var memoryMonitor = false

  @Flag(help: ArgumentHelp("Verbosity."))
  package var verbosity: [Verbosity] = []

  package init() {}
}
