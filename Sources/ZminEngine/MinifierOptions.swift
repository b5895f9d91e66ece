public import ZminCore
package import ZminCPU

/// Options of minifying: format, checks and limits.
public struct MinifierOptions: Sendable {
  /// Format of the input and the output.
  public var format: Format
  /// True to check the input in full against RFC 8259. Otherwise whitespace outside strings is removed from any input.
  /// ``Format/concat`` is always checked.
  public var validates: Bool
  /// Deepest nesting allowed, in open brackets and braces. Each level costs one bit of memory.
  public var depthMax: Int
  /// Largest input allowed, in bytes, a byte order mark included. A larger one is ``ZminError/inputTooLarge(limit:)``.
  public var inputBytesMax: Int
  /// The kernel to use.
  package var kernel = Kernel.fastest
  /// Parts of the input that are minified again on another path, and compared.
  package var verification = Verification.none

  /// Default for ``depthMax``.
  public static let defaultDepthMax = 1_048_576

  /// Makes options with full checks, the default depth and any length, unless given otherwise.
  public init(
    format: Format = .json, validates: Bool = true, depthMax: Int = defaultDepthMax, inputBytesMax: Int = .max
  ) {
    self.format = format
    self.validates = validates
    self.depthMax = depthMax
    self.inputBytesMax = inputBytesMax
  }

  /// Makes options with a kernel other than the fastest.
  package init(
    format: Format = .json, validates: Bool = true, depthMax: Int = defaultDepthMax, kernel: Kernel
  ) {
    self.init(format: format, validates: validates, depthMax: depthMax)
    self.kernel = kernel
  }

  /// True if the input is checked.
  package var checks: Bool { validates || format == .concat }

  /// True if every LF in the output ends a record. Only then is the end of a record known.
  package var makesRecords: Bool { checks && format != .json }
}
