package import ArgumentParser
import ZminCPU

/// Options that select threads, memory, kernel and device.
package struct EngineArguments: ParsableArguments, Sendable {
  /// The values of `--mode`.
  package enum Mode: String, ExpressibleByArgument, CaseIterable, Sendable {
    case auto, standard, streaming, gpu, hybrid
  }

  /// The values of `--verify`.
  package enum Extent: String, ExpressibleByArgument, CaseIterable, Sendable {
    case all, sample, stored
  }

  /// The upper limit of `--jobs`.
  package static let workersMax = 1024

  /// The number of threads of a run that asks for so many, or for none in particular.
  static func workers(_ asked: Int?, of processorCount: @autoclosure () -> Int) -> Int {
    asked ?? min(processorCount(), workersMax)
  }

  /// Parses a number of threads.
  ///
  /// - Throws: ``ValueRange``.
  @Sendable static func workers(_ argument: String) throws -> Int {
    try ValueRange("expected a number from 1 to \(workersMax)").value(of: argument) {
      Int($0).flatMap { (1...workersMax).contains($0) ? $0 : nil }
    }
  }

  @Option(
    help: ArgumentHelp(
      "Use auto, standard, streaming, gpu or hybrid",
      discussion: """
        standard uses one thread and one small window. streaming cuts the input into slices that several threads read, \
        minify and write at once. gpu sends slices to a Vulkan device. hybrid sends each slice to the device or the \
        CPU, whichever is free. auto, the default, means standard below 10 MB, and streaming from 10 MB and for pipes. \
        Above 100 MB a hardware device joins once it is found and has passed its self-test. Without a device gpu fails \
        (exit 4). The other modes fall back to the CPU, and -v prints the reason.
        """,
      valueName: "mode"))
  package var mode = Mode.auto

  @Option(
    name: [.customShort("j", allowingJoined: true), .long], parsing: .unconditional,
    help: ArgumentHelp(
      "Use N threads (default: the available CPUs)",
      discussion: """
        N is 1 to \(workersMax). The default is the number of CPUs that affinity and the quota of the control group \
        allow. Only streaming and runs over many files use several threads.
        """,
      valueName: "n"),
    transform: workers)
  package var jobs: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Use at most SIZE of memory: 64Mi, 1G",
      discussion: """
        The budget includes about 16 MiB for the program. A smaller budget means fewer or smaller slices. A budget \
        that is too small is an error that names the smallest that works. In streaming, the limit of the control \
        group bounds the plan too, but is never an error. The budget also bounds the length of a line that \
        --bad-lines accepts from a pipe.
        """, valueName: "size"),
    transform: { try ValueRange("expected a size such as 64Mi").value(of: $0, SizeArgument.init(argument:)) })
  package var memoryBudget: SizeArgument?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Use this Vulkan device: index, UUID or name",
      discussion: """
        zmin devices lists the devices. A part of the name is enough. The default is the best hardware device. A \
        software device, such as llvmpipe, is used only if it is named. If CUDA_VISIBLE_DEVICES is empty or -1, --mode \
        auto uses no device.
        """, valueName: "device"))
  package var device: String?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Use at most SIZE of the device's memory",
      discussion: """
        Less means fewer or smaller slices. A size that is too small is an error that names the smallest that works.
        """,
      valueName: "size"),
    transform: { try ValueRange("expected a size such as 64Mi").value(of: $0, SizeArgument.init(argument:)) })
  package var deviceMemory: SizeArgument?

  @Option(
    help: ArgumentHelp("Use this CPU kernel (see zmin devices)", valueName: "name"),
    completion: .list(Kernel.all.map(\.name)))
  package var kernel: String?

  @Option(
    help: ArgumentHelp(
      "Verify outputs: all (default), sample, stored",
      discussion: """
        Everything is minified a second time on another path and compared before it is written. A difference is exit \
        5. --verify=sample does so with a tenth of the input. Results of a GPU are compared with the CPU kernel, those \
        of a CPU kernel with the portable kernel, and those of the portable kernel with the reference. --verify=stored \
        reads each output file again from the disk before it gets its name.
        """,
      valueName: "extent"))
  package var verify: Extent?

  package init() {}
}
