/// What a queue knows of the lanes that take slices from it.
struct LaneState: Sendable {
  /// Whether workers take only what lanes cannot.
  let areAlone: Bool
  /// How long slices take them.
  var timing: SliceTiming
  /// What a device's slices have.
  var smallestBytes = 0
  var largestBytes = 0
  /// Lanes that may take more.
  var active = 0
  /// Slices that lanes are at work on and that are waited for.
  var atWork = 0
  /// Slices that lanes are at work on still, and that were taken back.
  var takenBack = 0
  /// Slices in a row that were of no use.
  var uselessInARow = 0
  /// Slices that lanes have had to no use.
  var returnedCount = 0
  /// Whether the device is of no more use.
  var isLost = false

  init(areAlone: Bool, timing: SliceTiming) {
    self.areAlone = areAlone
    self.timing = timing
  }

  /// As many as these in a row say that a device is of no use for an input.
  static let uselessInARowMax = 8

  /// How large a slice may be now: no more than four times what was tried.
  var triedBytes: Int { min(largestBytes, max(smallestBytes, 4 * timing.largestBytes)) }

  /// What a worker does while a lane does a slice. More of it would hold up the lanes, as slices are joined in order.
  ///
  /// - Returns: Nil if there is no lane to hold up, or nothing is known.
  func bytesInTime(of worker: SliceTiming) -> Int? {
    guard active > 0, !isLost, takenBack == 0 else { return nil }
    return timing.expectedSeconds(for: triedBytes).flatMap { worker.byteCount(within: $0) }
  }
}

extension SliceQueue {
  /// Lanes join. Their slots come after all others, in the order of the lanes.
  ///
  /// - Parameters:
  ///   - smallestBytes: The least that a slice of theirs has.
  ///   - largestBytes: The most.
  package mutating func addLanes(_ count: Int, smallestBytes: Int, largestBytes: Int) {
    addSlots(count)
    lanes.active = count
    lanes.largestBytes = largestBytes
    lanes.smallestBytes = min(smallestBytes, largestBytes)
  }

  /// A lane takes no more.
  package mutating func retireLane() { lanes.active -= 1 }

  /// The device is lost: lanes get nothing more.
  package mutating func loseLanes() { lanes.isLost = true }

  /// Slices that lanes have had and that are done again by workers.
  package var returnedSliceCount: Int { lanes.returnedCount }

  /// How long slices take lanes.
  package var laneTiming: SliceTiming { lanes.timing }

  /// The first slice that a lane is at work on.
  var firstInFlightLaneSlice: InFlightSlice? {
    guard lanes.atWork > 0 else { return nil }
    return inFlightSlices[workerSlots...].reduce(nil) { first, inFlightSlice in
      guard let inFlightSlice, inFlightSlice.state == .atWork else { return first }
      return first.map { $0.order.lowerBound < inFlightSlice.order.lowerBound } ?? false ? first : inFlightSlice
    }
  }

  // MARK: Handing out

  /// Hands a lane a slice.
  ///
  /// It is of a size that the lane will be done with in half the time that is left, and lies so far ahead that the workers
  /// come to it when it is done: so they need not wait for it, however slow the device, and need no more slots. While
  /// nothing is known of the device, one small slice is tried. A device gets nothing where the workers will be done with
  /// all that is left in the same time.
  ///
  /// The first slice is never a lane's.
  package mutating func next(forLane lane: Int, at seconds: Double) -> Offer {
    guard let tail = spans.last, !tail.isForWorkers, tail.endWindowBytes == 0,
      !lanes.isLost, lanes.uselessInARow < LaneState.uselessInARowMax
    else { return .nothing }
    let slot = workerSlots + lane
    guard handedOutCount > 0, inFlightSlices[slot] == nil, lanes.takenBack == 0 else { return .wait(until: nil) }
    if lanes.areAlone {
      let sizes = SliceSizes(
        largestBytes: lanes.largestBytes, smallestBytes: lanes.smallestBytes, workers: lanes.active)
      return .slice(takeForLane(sizes.bytes(ofSliceIn: tail.range.count), after: 0, slot: slot, at: seconds))
    }
    guard let workersRate else { return .wait(until: nil) }
    guard tail.range.count >= lanes.smallestBytes else { return .nothing }
    guard !lanes.timing.isUnknown else {
      if lanes.atWork > 0 { return .wait(until: nil) }
      let gap = min(tail.range.count / 4, workerSlots * sizes.largestBytes)
      guard tail.range.count - gap >= lanes.smallestBytes else { return .nothing }
      return .slice(takeForLane(lanes.smallestBytes, after: gap, slot: slot, at: seconds))
    }
    guard let (byteCount, gap) = laneSlice(in: tail, workersRate) else { return .nothing }
    return .slice(takeForLane(byteCount, after: gap, slot: slot, at: seconds))
  }

  /// What all workers do in a second.
  private var workersRate: Double? {
    workerTiming.rate(ofSlicesOf: sizes.largestBytes).map { $0 * Double(sizes.workers) }
  }

  /// How large a lane's slice is best, and how far into what nobody has taken it lies; nil if there is none that pays.
  private func laneSlice(in tail: Span, _ workersRate: Double) -> (byteCount: Int, gap: Int)? {
    let leftBytes = spans.reduce(0) { $0 + $1.range.count }
    let largest = lanes.uselessInARow > 0 ? lanes.smallestBytes : lanes.triedBytes
    let lanesRate = (lanes.timing.rate(ofSlicesOf: largest) ?? 0) * Double(lanes.active)
    let leftSeconds = Double(leftBytes) / (workersRate + lanesRate)
    let half = lanes.timing.byteCount(within: leftSeconds / 2) ?? 0
    let byteCount = min(max(lanes.smallestBytes, min(half, largest)), tail.range.count)
    guard let seconds = lanes.timing.expectedSeconds(for: byteCount), seconds < 0.75 * Double(leftBytes) / workersRate
    else { return nil }
    // Where the workers are the faster part, they must not wait: a quarter more than what they do meanwhile, as times
    // vary. Where the lanes are, it is they that must not wait.
    let margin = 0.25 + 1 / (1 + lanesRate / (5 * workersRate))
    let aheadBytes = leftBytes - tail.range.count + workerBytesAtWork
    let gap = Int(min(Double(tail.range.count), margin * workersRate * seconds)) - aheadBytes
    return (byteCount, min(gap, tail.range.count - byteCount))
  }

  private var workerBytesAtWork: Int {
    inFlightSlices[..<workerSlots].reduce(0) { $0 + ($1?.state == .atWork ? $1?.order.count ?? 0 : 0) }
  }

  /// Takes a slice from what follows so many bytes of the last span, which become a span of the workers.
  private mutating func takeForLane(_ byteCount: Int, after gap: Int, slot: Int, at seconds: Double) -> Slice {
    // As much as the last worker's slice before a lane's will have.
    let windowBytes = min(SliceBoundary.windowBytes, sizes.smallestBytes)
    if gap >= sizes.smallestBytes {
      var span = spans.removeLast()
      let middle = span.range.lowerBound + gap
      spans.append(
        Span(
          range: span.range.lowerBound..<middle, cutWindowBytes: span.cutWindowBytes, endWindowBytes: windowBytes))
      span.range = middle..<span.range.upperBound
      span.cutWindowBytes = windowBytes
      spans.append(span)
    }
    lanes.atWork += 1
    return take(
      byteCount, from: spans.count - 1, slot: slot, endWindowBytes: min(windowBytes, byteCount), at: seconds)
  }

  // MARK: Coming back

  /// A lane's slice was of no use: the workers do it.
  package mutating func giveBack(_ slice: Slice) {
    guard endLaneWork(slice, isUsable: false), let inFlightSlice = inFlightSlices[slice.slot] else { return }
    inFlightSlices[slice.slot] = nil
    returnToWorkers(inFlightSlice)
  }

  /// A lane is no longer at work on a slice.
  ///
  /// - Returns: Whether somebody waits for it.
  mutating func endLaneWork(_ slice: Slice, isUsable: Bool) -> Bool {
    lanes.uselessInARow = isUsable ? 0 : lanes.uselessInARow + 1
    guard inFlightSlices[slice.slot]?.state == .takenBack else {
      lanes.atWork -= 1
      return true
    }
    inFlightSlices[slice.slot] = nil
    lanes.takenBack -= 1
    return false
  }

  /// Until when workers that have nothing else to do should wait for a lane's slice, rather than do it themselves: for as
  /// long again as they would take, once it is due; nil if they are done sooner, or nothing is known.
  func waitEndSeconds(for inFlightSlice: InFlightSlice, at seconds: Double) -> Double? {
    let byteCount = inFlightSlice.order.count
    guard let workersRate, let expected = lanes.timing.expectedSeconds(for: byteCount) else { return nil }
    let ownSeconds = Double(byteCount) / workersRate
    let dueSeconds = inFlightSlice.slice.takenSeconds + expected
    let endSeconds = dueSeconds + ownSeconds
    return seconds + ownSeconds < dueSeconds || seconds >= endSeconds ? nil : endSeconds
  }

  /// Gives a slice to the workers that a lane is at work on.
  mutating func takeBack(_ inFlightSlice: InFlightSlice, at seconds: Double) {
    lanes.timing.learn(inFlightSlice.order.count, tookAtLeast: seconds - inFlightSlice.slice.takenSeconds)
    lanes.atWork -= 1
    lanes.takenBack += 1
    inFlightSlices[inFlightSlice.slice.slot]?.state = .takenBack
    returnToWorkers(inFlightSlice)
  }

  private mutating func returnToWorkers(_ inFlightSlice: InFlightSlice) {
    lanes.returnedCount += 1
    let index = spans.firstIndex { $0.range.lowerBound > inFlightSlice.order.lowerBound } ?? spans.count
    spans.insert(
      Span(
        range: inFlightSlice.order, cutWindowBytes: inFlightSlice.slice.cutWindowBytes,
        endWindowBytes: inFlightSlice.slice.endWindowBytes, isForWorkers: true), at: index)
  }
}
