package import ZminCPU
import ZminCore
package import ZminEngine
package import ZminFiles
package import ZminIO

/// The decisions that runs over named inputs and runs over many files have in common.
package struct RunOptions: Sendable {
  package var task: Plan.Task
  package var validates: Bool
  package var depthMax: Int
  package var kernel: Kernel
  /// The share of the work that is done a second time and compared.
  package var verification: Verification
  /// The device that joins if it is found.
  package var device: DevicePlan?
  /// Set only with `--bad-lines`. Applies to inputs in `ndjson`.
  package var badLines: BadLines?
  package var codecs = CodecOptions()
  package var finalNewline = FinalNewline.remove
  package var sync: SyncPolicy
  package var verbosity: Plan.Verbosity
  package var printsStatistics: Bool
  package var reports = ReportPlan()
  /// Reasons why the run uses less than was asked for, one phrase each. They are printed with `-v`.
  package var fallbacks: [String] = []
  /// Reasons that are printed unless `-q` is given.
  package var warnings: [String] = []

  /// The options of a minifier of inputs in this format.
  func minifierOptions(_ format: Format) -> MinifierOptions {
    var options = MinifierOptions(format: format, validates: validates, depthMax: depthMax, kernel: kernel)
    options.verification = verification
    return options
  }
}
