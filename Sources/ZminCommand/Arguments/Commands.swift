package import ArgumentParser

/// The whole command with its subcommands: what help, completions and the manual page are made from.
package struct ZminTree: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "zmin",
    abstract: "Remove the whitespace from JSON, check all of it, change nothing else",
    usage: """
      zmin [OPTIONS] [PATH ...]
      zmin bench [OPTIONS] [FILE ...]
      zmin devices [--self-test] [--device DEVICE]
      """,
    version: VersionText.text,
    subcommands: [BenchCommand.self, DevicesCommand.self],
    helpNames: .long)

  @OptionGroup package var arguments: MinifyArguments

  package init() {}
}

/// Minifying alone, so that a path is never taken for a subcommand.
package struct MinifyCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(commandName: "zmin", version: "zmin", helpNames: .long)

  @OptionGroup package var arguments: MinifyArguments

  package init() {}
}

/// `zmin devices`.
package struct DevicesCommand: ParsableCommand {
  /// How it is called.
  static let name = "devices"

  package static let configuration = CommandConfiguration(
    commandName: name,
    abstract: "List CPU kernels and Vulkan devices, and test them",
    usage: "zmin devices [--self-test] [--device DEVICE]",
    version: VersionText.text,
    helpNames: [.short, .long])

  @Flag(
    help: ArgumentHelp(
      "Test kernels and devices against the reference",
      discussion: "The inputs are hard cases. The exit status is 5 if a result differs."))
  package var selfTest = false

  @Option(help: ArgumentHelp("List and test only this device: index, UUID or name", valueName: "device"))
  package var device: String?

  /// What a run starts another process for, lest a driver take it down: `DeviceFinder`.
  @Flag(help: .hidden)
  package var find = false

  package init() {}
}
