package import ArgumentParser

/// All options of minifying.
package struct MinifyArguments: ParsableArguments, Sendable {
  @OptionGroup(title: "Input")
  package var input: InputArguments

  @OptionGroup(title: "Output")
  package var output: OutputArguments

  @OptionGroup(title: "Many files")
  package var bulk: BulkArguments

  @OptionGroup(title: "In place")
  package var inPlace: InPlaceArguments

  @OptionGroup(title: "Lines that are not valid")
  package var badLines: BadLineArguments

  @OptionGroup(title: "Engine")
  package var engine: EngineArguments

  @OptionGroup(title: "Reports")
  package var report: ReportArguments

  package init() {}
}
