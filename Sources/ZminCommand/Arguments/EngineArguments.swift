package import ArgumentParser

/// What does the work.
package struct EngineArguments: ParsableArguments, Sendable {
  /// The values of `--mode`.
  package enum Mode: String, ExpressibleByArgument, CaseIterable, Sendable {
    case auto, standard, streaming, gpu, hybrid
  }

  /// As many threads as may be asked for.
  package static let workersMax = 1024

  @Option(
    help: ArgumentHelp(
      "How files are taken through memory: auto, standard, streaming, gpu or hybrid.",
      discussion: """
        standard goes through one small window on one thread; streaming takes slices, of which several are read, \
        minified and written at once; auto takes standard under 10 MB, streaming for more and for pipes. gpu \
        and hybrid need an engine that this build does not have: gpu fails (exit 4), hybrid goes on on the CPU.
        """,
      valueName: "mode"))
  package var mode = Mode.auto

  @Option(
    name: [.customShort("j", allowingJoined: true), .long], parsing: .unconditional,
    help: ArgumentHelp(
      "How many threads work at once, 1 to \(workersMax).",
      discussion: """
        Without it as many as there are processors that zmin may use, by affinity and the quota of its control group. \
        Only streaming and runs over many files have several.
        """,
      valueName: "n"),
    transform: { argument in
      try ValueRange("a number from 1 to \(workersMax) is taken").value(of: argument) {
        Int($0).flatMap { (1...workersMax).contains($0) ? $0 : nil }
      }
    })
  package var jobs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The most memory to use: 64Mi, 1G.",
      discussion: """
        The program's own 14 Mi or so are part of it. Less means fewer or smaller slices; too little is an error that \
        says how little would do. In streaming a control group's limit counts as if it had been given, but for the error. \
        --bad-lines may take more: the longest line.
        """, valueName: "size"),
    transform: { try ValueRange("a size such as 64Mi is taken").value(of: $0, SizeArgument.init(argument:)) })
  package var memoryBudget: SizeArgument?

  @Option(help: ArgumentHelp("The CPU kernel to use, as listed by zmin devices.", valueName: "name"))
  package var kernel: String?

  package init() {}
}
