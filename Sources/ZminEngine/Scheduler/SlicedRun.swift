import ZminBase
import ZminCPU
import ZminCore
package import ZminMemory

/// Minifies inputs in slices, several at once.
///
/// Its memory is made once for any number of inputs, and does not depend on their size. Each input has its own threads.
package struct SlicedRun: ~Copyable {
  private let options: MinifierOptions
  private let pools: SlicePools
  private var joiner: SliceJoiner
  private let device: DeviceUse
  private let ledger: MemoryLedger
  private let lanes: DeviceLanes
  private let times: StageTimes?
  private var workerTiming = SliceTiming.worker
  private var laneTiming = SliceTiming.lane
  private var returnedSliceCount = 0
  /// Messages about the device for the last input, a phrase each.
  package private(set) var deviceNotes: [String] = []

  /// - Parameters:
  ///   - options: Options for all inputs.
  ///   - plan: Number of workers, number and size of slices.
  ///   - device: Use of a device. Inputs that are not seekable, and `concat`, use the CPU alone.
  ///   - times: Receives the times of the stages.
  ///   - ledger: Ledger of the buffers.
  /// - Throws: ``OutOfMemory``.
  package init(
    _ options: MinifierOptions, _ plan: SlicePlan, device: DeviceUse = .none, times: StageTimes? = nil,
    ledger: MemoryLedger
  ) throws(OutOfMemory) {
    let pools = try SlicePools(options, plan, ledger: ledger)
    let joiner = try SliceJoiner(options, heldBytesMax: plan.heldBytesMax, times: times, ledger: ledger)
    self.options = options
    self.pools = pools
    self.joiner = joiner
    self.device = device
    self.times = times
    self.ledger = ledger
    lanes = DeviceLanes(options, device.pending?.claims ?? LaneClaims(), ledger: ledger)
  }

  /// Slices of the last input that were minified again: their assumed start was wrong, they were not plainly clean, or
  /// a device was too late with them or failed.
  package var redoneSliceCount: Int { joiner.redoneCount + returnedSliceCount }

  /// Slices of the last input that a device has minified.
  package var slicesOnDevice: Int { joiner.onDeviceCount }

  /// Minifies one input to its end or its first error.
  ///
  /// The CPU does the part of a device that is lost during the run, and ``deviceNotes`` says so.
  ///
  /// - Throws: Errors of input and output, ``OutOfMemory``, ``VerificationDifference``, and ``DeviceFailure`` if the
  ///   device was to be alone and cannot be used.
  package mutating func run<Input: ByteSource & ~Copyable, Output: ByteSink & ~Copyable>(
    from input: inout Input, to output: inout Output
  ) throws -> RunResult {
    times?.begin()
    defer { times?.end() }
    joiner.begin(outputIsFinal: output.isFinal)
    deviceNotes = []
    returnedSliceCount = 0
    let (options, sizes, slots, kernels) = (options, pools.sizes, pools.slots, pools.kernels)
    let (lanes, ledger, times) = (lanes, ledger, times)
    let rest = pools.rest.bytes
    let byteCount = input.seekableSize
    let workers = pools.workers(forInputOf: byteCount)
    let device = try deviceUse(byteCount: byteCount)
    let queue = SliceQueue(
      byteCount: byteCount, sizes: sizes, slots: slots.count, lanesAreAlone: device.isAlone, workerTiming: workerTiming,
      laneTiming: laneTiming)
    let (failure, lastQueue, notes) = try withUnsafeMutablePointer(to: &joiner) { joiner in
      try withUnsafeMutablePointer(to: &input) { input in
        try withUnsafeMutablePointer(to: &output) { output in
          let coordinator = SliceCoordinator(
            input: input, output: output, joiner: joiner, options: options, slots: slots, rest: rest, queue: queue,
            times: times)
          let observer = device.pending?.observe { device in
            switch device {
            case .success(let device): coordinator.add(device, lanes)
            case .failure(let failure): coordinator.note("the GPU is not used: \(failure)")
            }
          }
          WorkerThreads.run(workers, ledger: ledger) { coordinator.work(with: kernels[$0].run, kernels[$0].verifier) }
          let failure = Result { try coordinator.failure() }
          if let observer { device.pending?.removeObserver(observer) }
          if device.isAlone { coordinator.waitForLanes() }
          times?.leaveThreads()
          return (
            try failure.get() ?? joiner.pointee.finish(to: &output.pointee), coordinator.lastQueue(),
            coordinator.deviceNotes()
          )
        }
      }
    }
    (workerTiming, laneTiming) = (lastQueue.workerTiming, lastQueue.laneTiming)
    returnedSliceCount = lastQueue.returnedSliceCount
    deviceNotes += notes
    guard let failure else { return .complete(joiner.totals) }
    return .invalid(try failure.located(in: input, joiner.lines, reading: pools.slots[0].input), joiner.totals)
  }

  /// Returns the use of the device for an input of that size, nil if it is read in order.
  ///
  /// - Throws: ``DeviceFailure`` if the device was to be alone and cannot be used.
  private mutating func deviceUse(byteCount: Int?) throws -> DeviceUse {
    if case .none = device { return .none }
    if case .alone(let pending) = device { _ = try pending.wait().get() }
    guard byteCount != nil, options.format != .concat else {
      let reason = byteCount == nil ? "the input is not seekable" : "the format concat is supported on the CPU only"
      deviceNotes.append("the GPU is not used: \(reason)")
      return .none
    }
    return device
  }
}

extension DeviceUse {
  fileprivate var pending: PendingDevice? {
    switch self {
    case .none: nil
    case .beside(let pending), .alone(let pending): pending
    }
  }

  fileprivate var isAlone: Bool { if case .alone = self { true } else { false } }
}
