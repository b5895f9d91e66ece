package import ArgumentParser

/// Options for replacements in place.
package struct InPlaceArguments: ParsableArguments, Sendable {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Replace only if this is saved: 4Ki, 10%, any",
      discussion: """
        A compressed file is replaced only if it becomes smaller. any replaces it at any size. All sizes accept K, M, \
        G (powers of 1000) and Ki, Mi, Gi (powers of 1024).
        """,
      valueName: "size|percent|any"),
    transform: {
      try ValueRange("expected a size such as 4Ki, 0% to 100%, or any").value(of: $0, SavingArgument.init(argument:))
    })
  package var minSaving: SavingArgument?

  @Flag(help: "Follow symbolic links to files and directories")
  package var followSymlinks = false

  @Flag(
    help: ArgumentHelp(
      "Replace files with several hard links too", discussion: "The other names keep the old contents."))
  package var force = false

  @Flag(help: "Keep access and modification times")
  package var preserve = false

  package init() {}
}
