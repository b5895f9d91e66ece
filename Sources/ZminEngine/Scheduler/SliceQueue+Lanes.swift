/// State of the lanes that a queue hands slices to.
struct LaneState: Sendable {
  /// True if workers get only the slices that lanes cannot take.
  let areAlone: Bool
  /// Times of their slices.
  var timing: SliceTiming
  /// Bounds for the size of their slices.
  var smallestBytes = 0
  var largestBytes = 0
  /// Lanes that have not retired.
  var active = 0
  /// Slices that lanes work on and that are still wanted.
  var atWork = 0
  /// Slices that lanes still work on and that were taken back.
  var takenBack = 0
  /// Useless slices in a row.
  var uselessInARow = 0
  /// Slices that lanes have returned to the workers.
  var returnedCount = 0
  /// True if the device is lost.
  var isLost = false

  init(areAlone: Bool, timing: SliceTiming) {
    self.areAlone = areAlone
    self.timing = timing
  }

  /// Useless slices in a row after which a device gets no more of an input.
  static let uselessInARowMax = 8

  /// Largest slice to hand out now: four times the largest that was tried.
  var triedBytes: Int { min(largestBytes, max(smallestBytes, 4 * timing.largestBytes)) }

  /// Returns the size of a worker's slice that takes as long as a lane's. A larger one would hold up the lanes, since
  /// slices are joined in order.
  ///
  /// - Returns: Nil without lanes, or before their first slice.
  func bytesInTime(of worker: SliceTiming) -> Int? {
    guard active > 0, !isLost, takenBack == 0 else { return nil }
    return timing.expectedSeconds(for: triedBytes).flatMap { worker.byteCount(within: $0) }
  }
}

extension SliceQueue {
  /// Adds lanes. Their slots come after all others, in the order of the lanes.
  ///
  /// - Parameters:
  ///   - smallestBytes: Smallest slice of a lane.
  ///   - largestBytes: Largest slice of a lane.
  package mutating func addLanes(_ count: Int, smallestBytes: Int, largestBytes: Int) {
    addSlots(count)
    lanes.active = count
    lanes.largestBytes = largestBytes
    lanes.smallestBytes = min(smallestBytes, largestBytes)
  }

  /// Notes that a lane takes no more slices.
  package mutating func retireLane() { lanes.active -= 1 }

  /// Notes that the device is lost. Lanes get no more slices.
  package mutating func loseLanes() { lanes.isLost = true }

  /// Slices that lanes had and that workers minify again.
  package var returnedSliceCount: Int { lanes.returnedCount }

  /// Times of the lanes' slices.
  package var laneTiming: SliceTiming { lanes.timing }

  /// The first slice that a lane works on.
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
  /// Its size is such that the lane needs at most half of the time that is left. It lies so far ahead that the workers
  /// reach it when it is done. So they need not wait for it, however slow the device, and need no more slots. Before
  /// anything is known of the device, it gets one small slice. It gets none if the workers would finish the rest of the
  /// input in the same time.
  ///
  /// A lane never gets the first slice.
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

  /// Bytes that all workers minify in a second.
  private var workersRate: Double? {
    workerTiming.rate(ofSlicesOf: sizes.largestBytes).map { $0 * Double(sizes.workers) }
  }

  /// Returns the best size of a lane's slice and the bytes left to the workers before it, nil if no slice pays.
  private func laneSlice(in tail: Span, _ workersRate: Double) -> (byteCount: Int, gap: Int)? {
    let leftBytes = spans.reduce(0) { $0 + $1.range.count }
    let largest = lanes.uselessInARow > 0 ? lanes.smallestBytes : lanes.triedBytes
    let lanesRate = (lanes.timing.rate(ofSlicesOf: largest) ?? 0) * Double(lanes.active)
    let leftSeconds = Double(leftBytes) / (workersRate + lanesRate)
    let half = lanes.timing.byteCount(within: leftSeconds / 2) ?? 0
    let byteCount = min(max(lanes.smallestBytes, min(half, largest)), tail.range.count)
    guard let seconds = lanes.timing.expectedSeconds(for: byteCount), seconds < 0.75 * Double(leftBytes) / workersRate
    else { return nil }
    // The faster part must not wait. If the workers are faster, a quarter more is left to them than they do meanwhile,
    // since times vary.
    let margin = 0.25 + 1 / (1 + lanesRate / (5 * workersRate))
    let aheadBytes = leftBytes - tail.range.count + workerBytesAtWork
    let gap = Int(min(Double(tail.range.count), margin * workersRate * seconds)) - aheadBytes
    return (byteCount, min(gap, tail.range.count - byteCount))
  }

  private var workerBytesAtWork: Int {
    inFlightSlices[..<workerSlots].reduce(0) { $0 + ($1?.state == .atWork ? $1?.order.count ?? 0 : 0) }
  }

  /// Takes a slice from the last span, after so many bytes of it. These become a span of the workers.
  private mutating func takeForLane(_ byteCount: Int, after gap: Int, slot: Int, at seconds: Double) -> Slice {
    // At most the size of the last worker's slice before the lane's.
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

  /// Returns a lane's slice to the workers.
  package mutating func giveBack(_ slice: Slice) {
    guard endLaneWork(slice, isUsable: false), let inFlightSlice = inFlightSlices[slice.slot] else { return }
    inFlightSlices[slice.slot] = nil
    returnToWorkers(inFlightSlice)
  }

  /// Notes that a lane no longer works on a slice.
  ///
  /// - Returns: False if the slice was taken back meanwhile.
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

  /// Returns the time until which idle workers should wait for a lane's slice before they minify it themselves.
  ///
  /// They wait past the time at which it is due by as long as they would take for it.
  ///
  /// - Returns: Nil if they would finish it sooner, or if no times are known.
  func waitEndSeconds(for inFlightSlice: InFlightSlice, at seconds: Double) -> Double? {
    let byteCount = inFlightSlice.order.count
    guard let workersRate, let expected = lanes.timing.expectedSeconds(for: byteCount) else { return nil }
    let ownSeconds = Double(byteCount) / workersRate
    let dueSeconds = inFlightSlice.slice.takenSeconds + expected
    let endSeconds = dueSeconds + ownSeconds
    return seconds + ownSeconds < dueSeconds || seconds >= endSeconds ? nil : endSeconds
  }

  /// Gives a slice that a lane works on to the workers.
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
