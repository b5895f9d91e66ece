import Glibc

/// A property that must hold for any bytes.
struct FuzzTarget: Sendable {
  let name: String
  let summary: String
  let run: @Sendable (inout FuzzInput) throws -> Void

  static let all = [
    FuzzTarget(
      name: "kernels", summary: "every kernel, cut everywhere, against the oracle", run: KernelFuzz.run),
    FuzzTarget(
      name: "scheduler", summary: "slices done in any order, against the whole", run: SchedulerFuzz.run),
    FuzzTarget(name: "options", summary: "command lines and what is planned for them", run: OptionsFuzz.run),
    FuzzTarget(
      name: "journal", summary: "journals and shard plans, against a plain reading of them", run: JournalFuzz.run),
    FuzzTarget(name: "globs", summary: "patterns, against a plain matcher", run: GlobFuzz.run),
    FuzzTarget(
      name: "codecs", summary: "compressed bytes in small jobs, against one decoder in order", run: CodecFuzz.run),
    FuzzTarget(
      name: "vulkan", summary: "a software device's slices, against the whole", run: VulkanFuzz.run),
  ]

  /// The target named by the command line, in an argument that libFuzzer ignores.
  static let chosen = all.first { CommandLine.arguments.contains("--target=\($0.name)") }

  /// Runs the chosen target. Aborts if it does not hold.
  static func run(_ bytes: [UInt8]) {
    var input = FuzzInput(bytes)
    do {
      try chosen?.run(&input)
    } catch {
      fail("threw \(error)")
    }
  }
}

/// Prints the property that does not hold, and aborts for libFuzzer.
func fail(_ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line) -> Never {
  let text = "\(file):\(line): \(message())\n"
  write(STDERR_FILENO, text, text.utf8.count)
  abort()
}
