import ZminBase
import ZminCPU
import ZminCore
import ZminMemory

/// Coordinates the workers and lanes of one input, until all of it is joined or the run fails.
///
/// A thread that is free joins the next slice, if that is minified and no other thread is joining. Otherwise it claims
/// a slice, if one is left and has a slot. So any free thread writes a slice when its turn comes, and no thread waits
/// for another as long as there are slots.
///
/// The run waits for its workers. It waits for lanes only while they read the input or write the output. A lane that
/// hangs in its device finds, when it returns, that the run is over, and ends.
///
/// `@unchecked Sendable` because the monitor guards the shared state, and the queue that it guards gives each other
/// part one holder at a time: a slot, the joiner with the output, and an input that is read in order. The pointers are
/// valid as long as a worker works, or a lane that has claimed something to do with them.
final class SliceCoordinator<
  Input: ByteSource & ~Copyable, Output: ByteSink & ~Copyable, Joiner: SliceJoining & ~Copyable
>: @unchecked Sendable {
  private let input: UnsafeMutablePointer<Input>
  private let output: UnsafeMutablePointer<Output>
  private let joiner: UnsafeMutablePointer<Joiner>
  private let reader: SliceReader<Input>
  private let options: MinifierOptions
  private let times: StageTimes?
  private let timesEntry: Int?
  private let isSeekable: Bool
  private let hasKnownSize: Bool

  private let monitor = Monitor()
  // Guarded by the monitor.
  private var slots: [SliceSlot]
  private var queue: SliceQueue
  private var isReading = false
  private var result: Result<Failure, any Error>?
  private var lanesAtEnds = 0
  private var laneThreads = 0
  private var deviceName = ""
  private var claims: LaneClaims?
  private var notes: [String] = []

  /// End of the input's bytes that were released. Used by the thread that joins.
  private var releasedBytes = 0

  init(
    input: UnsafeMutablePointer<Input>, output: UnsafeMutablePointer<Output>,
    joiner: UnsafeMutablePointer<Joiner>, options: MinifierOptions, slots: [SliceSlot],
    rest: UnsafeMutableRawBufferPointer, queue: SliceQueue, times: StageTimes?
  ) {
    timesEntry = times?.enterThreads()
    self.input = input
    self.output = output
    self.joiner = joiner
    self.options = options
    self.slots = slots
    self.queue = queue
    self.times = times
    reader = SliceReader(input, options.format, rest: rest)
    isSeekable = input.pointee.isSeekable
    hasKnownSize = input.pointee.seekableSize != nil
  }

  /// Returns the first error of the input, nil if it has none. Called after all workers have ended.
  ///
  /// - Throws: Any error that is not the input's.
  func failure() throws -> Failure? {
    try monitor.withLock {
      while (result == nil && laneThreads > 0 && !queue.isJoined) || lanesAtEnds > 0 { monitor.wait() }
      // An output without the last slices would look complete.
      precondition(result != nil || queue.isJoined, "slices were left")
      return try result?.get()
    }
  }

  /// The queue in its last state.
  func lastQueue() -> SliceQueue { monitor.withLock { queue } }

  /// Messages about the device.
  func deviceNotes() -> [String] { monitor.withLock { notes } }

  // MARK: The loop of every thread

  /// Claims slices, minifies them and hands them over, until nothing is left for this thread.
  ///
  /// - Parameters:
  ///   - lane: The number of the device lane that the thread serves, nil for a worker.
  ///   - minifier: The kernel of the worker, or the lane.
  ///   - verifier: Set only if slices are to be verified.
  func work(
    as lane: Int? = nil, with minifier: borrowing some SliceMinifier & ~Copyable, _ verifier: SliceVerifier?
  ) {
    let laps = StageLaps(times, timesEntry)
    defer { laps.end(.wait) }
    while let claim = claim(for: lane) {
      laps.end(.wait)
      switch claim {
      case .join(let slot):
        join(slot)
        laps.end(.join)
        if lane != nil { leaveEnds() }
      case .minify(let slice, let slot):
        guard minify(slice, in: slot, with: minifier, verifier, laps) else { return }
      }
    }
  }

  private enum Claim {
    /// The slice in this slot is the next to be joined.
    case join(SliceSlot)
    case minify(SliceQueue.Slice, SliceSlot)
  }

  /// Waits for the most pressing work, and claims it. Nil if nothing is left for this thread.
  ///
  /// A lane that has claimed something must call ``leaveEnds()`` once it no longer needs input and output.
  private func claim(for lane: Int?) -> Claim? {
    monitor.withLock {
      while result == nil, !queue.isJoined {
        if let slot = queue.beginJoin() {
          if lane != nil { lanesAtEnds += 1 }
          return .join(slots[slot])
        }
        let offer: SliceQueue.Offer
        if isReading {
          offer = queue.isHandedOut ? .nothing : .wait(until: nil)
        } else {
          let seconds = MonotonicClock.seconds()
          offer = lane.map { queue.next(forLane: $0, at: seconds) } ?? queue.next(at: seconds)
        }
        switch offer {
        case .slice(let slice):
          if lane != nil { lanesAtEnds += 1 }
          isReading = slice.range == nil
          // Lanes wait until the first slice is claimed.
          if slice.number == 0 { monitor.broadcast(.lane) }
          return .minify(slice, slots[slice.slot])
        case .wait(let endSeconds): monitor.wait(as: lane == nil ? .worker : .lane, until: endSeconds)
        // Each slice that is left has a thread, which will also see to its joining.
        case .nothing: return nil
        }
      }
      return nil
    }
  }

  /// Reads and minifies a slice, and hands it over.
  ///
  /// - Returns: False if the slice was a lane's and the lane cannot go on.
  private func minify(
    _ slice: SliceQueue.Slice, in slot: SliceSlot, with minifier: borrowing some SliceMinifier & ~Copyable,
    _ verifier: SliceVerifier?, _ laps: StageLaps
  ) -> Bool {
    let boundary = slice.range.map { reader.read(slice, $0, into: slot) } ?? readNext(into: slot)
    laps.end(.read)
    if slot.isOnLane { leaveEnds() }
    var minifierError: (any Error)?
    // Only the joiner knows the start of the first slice, as a byte order mark may stand there.
    if slice.number > 0, slot.error == nil {
      do {
        let start = reader.start(of: slot, after: boundary)
        try slot.minify(startingIn: start, options, with: minifier)
        if options.verification.includes(slice.orderStart) {
          slot.difference = try verifier?.difference(in: slot, startingIn: start)
        }
      } catch {
        minifierError = error
        slot.error = error
      }
    }
    laps.end(slot.isOnLane ? .device : .kernel)
    return handOver(slice, in: slot, minifierError)
  }

  /// Hands a slice to the joiner. A lane's slice that is not plainly clean, or met an error, goes back to the workers.
  ///
  /// - Returns: False if the slice was a lane's and the lane cannot go on.
  private func handOver(_ slice: SliceQueue.Slice, in slot: SliceSlot, _ minifierError: (any Error)?) -> Bool {
    let isOnLane = slot.isOnLane
    let isUsable = !isOnLane || slot.error == nil && !slot.minified.isNothing
    slot.setState(isUsable ? .waiting : .free)
    return monitor.withLock {
      let isFirstTime = queue.workerTiming.isUnknown
      if isUsable { queue.finish(slice, at: MonotonicClock.seconds()) } else { queue.giveBack(slice) }
      guard isOnLane else {
        // Lanes wait until the speed of the workers is known.
        if isFirstTime { monitor.broadcast(.lane) }
        return true
      }
      if let minifierError { endLane(minifierError) }
      monitor.broadcast()
      return minifierError == nil
    }
  }

  private func stop(_ result: Result<Failure, any Error>) {
    monitor.withLock {
      self.result = self.result ?? result
      monitor.broadcast()
    }
  }

  private var isStopped: Bool { monitor.withLock { result != nil } }

  private func join(_ slot: SliceSlot) {
    slot.setState(.writing)
    if slot.isStartUndecided { reader.noteUndecidedStart(joiner.pointee.endsInString ? .string : .between) }
    do {
      if let failure = try joiner.pointee.join(slot, to: &output.pointee, countsLines: !isSeekable) {
        return stop(.success(failure))
      }
    } catch {
      return stop(.failure(error))
    }
    if hasKnownSize {
      releasedBytes = input.pointee.release(from: releasedBytes, upTo: joiner.pointee.joinedBytes)
    }
    slot.setState(.free)
    monitor.withLock {
      queue.endJoin()
      // Any thread may be waiting for a slice of a lane.
      if slot.isOnLane || queue.isJoined { monitor.broadcast() } else { monitor.signal(.worker) }
    }
  }

  /// Reads the next slice of an input that is read in order, and lets another worker read on.
  private func readNext(into slot: SliceSlot) -> SliceBoundary? {
    let (boundary, isAtEnd) = reader.readNext(into: slot) { isStopped }
    monitor.withLock {
      isReading = false
      if isAtEnd { queue.end() }
      monitor.broadcast()
    }
    return boundary
  }

  // MARK: Lanes

  /// Adds a device to the run, unless the run is over. Each lane that is free works on a thread of its own.
  func add(_ device: any SliceDevice, _ deviceLanes: DeviceLanes) {
    let lanes: [DeviceLanes.Lane]
    do {
      lanes = try deviceLanes.lanes(of: device)
    } catch {
      return note("the GPU is not used: \(device.name): \(error)")
    }
    let largestBytes = min(device.sliceBytesMax, lanes.map(\.slot.sliceBytesMax).min() ?? 0)
    guard largestBytes > 0 else {
      return note("the GPU is not used: \(device.name): its memory has no room for a slice")
    }
    let claims = deviceLanes.claims
    let isWanted = monitor.withLock {
      guard result == nil, !queue.isJoined else { return false }
      deviceName = device.name
      self.claims = claims
      slots += lanes.map(\.slot)
      queue.addLanes(lanes.count, smallestBytes: device.sliceBytesMin, largestBytes: largestBytes)
      laneThreads = lanes.count
      return true
    }
    guard isWanted else { return }
    for (number, lane) in lanes.enumerated() {
      guard claims.claim(number) else {
        retireLane()
        continue
      }
      let thread = SystemThread(stackBytes: WorkerThreads.stackBytes, ledger: deviceLanes.ledger) { [self] in
        work(as: number, with: lane.minifier, lane.verifier)
        claims.release(number)
        retireLane()
      }
      guard let thread else {
        claims.release(number)
        retireLane()
        continue
      }
      thread.detach()
    }
  }

  /// Notes why a device does not take part, or does so no longer.
  func note(_ text: String) { monitor.withLock { notes.append(text) } }

  /// Waits until no lane is at work, for a run that has the device to itself.
  func waitForLanes() { monitor.withLock { while laneThreads > 0 { monitor.wait() } } }

  /// Called under the lock when a lane has met an error. All errors but a refused allocation mean a lost device.
  private func endLane(_ error: any Error) {
    if notes.isEmpty { notes.append("continuing on the CPU: \(deviceName): \(error)") }
    if error is OutOfMemory { return }
    claims?.lose(error as? DeviceFailure ?? DeviceFailure("\(error)"))
    queue.loseLanes()
  }

  private func retireLane() {
    monitor.withLock {
      laneThreads -= 1
      queue.retireLane()
      monitor.broadcast()
    }
  }

  private func leaveEnds() {
    monitor.withLock {
      lanesAtEnds -= 1
      if lanesAtEnds == 0 { monitor.broadcast(.worker) }
    }
  }
}
