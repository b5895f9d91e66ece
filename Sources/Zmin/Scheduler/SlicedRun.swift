import ZminCPU
import ZminCore
package import ZminMemory

/// Takes inputs in slices, of which several are read, minified and written at once.
///
/// Its memory is made once, serves any number of inputs, and does not depend on their size. The threads are those of one
/// input.
package struct SlicedRun: ~Copyable {
  private let options: MinifierOptions
  private let sizes: SliceSizes
  private let slots: [SliceSlot]
  private let kernels: [WorkerKernel]
  private let rest: ByteBuffer
  private var joiner: SliceJoiner

  /// - Parameters:
  ///   - options: What is done to the inputs.
  ///   - plan: How many workers there are, and how large and how many their slices are.
  ///   - ledger: The book that the buffers are entered in.
  /// - Throws: ``OutOfMemory``.
  package init(_ options: MinifierOptions, _ plan: SlicePlan, ledger: MemoryLedger) throws(OutOfMemory) {
    var slots: [SliceSlot] = []
    for _ in 0..<plan.slots {
      slots.append(try SliceSlot(sliceBytes: plan.sliceBytes, format: options.format, ledger: ledger))
    }
    var kernels: [WorkerKernel] = []
    for _ in 0..<plan.workers { kernels.append(try WorkerKernel(options.kernel, ledger: ledger)) }
    let rest = try ByteBuffer(byteCount: SliceCut.windowBytes, for: .inputWindow, in: ledger)
    let joiner = try SliceJoiner(options, heldBytesMax: plan.heldBytesMax, ledger: ledger)
    self.options = options
    sizes = SliceSizes(
      largestBytes: plan.sliceBytes, smallestBytes: plan.smallestSliceBytes, workers: plan.workers)
    self.slots = slots
    self.kernels = kernels
    self.rest = rest
    self.joiner = joiner
  }

  /// Slices of the last input that were minified a second time, since they did not start as was assumed, or were not
  /// plainly clean.
  package var redoneSliceCount: Int { joiner.redoneCount }

  /// Takes one input to its end or its first error.
  ///
  /// - Throws: What the ends throw, and ``OutOfMemory``.
  package mutating func run<Input: RunInput & ~Copyable, Output: RunOutput & ~Copyable>(
    from input: inout Input, to output: inout Output
  ) throws -> RunResult {
    joiner.begin(outputIsFinal: output.isFinal)
    let (options, sizes, slots, kernels) = (options, sizes, slots, kernels)
    let rest = rest.bytes
    let byteCount = input.byteCountAtPlaces
    let workers = byteCount.map { min(kernels.count, max(1, $0 / sizes.largestBytes)) } ?? kernels.count
    let failure = try withUnsafeMutablePointer(to: &joiner) { joiner in
      try withUnsafeMutablePointer(to: &input) { input in
        try withUnsafeMutablePointer(to: &output) { output in
          let exchange = SliceExchange(
            input: input, output: output, joiner: joiner, options: options, slots: slots, rest: rest,
            queue: SliceQueue(byteCount: byteCount, sizes: sizes, slots: slots.count))
          WorkerThreads.run(workers) { exchange.work(with: kernels[$0].run) }
          return try exchange.failure() ?? joiner.pointee.finish(to: &output.pointee)
        }
      }
    }
    guard let failure else { return .complete(joiner.totals) }
    return .invalid(try failure.located(in: input, joiner.places, reading: slots[0].input.bytes), joiner.totals)
  }
}

/// A kernel with the workspace of one worker.
///
/// `@unchecked Sendable` because one thread uses it at a time.
private final class WorkerKernel: @unchecked Sendable {
  let run: KernelRun

  init(_ kernel: Kernel, ledger: MemoryLedger) throws(OutOfMemory) { run = try KernelRun(kernel, ledger: ledger) }
}
