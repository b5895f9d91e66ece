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

  @Flag(help: "Print bytes in and out, saved, rate and engine on standard error.")
  package var stats = false

  @Flag(help: ArgumentHelp("Verbosity."))
  package var verbosity: [Verbosity] = []

  package init() {}
}
