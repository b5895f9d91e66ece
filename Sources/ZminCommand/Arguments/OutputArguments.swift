package import ArgumentParser
package import ZminFiles

/// Options that select the destination.
package struct OutputArguments: ParsableArguments, Sendable {
  /// Tasks that write no output.
  package enum Inspection: String, ExclusiveFlag, Sendable {
    case test, check
    case dryRun = "dry-run"

    var optionName: String { "--\(rawValue)" }

    package static func name(for value: Inspection) -> NameSpecification {
      value == .test ? .shortAndLong : .long
    }

    package static func help(for value: Inspection) -> ArgumentHelp? {
      switch value {
      case .test: "Check that inputs are valid, write no output"
      case .check: "Exit 1 if an input is not minified or not valid"
      case .dryRun: "Print what would be done, write nothing"
      }
    }
  }

  /// The values of `--sync` and `--no-sync`.
  package enum Sync: String, ExclusiveFlag, Sendable {
    case sync
    case noSync = "no-sync"

    var optionName: String { "--\(rawValue)" }

    package static func help(for value: Sync) -> ArgumentHelp? {
      switch value {
      case .sync:
        ArgumentHelp(
          "Sync every output to disk",
          discussion: """
            By default an output is synced if it replaces a file, and every output is synced if --journal is given.
            """)
      case .noSync: "Sync nothing, not even replaced files"
      }
    }
  }

  @Option(
    name: [.customShort("o", allowingJoined: true), .long],
    help: ArgumentHelp(
      "Write the output to FILE (-: standard output)",
      discussion: """
        FILE appears complete or not at all. A new file gets the permission bits that all inputs have in common, less \
        the umask. If an input is standard input or a pipe, the umask alone decides. An existing file keeps its mode.
        """,
      valueName: "file"))
  package var output: PathArgument?

  @Flag(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Replace each input that changes",
      discussion: """
        Mode, owner, extended attributes, access lists and chattr flags are kept. If another program saves the file \
        meanwhile, its version stays (exit 3). A killed run may leave .zmin-RANDOM-NAME.kept beside NAME. The next run \
        reports it. It may hold the other program's version, so compare the two files before you delete one.
        """))
  package var inPlace = false

  @Option(
    help: ArgumentHelp(
      "Write outputs below DIR, in the inputs' tree",
      discussion: """
        Nothing is written outside DIR. DIR is not walked if it lies inside an input. Two inputs with the same output \
        are an error, also if they differ only in case and the file system of DIR ignores case. To find out, zmin \
        makes a temporary file in DIR, with --dry-run too. New files and directories get the mode of the one that they \
        mirror, less the umask, but the owner can always write to a directory. A directory has mode 1700 until the run \
        is complete. After a run that was stopped, the next run sets the mode.
        """,
      valueName: "dir"), completion: .directory)
  package var outputDir: PathArgument?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "End json in a newline: keep, add or none (default)",
      discussion: """
        keep ends the output with a newline if the input ends with one, so that --check accepts both. Without this \
        option a newline follows only on a terminal. In ndjson and concat every value ends with one.
        """, valueName: "rule"))
  package var finalNewline: FinalNewline?

  @Flag(help: ArgumentHelp("Inspect"))
  package var inspection: [Inspection] = []

  @Flag(help: ArgumentHelp("Sync"))
  package var sync: [Sync] = []

  package init() {}
}

extension FinalNewline: ExpressibleByArgument {}
