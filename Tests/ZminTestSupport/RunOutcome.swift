package import ZminEngine
import ZminMemory

/// What came of a run, as far as all ways of running agree on it.
package struct RunOutcome: Equatable {
  package private(set) var output: [UInt8] = []
  package private(set) var error: InvalidJSON?
  package private(set) var isUnchanged: Bool?
  package private(set) var outputBytes: Int?

  package init(_ result: RunResult, _ output: MemoryOutput) {
    switch result {
    case .complete(let totals):
      self.output = output.bytes
      // Where unchecked input begins like a byte order mark, how it is cut decides whether that is noticed as unchanged.
      isUnchanged = output.bytes.first == 0xEF ? nil : totals.isUnchanged
      outputBytes = totals.outputBytes
    case .invalid(let error, _):
      self.output = output.isFinal ? output.bytes : []
      self.error = error
    }
  }

  /// What comes of an input that is one window.
  package static func windowed(
    _ input: [UInt8], _ options: MinifierOptions, isFinal: Bool = false
  ) throws -> RunOutcome {
    var run = try WindowedRun(options, windowBytes: max(1, input.count), ledger: MemoryLedger())
    var (input, output) = (MemoryInput(input, hasPlaces: true), MemoryOutput(isFinal: isFinal))
    return RunOutcome(try run.run(from: &input, to: &output), output)
  }
}
