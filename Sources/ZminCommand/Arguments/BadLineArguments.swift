package import ArgumentParser

/// What becomes of lines of `ndjson` that are not valid.
package struct BadLineArguments: ParsableArguments, Sendable {
  /// The values of `--max-bad-lines`.
  package enum Limit: ExpressibleByArgument, Sendable, Equatable {
    case all
    case count(Int)

    package init?(argument: String) {
      if argument == "all" {
        self = .all
      } else {
        guard let count = Int(argument), count >= 0 else { return nil }
        self = .count(count)
      }
    }
  }

  @Option(
    help: ArgumentHelp(
      "Put lines that are not valid into FILE, byte for byte (ndjson).",
      discussion: "Lines are then held whole: one of more than 1 GiB counts as input that is not valid (exit 1).",
      valueName: "file"))
  package var badLines: PathArgument?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("How many bad lines there may be (default: all).", valueName: "n|all"),
    transform: { try ValueRange("a number from 0 on, or all, is taken").value(of: $0, Limit.init(argument:)) })
  package var maxBadLines: Limit?

  package init() {}
}
