package import ArgumentParser

/// What does the work.
package struct EngineArguments: ParsableArguments, Sendable {
  /// The values of `--mode`.
  package enum Mode: String, ExpressibleByArgument, CaseIterable, Sendable {
    case auto, standard, streaming, gpu, hybrid
  }

  /// The values of `--verify`.
  package enum Extent: String, ExpressibleByArgument, CaseIterable, Sendable {
    case all, sample
  }

  /// As many threads as may be asked for.
  package static let workersMax = 1024

  /// The number of threads that an argument asks for.
  ///
  /// - Throws: A `ValidationError` that says which numbers are taken.
  @Sendable static func workers(_ argument: String) throws -> Int {
    try ValueRange("a number from 1 to \(workersMax) is taken").value(of: argument) {
      Int($0).flatMap { (1...workersMax).contains($0) ? $0 : nil }
    }
  }

  @Option(
    help: ArgumentHelp(
      "How files are taken through memory: auto, standard, streaming, gpu or hybrid.",
      discussion: """
        standard goes through one small window on one thread; streaming takes slices, of which several are read, \
        minified and written at once. gpu takes slices through a Vulkan device, hybrid through device and CPU, whichever \
        is free. auto takes standard under 10 MB, streaming for more and for pipes; a file over 100 MB begins so too, \
        and is joined by a hardware device once that is found and has proved itself. Without a device gpu fails (exit \
        4); the others go on on the CPU, and -v says why.
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
    transform: workers)
  package var jobs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The most memory to use: 64Mi, 1G.",
      discussion: """
        The program's own 16 Mi or so are part of it. Less means fewer or smaller slices; too little is an error that \
        says how little would do. In streaming a control group's limit counts as if it had been given, but for the error. \
        It also bounds the length of a line that --bad-lines takes from a pipe.
        """, valueName: "size"),
    transform: { try ValueRange("a size such as 64Mi is taken").value(of: $0, SizeArgument.init(argument:)) })
  package var memoryBudget: SizeArgument?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The Vulkan device to use: its index or UUID as zmin devices lists them, or a part of its name.",
      discussion: """
        Without it the best hardware device; a device in software, such as llvmpipe, must be named. An empty \
        CUDA_VISIBLE_DEVICES, or -1, means that auto takes none.
        """, valueName: "device"))
  package var device: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The most of the device's memory to use: 64Mi, 1G.",
      discussion: "Less means fewer or smaller slices; too little is an error that says how little would do.",
      valueName: "size"),
    transform: { try ValueRange("a size such as 64Mi is taken").value(of: $0, SizeArgument.init(argument:)) })
  package var deviceMemory: SizeArgument?

  @Option(help: ArgumentHelp("The CPU kernel to use, as listed by zmin devices.", valueName: "name"))
  package var kernel: String?

  @Option(
    help: ArgumentHelp(
      "Do everything a second time in another way, and compare it before it is written (exit 5 if it differs).",
      discussion: """
        Alone it means --verify=all; --verify=sample does so with a tenth of the input. What a GPU has done is compared \
        with what the CPU's kernel does, that with the portable kernel, and that with the reference.
        """,
      valueName: "all|sample"))
  package var verify: Extent?

  package init() {}
}
