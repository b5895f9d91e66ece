import ZminCPU
package import ZminEngine

/// Compares a run with the oracle: the output of a valid input, the offset of the error of an invalid one.
///
/// - Returns: A description of the difference, nil if there is none.
package func disagreement(
  of minified: Minified, with input: [UInt8], _ options: MinifierOptions, _ comment: @autoclosure () -> String = ""
) -> String? {
  let expected = Expected(input, options.format, depthMax: options.depthMax)
  if minified.error?.offset == expected.errorOffset, minified.error != nil || minified.output == expected.output {
    return nil
  }
  return """
    \(options.kernel.name), \(options.format), depth \(options.depthMax) \(comment()): \(readable(input))
    error: \(minified.error as Any), oracle: \(expected.errorOffset as Any)
    output: \(readable(minified.output)), oracle: \(readable(expected.output))
    """
}
