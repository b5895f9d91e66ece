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
    help: ArgumentHelp("Write to FILE; -o - is standard output.", valueName: "file"))
  package var output: PathArgument?

  @Flag(name: .shortAndLong, help: "Replace each input that changes.")
  package var inPlace = false

  @Option(
    help: ArgumentHelp(
      "Write each output below DIR, as its input lies below the argument.",
      discussion: """
        Nothing is ever written outside DIR. It is not walked if it lies inside an input. Inputs that would become one \
        output are an error, also where the file system of DIR ignores case: it is asked with a temporary file, with \
        --dry-run too.
        """,
      valueName: "dir"))
  package var outputDir: PathArgument?

  @Flag(help: ArgumentHelp("Inspection."))
  package var inspection: [Inspection] = []

  @Flag(help: ArgumentHelp("Sync."))
  package var sync: [Sync] = []

  package init() {}
}
