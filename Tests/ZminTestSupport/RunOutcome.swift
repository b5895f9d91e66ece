package import ZminEngine
import ZminMemory

/// The part of a run's outcome that all modes must agree on.
package struct RunOutcome: Equatable {
  package private(set) var output: [UInt8] = []
  package private(set) var error: InvalidJSON?
  package private(set) var isUnchanged: Bool?
  package private(set) var outputBytes: Int?

  package init(_ result: RunResult, _ output: MemoryOutput) {
    switch result {
    case .complete(let totals):
      self.output = output.bytes
      // If unchecked input begins like a byte order mark, `isUnchanged` depends on how the input was cut.
      isUnchanged = output.bytes.first == 0xEF ? nil : totals.isUnchanged
      outputBytes = totals.outputBytes
    case .invalid(let error, _):
      self.output = output.isFinal ? output.bytes : []
      self.error = error
    }
  }

  /// The outcome of minifying the input in one window.
  package static func windowed(
    _ input: [UInt8], _ options: MinifierOptions, isFinal: Bool = false
  ) throws -> RunOutcome {
    var run = try WindowedRun(options, windowBytes: max(1, input.count), ledger: MemoryLedger())
    var (input, output) = (MemoryInput(input, isSeekable: true), MemoryOutput(isFinal: isFinal))
    return RunOutcome(try run.run(from: &input, to: &output), output)
  }
}
