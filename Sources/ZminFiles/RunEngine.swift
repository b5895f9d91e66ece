import ZminEngine
import ZminIO
import ZminMemory

/// The engine of a ``FileMinifier``, with its buffers: one of three ways from an input to its output.
enum RunEngine: ~Copyable {
  case windows(WindowedRun)
  case slices(SlicedRun)
  /// Lines of `ndjson`, with a record for bad ones.
  case lines(BadLineDiversion)

  /// Runs one input to its end or its first error.
  ///
  /// - Throws: Errors of the input and the output, `OutOfMemory`, `VerificationDifference`, `DeviceFailure`;
  ///   ``ChangeDetector/Changed`` for a bad line with ``BadLineUse/change``.
  mutating func run<Input: InputBytes & ~Copyable, Output: ByteSink & ~Copyable>(
    from input: inout Input, of file: OpenedFile, to output: inout Output, _ badLines: BadLineUse
  ) throws -> RunResult {
    // The payload of an enum cannot be changed where it is: it is taken out and put back.
    switch consume self {
    case .windows(var run):
      let result = Result { try run.run(from: &input, to: &output) }
      self = .windows(run)
      return try result.get()
    case .slices(var run):
      let result = Result { try run.run(from: &input, to: &output) }
      self = .slices(run)
      return try result.get()
    case .lines(var run):
      let result = Result { try run.run(from: &input, of: file, to: &output, badLines) }
      self = .lines(run)
      return try result.get()
    }
  }

  /// Adds the part of a device in the last input to its outcome.
  func describeDevice(in outcome: inout FileOutcome) {
    switch self {
    case .windows: break
    case .lines: break
    case .slices(let run):
      outcome.slicesOnDevice = run.slicesOnDevice
      outcome.redoneSliceCount = run.redoneSliceCount
      outcome.deviceNotes = run.deviceNotes
    }
  }
}

/// The use of the bad lines of one input.
enum BadLineUse {
  /// Each is appended to the record, and then reported.
  case record(isSynced: Bool, onLine: ((BadLine) -> Void)?)
  /// The first ends the run with ``ChangeDetector/Changed``: the file will change.
  case change
}
