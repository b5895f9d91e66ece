import Testing
import ZminEngine
import ZminTestSupport

/// Checks a run against the oracle: the output of a valid input, the offset of the error of any other.
func expectAgreement(
  _ minified: Minified, _ input: [UInt8], _ options: MinifierOptions, _ comment: @autoclosure () -> String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  if let difference = disagreement(of: minified, with: input, options, comment()) {
    Issue.record("\(difference)", sourceLocation: sourceLocation)
  }
}
