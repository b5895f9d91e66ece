import Testing
import ZminCore
import ZminTestSupport

/// Checks that the reference and the oracle agree on the output and the first error of `input`.
func expectAgreement(
  _ runner: inout ReferenceRunner, _ input: [UInt8], _ format: Format, chunk: Int = .max, depthMax: Int = 1 << 20,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let oracle = Oracle(input, format, depthMax: depthMax)
  let result = try runner.run(input, format, chunk: chunk, depthMax: depthMax)
  // Output before an error may differ in the LFs between values, which `json` does not have.
  let outputIsRight = result.output == oracle.output || (oracle.errorOffset != nil && format != .json)
  if result.errorOffset != oracle.errorOffset || !outputIsRight {
    Issue.record(
      """
      \(format), chunks of \(chunk), depth \(depthMax): \(readable(input))
      error: \(result.errorOffset as Any), oracle: \(oracle.errorOffset as Any)
      output: \(readable(result.output)), oracle: \(readable(oracle.output))
      """, sourceLocation: sourceLocation)
  }
}
