package import ArgumentParser
package import ZminCore
import ZminEngine

/// What is read, and how it is checked.
package struct InputArguments: ParsableArguments, Sendable {
  /// The values of `--format`.
  package enum FormatChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
    case auto, json, ndjson, concat

    /// The format that is named, nil where the file's name decides.
    package var format: Format? { Format(rawValue: rawValue) }
  }

  @Argument(help: "Files to minify; none, or -, reads standard input.")
  package var paths: [PathArgument] = []

  @Option(
    help: ArgumentHelp(
      "How values are laid out: json, ndjson, concat or auto.",
      discussion: """
        json is one value; ndjson one value a line; concat values one after another. A value of ndjson or concat is \
        written as soon as its last byte has come. auto takes ndjson for names ending in .ndjson, .jsonl or \
        .jsonlines, also before .gz, .zst, .bz2, .xz or .lz4, and json for all else, standard input too.
        """,
      valueName: "format"))
  package var format = FormatChoice.auto

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Check everything against RFC 8259, or nothing.",
      discussion: "--no-validate is for input already known to be good."))
  package var validate = true

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The deepest nesting that is valid (default: \(MinifierOptions.defaultDepthMax)).", valueName: "n"),
    transform: { try ValueRange("a number from 0 on is taken").value(of: $0) { Int($0).flatMap { $0 < 0 ? nil : $0 } } }
  )
  package var maxDepth = MinifierOptions.defaultDepthMax

  package init() {}
}
