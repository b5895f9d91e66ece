import ZminCPU
import ZminCore
@testable import ZminEngine
import ZminMemory
import ZminTestSupport

/// A run in slices whose workers and lanes take turns by a schedule, on one thread. It is a possible order of threads
/// that can be repeated.
struct ScheduledRun: ~Copyable {
  struct Plan {
    var workers = 1
    var slots = 2
    var sliceBytes = 64
    var smallestSliceBytes = 1
    var lanes = 0
    var laneSliceBytes = 256
    var lanesAreAlone = false
    var isSeekable = true
    /// Bytes of one read of an input that is read in order, at most.
    var pieceBytes = 64
  }

  /// State of a worker or lane.
  private enum Work {
    case nothing
    /// It was offered no slice.
    case waiting(until: Double?)
    case slice(SliceQueue.Slice)
    case join(slot: Int)
    case retired
  }

  private let options: MinifierOptions
  private let plan: Plan
  private var schedule: FuzzInput
  private let kernel: KernelRun
  private let verifier: SliceVerifier?
  private let slots: [SliceSlot]
  private let input: UnsafeMutablePointer<MemoryInput>
  private let rest: ByteBuffer
  private let reader: SliceReader<MemoryInput>
  private var joiner: SliceJoiner
  private var output: MemoryOutput
  private var queue: SliceQueue
  /// Workers, then lanes.
  private var takers: [Work]
  private var seconds = 0.0
  private var failure: Failure?

  init(
    _ bytes: [UInt8], _ options: MinifierOptions, _ plan: Plan, _ schedule: FuzzInput, outputIsFinal: Bool
  ) throws {
    let ledger = MemoryLedger()
    let kernel = try KernelRun(options.kernel, ledger: ledger)
    // More bytes than an input has. A longer value would be written in parts, and the run in one window holds all of
    // it.
    var joiner = try SliceJoiner(options, heldBytesMax: 5000, times: nil, ledger: ledger)
    joiner.begin(outputIsFinal: outputIsFinal)
    let rest = try ByteBuffer(byteCount: SliceBoundary.windowBytes, for: .inputWindow, in: ledger)
    var slots = try (0..<plan.slots).map { _ in try SliceSlot(sliceBytes: plan.sliceBytes, options, ledger: ledger) }
    let lanes = plan.isSeekable && options.format != .concat ? plan.lanes : 0
    if lanes > 0 {
      let device = try TestDevice(lanes: lanes, sliceBytesMax: plan.laneSliceBytes, sliceBytesMin: 1)
      for lane in device.lanes { slots.append(try SliceSlot(lane: lane, options, ledger: ledger)) }
    }
    let roomBytes = SliceSlot.roomBytes(forSliceBytes: max(plan.sliceBytes, plan.laneSliceBytes), options.format)
    let verifier =
      options.verification == .none ? nil : try SliceVerifier(options, roomBytes: roomBytes, ledger: ledger)
    input = .allocate(capacity: 1)
    input.initialize(to: MemoryInput(bytes, isSeekable: plan.isSeekable, pieceBytes: plan.pieceBytes))
    reader = SliceReader(input, options.format, rest: rest.bytes)
    queue = SliceQueue(
      byteCount: plan.isSeekable ? bytes.count : nil,
      sizes: SliceSizes(
        largestBytes: plan.sliceBytes, smallestBytes: plan.smallestSliceBytes, workers: plan.workers),
      slots: plan.slots, lanesAreAlone: plan.lanesAreAlone && lanes > 0)
    if lanes > 0 {
      let largestBytes = min(plan.laneSliceBytes, slots[plan.slots...].map(\.sliceBytesMax).min() ?? 0)
      queue.addLanes(lanes, smallestBytes: min(3, largestBytes), largestBytes: largestBytes)
    }
    self.verifier = verifier
    takers = Array(repeating: .nothing, count: plan.workers + lanes)
    output = MemoryOutput(isFinal: outputIsFinal)
    self.options = options
    self.plan = plan
    self.schedule = schedule
    self.kernel = kernel
    self.slots = slots
    self.rest = rest
    self.joiner = joiner
  }

  deinit {
    input.deinitialize(count: 1)
    input.deallocate()
  }

  /// Runs to the end or the first error.
  consuming func outcome() throws -> RunOutcome {
    while failure == nil, !queue.isJoined { try step() }
    if failure == nil { failure = try joiner.finish(to: &output) }
    let error = try failure?.located(in: input.pointee, joiner.lines, reading: slots[0].input)
    let result: RunResult = error.map { .invalid($0, joiner.totals) } ?? .complete(joiner.totals)
    return RunOutcome(result, output)
  }

  /// A worker or lane does its next step.
  private mutating func step() throws {
    let able = takers.indices.filter { taker in
      switch takers[taker] {
      case .retired: false
      case .waiting(let until): until.map { $0 <= seconds } ?? false
      case .nothing, .slice, .join: true
      }
    }
    seconds += [0, 1e-6, 1e-4, 1][schedule.number(below: 4)]
    guard !able.isEmpty else {
      let times = takers.compactMap { if case .waiting(let until?) = $0 { until } else { nil } }
      guard let next = times.min() else { fail("nobody has anything to do, and not all is joined") }
      seconds = max(seconds, next)
      return
    }
    let taker = schedule.pick(able)
    switch takers[taker] {
    case .nothing, .waiting: try ask(taker)
    case .slice(let slice): end(slice, of: taker)
    case .join(let slot): try join(slots[slot], taker)
    case .retired: break
    }
  }

  private func isLane(_ taker: Int) -> Bool { taker >= plan.workers }

  /// Makes all that wait ask again.
  private mutating func wakeAll() {
    for taker in takers.indices { if case .waiting = takers[taker] { takers[taker] = .nothing } }
  }

  private mutating func ask(_ taker: Int) throws {
    if let slot = queue.beginJoin() {
      takers[taker] = .join(slot: slot)
      return
    }
    switch isLane(taker) ? queue.next(forLane: taker - plan.workers, at: seconds) : queue.next(at: seconds) {
    case .slice(let slice):
      for case .slice(let other) in takers where other.slot == slice.slot { fail("two have slot \(slice.slot)") }
      try take(slice)
      takers[taker] = .slice(slice)
      if slice.number == 0 { wakeAll() }
    case .wait(let until): takers[taker] = .waiting(until: until)
    case .nothing:
      takers[taker] = .retired
      if isLane(taker) {
        queue.retireLane()
        wakeAll()
      }
    }
  }

  /// Reads a slice and minifies it, sometimes from a wrong start.
  private mutating func take(_ slice: SliceQueue.Slice) throws {
    let slot = slots[slice.slot]
    let boundary: SliceBoundary?
    if let range = slice.range {
      boundary = reader.read(slice, range, into: slot)
    } else {
      let (before, isAtEnd) = reader.readNext(into: slot) { false }
      boundary = before
      if isAtEnd { queue.end() }
      wakeAll()
    }
    guard slice.number > 0, slot.error == nil else { return }
    var start = reader.start(of: slot, after: boundary)
    if schedule.once(in: 16) { start = start == .string ? .between : .string }
    if let lane = slot.lane {
      try slot.minify(startingIn: start, options, with: lane)
    } else {
      try slot.minify(startingIn: start, options, with: kernel)
    }
    slot.difference = try verifier?.difference(in: slot, startingIn: start)
  }

  /// Ends a slice. A lane's may be useless.
  private mutating func end(_ slice: SliceQueue.Slice, of taker: Int) {
    takers[taker] = .nothing
    if isLane(taker) {
      let isLost = schedule.once(in: 32)
      if isLost || slots[slice.slot].error != nil || slots[slice.slot].minified.isNothing || schedule.once(in: 8) {
        queue.giveBack(slice)
      } else {
        queue.finish(slice, at: seconds)
      }
      if isLost {
        queue.loseLanes()
        queue.retireLane()
        takers[taker] = .retired
      }
    } else {
      queue.finish(slice, at: seconds)
    }
    wakeAll()
  }

  private mutating func join(_ slot: SliceSlot, _ taker: Int) throws {
    if slot.isStartUndecided { reader.noteUndecidedStart(joiner.endsInString ? .string : .between) }
    failure = try joiner.join(slot, to: &output, countsLines: !input.pointee.isSeekable)
    queue.endJoin()
    takers[taker] = .nothing
    wakeAll()
  }
}
