public import ZminCPU
public import ZminCore

/// What a ``Minifier`` is to do.
public struct MinifierOptions: Sendable {
  /// How the input is laid out. `concat` needs ``validates``.
  public var format: Format
  /// Whether the input is checked in full against RFC 8259. Without it whitespace outside strings goes, whatever the
  /// input is.
  public var validates: Bool
  /// The deepest nesting that is valid.
  public var depthMax: Int
  /// The kernel to use.
  public var kernel: Kernel

  /// The nesting depth allowed unless said otherwise.
  public static let defaultDepthMax = 1_048_576

  /// Full checks, the usual depth and the fastest kernel, unless said otherwise.
  public init(
    format: Format = .json, validates: Bool = true, depthMax: Int = defaultDepthMax, kernel: Kernel = .fastest
  ) {
    self.format = format
    self.validates = validates
    self.depthMax = depthMax
    self.kernel = kernel
  }
}
