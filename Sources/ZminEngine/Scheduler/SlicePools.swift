import ZminCPU
import ZminMemory

/// Memory and kernels of a run in slices, made once for any number of inputs.
struct SlicePools: ~Copyable {
  let sizes: SliceSizes
  let slots: [SliceSlot]
  let kernels: [WorkerKernel]
  /// Memory for the bytes after the last boundary of an input that is read in order.
  let rest: ByteBuffer

  /// - Throws: ``OutOfMemory``.
  init(_ options: MinifierOptions, _ plan: SlicePlan, ledger: MemoryLedger) throws(OutOfMemory) {
    var slots: [SliceSlot] = []
    for _ in 0..<plan.slots {
      slots.append(try SliceSlot(sliceBytes: plan.sliceBytes, options, ledger: ledger))
    }
    var kernels: [WorkerKernel] = []
    let roomBytes = SliceSlot.roomBytes(forSliceBytes: plan.sliceBytes, options.format)
    for _ in 0..<plan.workers { kernels.append(try WorkerKernel(options, roomBytes: roomBytes, ledger: ledger)) }
    let rest = try ByteBuffer(byteCount: SliceBoundary.windowBytes, for: .inputWindow, in: ledger)
    sizes = SliceSizes(
      largestBytes: plan.sliceBytes, smallestBytes: plan.smallestSliceBytes, workers: plan.workers)
    self.slots = slots
    self.kernels = kernels
    self.rest = rest
  }

  /// Number of workers that an input keeps busy: no more than it has slices, if its size is known.
  func workers(forInputOf byteCount: Int?) -> Int {
    byteCount.map { min(kernels.count, max(1, $0 / sizes.largestBytes)) } ?? kernels.count
  }
}

/// The kernel and workspace of one worker.
///
/// `@unchecked Sendable` because one thread uses it at a time.
final class WorkerKernel: @unchecked Sendable {
  let run: KernelRun

  /// Set only if slices are to be verified.
  let verifier: SliceVerifier?

  /// - Parameter roomBytes: Largest output of a slice.
  init(_ options: MinifierOptions, roomBytes: Int, ledger: MemoryLedger) throws(OutOfMemory) {
    run = try KernelRun(options.kernel, ledger: ledger)
    verifier =
      options.verification == .none ? nil : try SliceVerifier(options, roomBytes: roomBytes, ledger: ledger)
  }
}
