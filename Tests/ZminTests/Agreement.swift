import Testing
import Zmin
import ZminCPU
import ZminTestSupport

/// Checks a run against the oracle: bytes of valid inputs, place of the error of others.
func expectAgreement(
  _ minified: Minified, _ input: [UInt8], _ options: MinifierOptions, _ comment: @autoclosure () -> String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let expected = Expected(input, options.format, depthMax: options.depthMax)
  let isRight =
    minified.error?.offset == expected.errorOffset && (minified.error != nil || minified.output == expected.output)
  if !isRight {
    Issue.record(
      """
      \(options.kernel.name), \(options.format), depth \(options.depthMax) \(comment()): \(readable(input))
      error: \(minified.error as Any), oracle: \(expected.errorOffset as Any)
      output: \(readable(minified.output)), oracle: \(readable(expected.output))
      """, sourceLocation: sourceLocation)
  }
}
