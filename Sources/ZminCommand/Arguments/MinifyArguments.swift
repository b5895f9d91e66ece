package import ArgumentParser

/// All options of minifying.
package struct MinifyArguments: ParsableArguments, Sendable {
  @OptionGroup(title: "Input")
  package var input: InputArguments

  @OptionGroup(title: "Output")
  package var output: OutputArguments

  @OptionGroup(title: "Compressed files")
  package var compression: CompressionArguments

  @OptionGroup(title: "Many files")
  package var bulk: BulkArguments

  @OptionGroup(title: "In place")
  package var inPlace: InPlaceArguments

  @OptionGroup(title: "Bad lines (ndjson)")
  package var badLines: BadLineArguments

  @OptionGroup(title: "Engine")
  package var engine: EngineArguments

  @OptionGroup(title: "Reports")
  package var report: ReportArguments

  /// The long form is the parser's own.
  @Flag(name: .customShort("h"), help: ArgumentHelp("Print short help", visibility: .private))
  package var printsShortHelp = false

  package init() {}
}
