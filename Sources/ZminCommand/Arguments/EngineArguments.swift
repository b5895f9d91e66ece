package import ArgumentParser

/// What does the work.
package struct EngineArguments: ParsableArguments, Sendable {
  /// The values of `--mode`.
  package enum Mode: String, ExpressibleByArgument, CaseIterable, Sendable {
    case auto, standard, streaming, gpu, hybrid
  }

  @Option(
    help: ArgumentHelp(
      "How files are taken through memory: auto, standard, streaming, gpu or hybrid.",
      discussion: """
        standard reads through a small window, streaming through a larger one; auto takes standard under 10 MB. gpu \
        and hybrid need an engine that this build does not have: gpu fails (exit 4), hybrid goes on on the CPU.
        """,
      valueName: "mode"))
  package var mode = Mode.auto

  @Option(help: ArgumentHelp("The CPU kernel to use, as listed by zmin devices.", valueName: "name"))
  package var kernel: String?

  package init() {}
}
