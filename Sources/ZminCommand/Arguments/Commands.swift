package import ArgumentParser

/// The command with its subcommands, as help, completions and the manual page describe it.
package struct ZminTree: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "zmin",
    abstract: "Remove the whitespace from JSON, check all of it, change nothing else",
    usage: """
      zmin [OPTIONS] [PATH ...]
      zmin bench [OPTIONS] [FILE ...]
      zmin devices [--self-test] [--device DEVICE]
      zmin part K/N FILE -o PART
      zmin join [OPTIONS] PART ... -o FILE
      """,
    version: VersionText.text,
    subcommands: CommandName.commands,
    helpNames: .long)

  @OptionGroup package var arguments: MinifyArguments

  package init() {}
}

/// The command without subcommands, so that a path is never parsed as one.
package struct MinifyCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(commandName: "zmin", version: "zmin", helpNames: .long)

  @OptionGroup package var arguments: MinifyArguments

  package init() {}
}

/// Arguments of `zmin devices`.
package struct DevicesCommand: ParsableCommand {
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
      discussion: "The inputs cover edge cases. The exit status is 5 if a result differs."))
  package var selfTest = false

  @Option(help: ArgumentHelp("List and test only this device: index, UUID or name", valueName: "device"))
  package var device: String?

  /// Set only in the child process of `DeviceFinder`, which protects a run from a driver that crashes.
  @Flag(help: .hidden)
  package var find = false

  package init() {}
}
