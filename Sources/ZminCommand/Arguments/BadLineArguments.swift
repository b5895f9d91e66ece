package import ArgumentParser
package import ZminEngine

/// What becomes of lines of `ndjson` that are not valid.
package struct BadLineArguments: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "Append lines that are not valid to FILE (ndjson).",
      discussion: """
        Each goes byte for byte, with an LF if it has none, before the output that lacks it gets its name. FILE is never \
        truncated; runs may share it, and one that is started again may repeat lines. A file of which no line is valid, \
        and one that starts with content that is not lines of JSON (compressed, UTF-16, record separators, NULs) or is \
        NULs for more than half, fails as it would without this option. Blank lines are no lines. With -r only ndjson files have bad lines. One thread takes such a file.
        """,
      valueName: "file"))
  package var badLines: PathArgument?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "How many lines of an input may be bad (default: 1%, or 10).",
      discussion: """
        Past it the exit code is 1, and the input stays as it is. It counts for each input by itself, also where \
        several go to one output. By default 1% of the lines may be bad, and 10 of fewer than 1000.
        """, valueName: "n|percent|all"),
    transform: {
      try ValueRange("a number from 0 on, a share from 0% to 100%, or all, is taken")
        .value(of: $0, BadLineLimit.init(argument:))
    })
  package var maxBadLines: BadLineLimit?

  package init() {}
}

extension BadLineLimit {
  /// What `--max-bad-lines` takes, nil for anything else.
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
