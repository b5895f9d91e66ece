package import ArgumentParser
package import ZminCore
import ZminEngine

/// Inputs, and options that say how to read and check them.
package struct InputArguments: ParsableArguments, Sendable {
  /// The values of `--format`.
  package enum FormatChoice: String, ExpressibleByArgument, CaseIterable, Sendable {
    case auto, json, ndjson, concat

    /// The named format, nil for `auto`.
    package var format: Format? { Format(rawValue: rawValue) }
  }

  @Argument(help: ArgumentHelp("Read these files (none or -: standard input)", valueName: "path"))
  package var paths: [PathArgument] = []

  @Option(
    help: ArgumentHelp(
      "Read json, ndjson (lines), concat or auto (default)",
      discussion: """
        json is one value. ndjson is one value a line. concat is any number of values, one after another. auto means \
        ndjson for names that end in .ndjson, .jsonl or .jsonlines, also before .gz, .zst, .bz2, .xz or .lz4. For all \
        other names and for standard input it means json. In ndjson and concat a value is written as soon as its last \
        byte has arrived.
        """,
      valueName: "format"))
  package var format = FormatChoice.auto

  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Check all input or nothing (default: check)",
      discussion: """
        By default all input is checked against RFC 8259. Use --no-validate only for input that is known to be valid.
        """))
  package var validate = true

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Allow N levels of nesting (default: \(MinifierOptions.defaultDepthMax))", valueName: "n"),
    transform: { try ValueRange("expected a number from 0").value(of: $0) { Int($0).flatMap { $0 < 0 ? nil : $0 } } }
  )
  package var maxDepth = MinifierOptions.defaultDepthMax

  package init() {}
}
