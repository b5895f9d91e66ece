import ZminBase
package import ZminCore
package import ZminMemory

/// Receives the bytes of a slice of a part, and its output, in order.
package typealias PartInspector = (_ input: UnsafeRawBufferPointer, _ output: UnsafeRawBufferPointer) -> Void

/// Minifies one part of a document, whose bytes before are on another machine, in slices.
package struct PartRun: ~Copyable {
  private let options: MinifierOptions
  private let sliceBytes: Int
  private let pools: SlicePools
  private let times: StageTimes?
  private let ledger: MemoryLedger

  /// - Parameters:
  ///   - options: Options with full checks.
  ///   - plan: Number of workers, number and size of slices.
  ///   - times: Receives the times of the stages.
  ///   - ledger: Ledger of the buffers.
  /// - Throws: ``OutOfMemory``.
  package init(
    _ options: MinifierOptions, _ plan: SlicePlan, times: StageTimes? = nil, ledger: MemoryLedger
  ) throws(OutOfMemory) {
    precondition(options.checks, "parts are checked")
    pools = try SlicePools(options, plan, ledger: ledger)
    self.options = options
    sliceBytes = plan.sliceBytes
    self.times = times
    self.ledger = ledger
  }

  /// Minifies a part to its end, or to a slice that no valid document has there.
  ///
  /// - Parameters:
  ///   - input: The bytes of the part, and no others.
  ///   - output: Receives the output, without an LF that the bytes before or after the part make necessary.
  ///   - start: State that the part starts in; nil to infer it from its first bytes.
  ///   - beginsDocument: True for the first part. A byte order mark must be all in what is read first.
  ///   - inspect: Receives the bytes of each slice, and its output.
  /// - Throws: Errors of input and output, ``OutOfMemory``, ``VerificationDifference``.
  package func run<Input: ByteSource & ~Copyable, Output: ByteSink & ~Copyable>(
    from input: inout Input, to output: inout Output, startingIn start: Lexeme? = nil, beginsDocument: Bool,
    inspect: @escaping PartInspector = { _, _ in }
  ) throws -> PartFindings {
    times?.begin()
    defer { times?.end() }
    var joiner = try PartJoiner(
      options, sliceBytes: sliceBytes, start: start, beginsDocument: beginsDocument, inspect: inspect,
      ledger: ledger)
    let byteCount = input.seekableSize
    let workers = pools.workers(forInputOf: byteCount)
    let queue = SliceQueue(
      byteCount: byteCount, sizes: pools.sizes, slots: pools.slots.count, lanesAreAlone: false, workerTiming: .worker,
      laneTiming: .lane)
    let (slots, kernels, rest) = (pools.slots, pools.kernels, pools.rest.bytes)
    try withUnsafeMutablePointer(to: &joiner) { joiner in
      try withUnsafeMutablePointer(to: &input) { input in
        try withUnsafeMutablePointer(to: &output) { output in
          let coordinator = SliceCoordinator(
            input: input, output: output, joiner: joiner, options: options, slots: slots, rest: rest, queue: queue,
            times: times)
          WorkerThreads.run(workers, ledger: ledger) { coordinator.work(with: kernels[$0].run, kernels[$0].verifier) }
          do {
            _ = try coordinator.failure()
          } catch is PartJoiner.Stopped {}
          times?.leaveThreads()
        }
      }
    }
    return joiner.findings
  }
}
