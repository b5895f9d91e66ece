package import ArgumentParser
package import ZminEngine

/// Options for invalid lines of `ndjson`.
package struct BadLineArguments: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "Append invalid lines to FILE and continue",
      discussion: """
        Each line is appended byte for byte, with an LF if it has none, before the output without it appears under its \
        name. FILE is never truncated. Several runs may share it, and a run that is started again may repeat lines. A \
        file without a valid line is an error, and so is content that is not lines of JSON: compressed, UTF-16, record \
        separators, or mostly NULs. Blank lines do not count. With -r the option applies to ndjson files only. Such \
        a file is processed by one thread.
        """,
      valueName: "file"))
  package var badLines: PathArgument?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Allow N, PERCENT or all bad lines (default: 1%)",
      discussion: """
        The limit applies to each input, also if several go to one output. An input with more bad lines is left as it \
        was, and the exit status is 1. By default 1% of the lines may be bad, and at least 10.
        """, valueName: "limit"),
    transform: {
      try ValueRange("expected a number from 0, a percentage from 0% to 100%, or all")
        .value(of: $0, BadLineLimit.init(argument:))
    })
  package var maxBadLines: BadLineLimit?

  package init() {}
}

extension BadLineLimit {
  /// Parses the value of `--max-bad-lines`. Returns nil for anything else.
  init?(argument: String) {
    if argument == "all" {
      self = .all
    } else if argument.last == "%" {
      guard let share = Double(argument.dropLast()), (0...100).contains(share) else { return nil }
      self = .percent(share)
    } else {
      guard let count = Int(argument), count >= 0 else { return nil }
      self = .lines(count)
    }
  }
}
