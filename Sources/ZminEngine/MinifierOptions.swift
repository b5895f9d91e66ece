public import ZminCore
package import ZminCPU

/// What is done with an input, and how much of one is taken.
public struct MinifierOptions: Sendable {
  /// How the input is laid out, and with it the output.
  public var format: Format
  /// Whether the input is checked in full against RFC 8259. Without it whitespace outside strings goes, whatever the
  /// input is; ``Format/concat`` is checked all the same.
  public var validates: Bool
  /// The deepest nesting that is valid, in open brackets and braces. Each level costs one bit of memory.
  public var depthMax: Int
  /// The most bytes that an input may have, a byte order mark included. More is ``ZminError/inputTooLarge(limit:)``.
  public var inputBytesMax: Int
  /// The kernel to use.
  package var kernel = Kernel.fastest
  /// What is done a second time on another path, and compared.
  package var verification = Verification.none

  /// The nesting depth allowed unless said otherwise.
  public static let defaultDepthMax = 1_048_576

  /// Full checks, the usual depth and any length, unless said otherwise.
  public init(
    format: Format = .json, validates: Bool = true, depthMax: Int = defaultDepthMax, inputBytesMax: Int = .max
  ) {
    self.format = format
    self.validates = validates
    self.depthMax = depthMax
    self.inputBytesMax = inputBytesMax
  }

  /// As above, with a kernel that is not the fastest.
  package init(
    format: Format = .json, validates: Bool = true, depthMax: Int = defaultDepthMax, kernel: Kernel
  ) {
    self.init(format: format, validates: validates, depthMax: depthMax)
    self.kernel = kernel
  }

  /// Whether the input is checked.
  package var checks: Bool { validates || format == .concat }

  /// Whether every LF in the output ends a record: only then is it known where one is whole.
  package var makesRecords: Bool { checks && format != .json }
}
