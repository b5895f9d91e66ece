package import ArgumentParser

/// Where the result goes.
package struct OutputArguments: ParsableArguments, Sendable {
  /// Ways to go without writing any output.
  package enum Inspection: String, ExclusiveFlag, Sendable {
    case test, check
    case dryRun = "dry-run"

    var optionName: String { "--\(rawValue)" }

    package static func name(for value: Inspection) -> NameSpecification {
      value == .test ? .shortAndLong : .long
    }

    package static func help(for value: Inspection) -> ArgumentHelp? {
      switch value {
      case .test: "Write nothing; say whether the input is valid."
      case .check: "Write nothing; exit 1 if a file is not minified or not valid."
      case .dryRun: "Write nothing; say what would be done."
      }
    }
  }

  /// When outputs are brought to the disk.
  package enum Sync: String, ExclusiveFlag, Sendable {
    case sync
    case noSync = "no-sync"

    var optionName: String { "--\(rawValue)" }

    package static func help(for value: Sync) -> ArgumentHelp? {
      switch value {
      case .sync: "Bring every output to the disk before it counts as written."
      case .noSync: "Sync nothing, not even what replaces an existing file."
      }
    }
  }

  @Option(
    name: [.customShort("o", allowingJoined: true), .long],
    help: ArgumentHelp(
      "Write to FILE; -o - is standard output.",
      discussion: """
        A new file gets the permissions that all inputs have in common, less the umask; from standard input or a pipe, \
        what the umask allows. A file that exists keeps its mode.
        """,
      valueName: "file"))
  package var output: PathArgument?

  @Flag(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Replace each input that changes.",
      discussion: """
        Mode, owner, extended attributes, access lists and chattr flags are kept. A file that another program saves in \
        the meantime is left as that has saved it (exit 3). A killed run may leave .zmin-RANDOM-NAME.kept beside NAME, \
        which the next run names: it may hold such a save, so compare the two before you delete it.
        """))
  package var inPlace = false

  @Option(
    help: ArgumentHelp(
      "Write each output below DIR, as its input lies below the argument.",
      discussion: """
        Nothing is ever written outside DIR. It is not walked if it lies inside an input. Inputs that would become one \
        output are an error, also where the file system of DIR ignores case: it is asked with a temporary file, with \
        --dry-run too. New files and directories get the mode of the one that they mirror, less the umask. The owner \
        of a directory can always write to it, so that a mirror of read-only directories can be updated. A directory \
        gets its mode when the run is over, and is its owner's alone before (mode 1700). A run that was stopped leaves \
        it so, and the next one ends it.
        """,
      valueName: "dir"))
  package var outputDir: PathArgument?

  @Flag(help: ArgumentHelp("Inspection."))
  package var inspection: [Inspection] = []

  @Flag(help: ArgumentHelp("Sync."))
  package var sync: [Sync] = []

  package init() {}
}
