import ZminBase
import ZminCPU
import ZminCore
import ZminMemory

/// What the workers and lanes of one input share: who does what, until all of it is joined or something has gone wrong.
///
/// Each joins if the next slice is done and nobody is joining; else it takes a slice, if there is one and a slot for it. So
/// a slice is written by whoever is free when its turn comes, and nobody waits for anybody as long as there are slots.
///
/// The run waits for its workers. It does not wait for lanes, but while they read or write: one that hangs in its device
/// comes back to an exchange that is over, and leaves.
///
/// `@unchecked Sendable` because what is shared is either guarded by the monitor or has, by the queue that it guards, one
/// holder at a time: a slot, the joiner with the output, and an input that comes in order. The pointers are valid as long
/// as any worker works, and any lane that was given something to do with them.
final class SliceCoordinator<Input: ByteSource & ~Copyable, Output: ByteSink & ~Copyable>: @unchecked Sendable {
  private let input: UnsafeMutablePointer<Input>
  private let output: UnsafeMutablePointer<Output>
  private let joiner: UnsafeMutablePointer<SliceJoiner>
  private let reader: SliceReader<Input>
  private let options: MinifierOptions
  private let times: StageTimes?
  private let timesEntry: Int?
  private let isSeekable: Bool
  private let hasPlaces: Bool

  private let monitor = Monitor()
  // Guarded by the monitor.
  private var slots: [SliceSlot]
  private var queue: SliceQueue
  private var isReading = false
  private var result: Result<Failure, any Error>?
  private var lanesAtEnds = 0
  private var laneThreads = 0
  private var deviceName = ""
  private var notes: [String] = []

  /// How far the input was told that it is done with; the joiner's.
  private var releasedBytes = 0

  init(
    input: UnsafeMutablePointer<Input>, output: UnsafeMutablePointer<Output>,
    joiner: UnsafeMutablePointer<SliceJoiner>, options: MinifierOptions, slots: [SliceSlot],
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
    hasPlaces = input.pointee.seekableSize != nil
  }

  /// The first error of the input, nil if none was met. For when all workers have ended.
  ///
  /// - Throws: What went wrong otherwise.
  func failure() throws -> Failure? {
    try monitor.withLock {
      while (result == nil && laneThreads > 0 && !queue.isJoined) || lanesAtEnds > 0 { monitor.wait() }
      // Less would be an output that is cut short and looks whole.
      precondition(result != nil || queue.isJoined, "slices were left")
      return try result?.get()
    }
  }

  /// What the queue knows at the end.
  func lastQueue() -> SliceQueue { monitor.withLock { queue } }

  /// What there is to say of the device.
  func deviceNotes() -> [String] { monitor.withLock { notes } }

  /// Works until there is nothing more to do for this worker.
  ///
  /// - Parameter verifier: What does slices again that are to be verified.
  func work(with kernel: borrowing KernelRun, _ verifier: SliceVerifier?) {
    let laps = StageLaps(times, timesEntry)
    defer { laps.end(.wait) }
    while let task = nextTask(of: nil) {
      laps.end(.wait)
      switch task {
      case .join(let slot):
        join(slot)
        laps.end(.join)
      case .take(let slice, let slot): take(slice, into: slot, with: kernel, verifier, laps)
      }
    }
  }

  // MARK: Who does what

  private enum Task {
    /// The slice in this slot.
    case join(SliceSlot)
    case take(SliceQueue.Slice, SliceSlot)
  }

  /// What is most pressing.
  ///
  /// - Parameter lane: Nil for a worker. A lane must say by ``leaveEnds()`` when it has no more to do with the ends.
  private func nextTask(of lane: Int?) -> Task? {
    monitor.withLock {
      while result == nil, !queue.isJoined {
        if let slot = queue.beginJoin() {
          if lane != nil { lanesAtEnds += 1 }
          return .join(slots[slot])
        }
        switch offer(to: lane) {
        case .slice(let slice):
          if lane != nil { lanesAtEnds += 1 }
          isReading = slice.range == nil
          // Lanes wait for the first one to be taken.
          if slice.number == 0 { monitor.broadcast(.lane) }
          return .take(slice, slots[slice.slot])
        case .wait(let endSeconds): monitor.wait(as: lane == nil ? .worker : .lane, until: endSeconds)
        // Whoever is at work on a slice will also see to its joining.
        case .nothing: return nil
        }
      }
      return nil
    }
  }

  private func offer(to lane: Int?) -> SliceQueue.Offer {
    if isReading { return queue.isHandedOut ? .nothing : .wait(until: nil) }
    let seconds = MonotonicClock.seconds()
    return lane.map { queue.next(forLane: $0, at: seconds) } ?? queue.next(at: seconds)
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
      if let failure = try joiner.pointee.join(slot, to: &output.pointee, notesPlaces: !isSeekable) {
        return stop(.success(failure))
      }
    } catch {
      return stop(.failure(error))
    }
    if hasPlaces {
      releasedBytes = input.pointee.release(from: releasedBytes, upTo: joiner.pointee.totals.inputBytes)
    }
    slot.setState(.free)
    monitor.withLock {
      queue.endJoin()
      // What a lane was waited for, all wait for.
      if slot.lane != nil || queue.isJoined { monitor.broadcast() } else { monitor.signal(.worker) }
    }
  }

  private func take(
    _ slice: SliceQueue.Slice, into slot: SliceSlot, with kernel: borrowing KernelRun, _ verifier: SliceVerifier?,
    _ laps: StageLaps
  ) {
    let cut = slice.range.map { reader.read(slice, $0, into: slot) } ?? readNext(into: slot)
    laps.end(.read)
    // The first one's start is known to the joiner alone, which knows of byte order marks too.
    if slice.number > 0, slot.error == nil {
      do {
        let start = reader.start(of: slot, after: cut)
        try slot.minify(startingIn: start, options, with: kernel)
        if options.verification.includes(slice.place) {
          slot.difference = try verifier?.difference(in: slot, startingIn: start)
        }
      } catch {
        slot.error = error
      }
    }
    laps.end(.kernel)
    slot.setState(.waiting)
    monitor.withLock {
      let isFirstTime = queue.workerTiming.isUnknown
      queue.finish(slice, at: MonotonicClock.seconds())
      // Lanes wait until it is known how fast workers are.
      if isFirstTime { monitor.broadcast(.lane) }
    }
  }

  /// Reads what comes next of an input that comes in order, and lets another worker read on.
  private func readNext(into slot: SliceSlot) -> SliceBoundary? {
    let (cut, isAtEnd) = reader.readNext(into: slot) { isStopped }
    monitor.withLock {
      isReading = false
      if isAtEnd { queue.end() }
      monitor.broadcast()
    }
    return cut
  }

  // MARK: Lanes

  /// Has a device join, if the run is not over: each of its lanes that is free works on a thread of its own.
  func join(_ device: Result<any SliceDevice, DeviceFailure>, _ lanes: DeviceLanes) {
    switch device {
    case .success(let device): join(device, lanes)
    case .failure(let failure): note("no device is used: \(failure)")
    }
  }

  private func join(_ device: any SliceDevice, _ lanes: DeviceLanes) {
    let laneSlots: [SliceSlot]
    do {
      laneSlots = try lanes.slots(of: device)
    } catch {
      return note("\(device.name) is not used: \(error)")
    }
    let largestBytes = min(device.sliceBytesMax, laneSlots.map(\.sliceBytesMax).min() ?? 0)
    guard largestBytes > 0 else { return note("\(device.name) is not used: its memory has no room for a slice") }
    let isWanted = monitor.withLock {
      guard result == nil, !queue.isJoined else { return false }
      deviceName = device.name
      slots += laneSlots
      queue.addLanes(laneSlots.count, smallestBytes: device.sliceBytesMin, largestBytes: largestBytes)
      laneThreads = laneSlots.count
      return true
    }
    guard isWanted else { return }
    for lane in laneSlots.indices {
      guard lanes.claims.claim(lane) else {
        retireLane()
        continue
      }
      let thread = SystemThread(stackBytes: WorkerThreads.stackBytes, ledger: lanes.ledger) { [self] in
        work(lane, lanes)
        lanes.claims.release(lane)
        retireLane()
      }
      guard let thread else {
        lanes.claims.release(lane)
        retireLane()
        continue
      }
      thread.detach()
    }
  }

  /// Waits until no lane is at work, for a run that has it all to itself.
  func waitForLanes() { monitor.withLock { while laneThreads > 0 { monitor.wait() } } }

  private func note(_ text: String) { monitor.withLock { notes.append(text) } }

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

  private func work(_ lane: Int, _ lanes: DeviceLanes) {
    let verifier = lanes.verifier(of: lane)
    let laps = StageLaps(times, timesEntry)
    defer { laps.end(.wait) }
    while let task = nextTask(of: lane) {
      laps.end(.wait)
      switch task {
      case .join(let slot):
        join(slot)
        laps.end(.join)
        leaveEnds()
      case .take(let slice, let slot):
        do {
          try takeOnLane(slice, into: slot, verifier, laps)
        } catch {
          let failure = error as? DeviceFailure
          if let failure { lanes.claims.lose(failure) }
          monitor.withLock {
            queue.giveBack(slice)
            if notes.isEmpty { notes.append("\(deviceName) is used no longer: \(failure?.description ?? "\(error)")") }
            if failure != nil { queue.loseLanes() }
            monitor.broadcast()
          }
          return
        }
      }
    }
  }

  /// Does a slice on a lane. One that is not plainly clean, or cannot be read, is the workers'.
  private func takeOnLane(
    _ slice: SliceQueue.Slice, into slot: SliceSlot, _ verifier: SliceVerifier?, _ laps: StageLaps
  ) throws {
    let cut = slice.range.flatMap { reader.read(slice, $0, into: slot) }
    laps.end(.read)
    leaveEnds()
    defer { laps.end(.device) }
    if slot.error == nil {
      let start = reader.start(of: slot, after: cut)
      try slot.minifyOnLane(startingIn: start, options)
      if options.verification.includes(slice.place) {
        slot.difference = try verifier?.difference(in: slot, startingIn: start)
      }
    }
    let isUsable = slot.error == nil && !slot.minified.isNothing
    slot.setState(isUsable ? .waiting : .free)
    monitor.withLock {
      if isUsable { queue.finish(slice, at: MonotonicClock.seconds()) } else { queue.giveBack(slice) }
      monitor.broadcast()
    }
  }
}
