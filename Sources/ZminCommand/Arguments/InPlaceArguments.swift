package import ArgumentParser

/// What may be replaced in place, and how.
package struct InPlaceArguments: ParsableArguments, Sendable {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Replace only where this much is saved: 4Ki, 10%.",
      discussion: "Sizes take K, M, G (powers of 1000) and Ki, Mi, Gi (powers of 1024).", valueName: "size|percent"),
    transform: {
      try ValueRange("a size such as 4Ki, or 0% to 100%, is taken").value(of: $0, SavingArgument.init(argument:))
    })
  package var minSaving: SavingArgument?

  @Flag(help: "Follow symbolic links: replace what they lead to, walk the directories.")
  package var followSymlinks = false

  @Flag(help: "Replace files of several hard links too; the other names keep the old contents.")
  package var force = false

  @Flag(help: "Keep access and modification times.")
  package var preserve = false

  package init() {}
}
