import ZminBench
import ZminCPU
import ZminCore
import ZminEngine
import ZminMemory

/// A document minified in slices by several workers, memory to memory, including the copies into and out of slices.
struct SlicedTiming: ~Copyable {
  let workers: Int
  private var run: SlicedRun

  init(workers: Int, _ options: MinifierOptions, ledger: MemoryLedger) throws {
    self.workers = workers
    run = try SlicedRun(options, SlicePlan(workers: workers), ledger: ledger)
  }

  /// Minifies the document once.
  ///
  /// - Returns: The seconds taken and the number of bytes written to `room`.
  /// - Throws: ``TimedKernel/Refusal`` if the document is not valid.
  mutating func run(
    _ document: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
  ) throws -> (seconds: Double, byteCount: Int) {
    var input = MemoryInput(document)
    var output = MemoryOutput(room)
    var result: RunResult?
    let seconds = try elapsedSeconds { result = try run.run(from: &input, to: &output) }
    guard case .complete = result else { throw TimedKernel.Refusal() }
    return (seconds, output.byteCount)
  }
}
