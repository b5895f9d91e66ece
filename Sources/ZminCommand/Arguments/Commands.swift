package import ArgumentParser

/// The whole command with its subcommands: what help, completions and the manual page are made from.
package struct ZminTree: ParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "zmin",
    abstract: "Removes the whitespace from JSON, checks all of it, and changes nothing else.",
    usage: """
      zmin [<options>] [<path> ...]
      zmin bench [<options>] [<file> ...]
      zmin devices [--self-test] [--device <device>]
      """,
    discussion: """
      Several paths need -i, --output-dir, -t, --check or --dry-run, and so do directories (-r); with --format ndjson or concat they may also go to one output, \
      one after another: on standard output an input that fails does not stop the rest, and with -o FILE it does, and \
      FILE stays as it was. A file named like a subcommand is reached by ./devices.

      Messages are 'zmin: PATH:LINE:COLUMN: what is wrong (byte OFFSET); what to do'; lines and columns count from \
      1, columns in bytes, offsets from 0. PATH is 'standard input' where there is none.

      Exit codes: 0 all done; 1 some input is not valid or, with --check, not minified; 2 wrong command line; 3 a file \
      could not be read or written, or memory or disk ran out; 4 the engine asked for is not available; 5 --verify \
      or a self-test found a difference; 129, 130, 143 hung up, interrupted, terminated.
      """,
    version: VersionText.text,
    subcommands: [BenchCommand.self, DevicesCommand.self])

  @OptionGroup package var arguments: MinifyArguments

  package init() {}
}

/// Minifying alone, so that a path is never taken for a subcommand.
package struct MinifyCommand: ParsableCommand {
  package static let configuration = CommandConfiguration(commandName: "zmin", version: "zmin")

  @OptionGroup package var arguments: MinifyArguments

  package init() {}
}

/// `zmin devices`.
package struct DevicesCommand: ParsableCommand {
  /// How it is called.
  static let name = "devices"

  package static let configuration = CommandConfiguration(
    commandName: name,
    abstract: "Lists the CPU kernels and Vulkan devices.",
    usage: "zmin devices [--self-test] [--device <device>]",
    version: VersionText.text)

  @Flag(help: "Run kernels and devices against the reference on hard cases; exit 5 if one differs.")
  package var selfTest = false

  @Option(help: ArgumentHelp("List and test only this Vulkan device: its index, UUID, or a part of its name."))
  package var device: String?

  /// What a run starts another process for, lest a driver take it down: `DeviceFinder`.
  @Flag(help: .hidden)
  package var find = false

  package init() {}
}
