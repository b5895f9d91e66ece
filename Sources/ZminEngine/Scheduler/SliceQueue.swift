/// The order of a run: the slices in flight, and the next one. It knows no threads.
///
/// Slices are minified in any order, and joined in the order of the input, one at a time. Each slice in flight has a
/// slot. A CPU worker gets the first bytes that are not handed out. A lane gets a slice further on
/// (``next(forLane:at:)``), and the bytes before that are left to the workers. So the rest of the input is a list of
/// spans.
///
///     joined │ in flight │ span of the workers │ a lane's slice │ last span
///
/// The callers give the time, in seconds from any moment.
package struct SliceQueue: Sendable {
  /// A slice that is handed out.
  package struct Slice: Sendable, Equatable {
    /// Slices that were handed out before it.
    package let number: Int
    /// Number of its slot. The slots of lanes come after those of the workers.
    package let slot: Int
    /// Wished range in the input; nil if the input is read in order, and the slice is whatever comes next.
    package let range: Range<Int>?
    /// Bytes before the range in which the boundary at its start is found.
    package let cutWindowBytes: Int
    /// Last bytes of the range in which the boundary at its end is found.
    package let endWindowBytes: Int
    /// True if it ends at the end of an input of known size.
    package let isLast: Bool
    /// Time at which it was handed out.
    let takenSeconds: Double

    /// Start in the order of joining: an offset in a seekable input, a sequence number in any other.
    var orderStart: Int { range?.lowerBound ?? number }
  }

  /// Answer to a worker or lane that asks for a slice.
  package enum Offer: Sendable {
    case slice(Slice)
    /// No slice now. Ask again after the next event, or at that time.
    case wait(until: Double?)
    /// No slice now or later.
    case nothing
  }

  /// A part of the input that is not handed out.
  struct Span: Sendable {
    var range: Range<Int>
    /// Bytes before it in which the boundary at its start is found.
    var cutWindowBytes: Int
    /// Its last bytes, in which the boundary at its end is found; 0 at the end of the input.
    let endWindowBytes: Int
    /// True if a device has returned it.
    var isForWorkers = false
  }

  /// A slice that is handed out and not joined.
  struct InFlightSlice: Sendable {
    enum State: Sendable {
      case atWork, done
      /// A device still works on it, but the slice was given to the workers.
      case takenBack
    }

    let slice: Slice
    var state = State.atWork
    /// Range in the order of joining: offsets in a seekable input, one sequence number in any other.
    let order: Range<Int>
  }

  let sizes: SliceSizes
  private let byteCount: Int?
  /// By slot.
  var inFlightSlices: [InFlightSlice?]
  /// Start of each slice that is done, by slot; -1 for the others.
  private var doneStarts: [Int]
  /// Free slots of the workers. The last one freed is used first, since its memory is likely in a cache.
  private var freeSlots: [Int]
  /// Slots of all workers.
  let workerSlots: Int
  /// In the order of the input.
  var spans: [Span] = []
  private(set) var handedOutCount = 0
  private var joinedEnd = 0
  private var joiningSlot: Int?
  private var hasEnded = false
  /// State of the lanes.
  var lanes: LaneState
  /// Times of the workers' slices.
  package var workerTiming: SliceTiming

  /// - Parameters:
  ///   - byteCount: Size of the input; nil if it is read in order, and ends with ``end()``.
  ///   - sizes: Sizes of the workers' slices.
  ///   - slots: Slices of workers in flight, at most.
  ///   - lanesAreAlone: True if workers get only the slices that lanes cannot take.
  ///   - workerTiming: Times of earlier inputs.
  ///   - laneTiming: The same of lanes.
  package init(
    byteCount: Int?, sizes: SliceSizes, slots: Int, lanesAreAlone: Bool = false, workerTiming: SliceTiming = .worker,
    laneTiming: SliceTiming = .lane
  ) {
    self.byteCount = byteCount
    self.sizes = sizes
    self.workerTiming = workerTiming
    workerSlots = slots
    inFlightSlices = Array(repeating: nil, count: slots)
    doneStarts = Array(repeating: -1, count: slots)
    freeSlots = Array((0..<slots).reversed())
    lanes = LaneState(areAlone: lanesAreAlone, timing: laneTiming)
    if let byteCount, byteCount > 0 {
      spans.append(Span(range: 0..<byteCount, cutWindowBytes: 0, endWindowBytes: 0))
    }
    hasEnded = byteCount != nil
  }

  /// True if all slices are handed out, and none can come back.
  package var isHandedOut: Bool { hasEnded && spans.isEmpty && lanes.atWork == 0 }

  /// True if all slices are joined.
  package var isJoined: Bool { hasEnded && spans.isEmpty && joinedEnd == byteCount ?? handedOutCount }

  /// Adds the slots of so many lanes.
  mutating func addSlots(_ count: Int) {
    inFlightSlices += Array(repeating: nil, count: count)
    doneStarts += Array(repeating: -1, count: count)
    spans.reserveCapacity(2 * inFlightSlices.count)
  }

  // MARK: Handing out

  /// Hands a worker the next slice.
  package mutating func next(at seconds: Double) -> Offer {
    guard byteCount != nil else { return nextInOrder(at: seconds) }
    let isShared = !lanes.areAlone || lanes.active == 0 || lanes.isLost || handedOutCount == 0
    let late = firstInFlightLaneSlice
    if let index = spans.firstIndex(where: { isShared || $0.isForWorkers }) {
      let isBehind = late.map { $0.order.lowerBound < spans[index].range.lowerBound } ?? false
      // Slices behind one that a device has must leave slots for that one, since it may come back.
      if freeSlots.count > (isBehind ? max(1, workerSlots / 2) : 0), let wantedBytes = bytes(ofSliceIn: spans[index]) {
        return .slice(takeForWorker(index, wantedBytes, at: seconds))
      }
    }
    if let late, !lanes.areAlone, !freeSlots.isEmpty {
      if let endSeconds = waitEndSeconds(for: late, at: seconds) { return .wait(until: endSeconds) }
      takeBack(late, at: seconds)
      return next(at: seconds)
    }
    return isHandedOut ? .nothing : .wait(until: nil)
  }

  private mutating func nextInOrder(at seconds: Double) -> Offer {
    if hasEnded { return .nothing }
    guard let slot = freeSlots.popLast() else { return .wait(until: nil) }
    let slice = Slice(
      number: handedOutCount, slot: slot, range: nil, cutWindowBytes: 0, endWindowBytes: 0, isLast: false,
      takenSeconds: seconds)
    inFlightSlices[slot] = InFlightSlice(slice: slice, order: handedOutCount..<handedOutCount + 1)
    handedOutCount += 1
    return .slice(slice)
  }

  /// Returns the size of a worker's slice in a span, nil if the span is better left to the lanes.
  private func bytes(ofSliceIn span: Span) -> Int? {
    let left = span.isForWorkers ? span.range.count : spans.reduce(0) { $0 + $1.range.count }
    var bytes = min(sizes.bytes(ofSliceIn: left), span.range.count)
    // The first slice always goes to a worker.
    if handedOutCount > 0, !span.isForWorkers, let limit = lanes.bytesInTime(of: workerTiming) {
      if span.endWindowBytes == 0, limit < sizes.smallestBytes { return nil }
      bytes = min(bytes, max(sizes.smallestBytes, limit))
    }
    let rest = span.range.count - bytes
    guard rest > 0, rest < max(sizes.smallestBytes, span.endWindowBytes) else { return bytes }
    // The rest would be too small for a slice, or to find the boundary at its end in.
    return span.range.count <= sizes.largestBytes
      ? span.range.count : min(sizes.largestBytes, span.range.count - span.endWindowBytes)
  }

  private mutating func takeForWorker(_ index: Int, _ byteCount: Int, at seconds: Double) -> Slice {
    let endsSpan = byteCount == spans[index].range.count
    let endWindowBytes = endsSpan ? spans[index].endWindowBytes : min(SliceBoundary.windowBytes, byteCount)
    return take(byteCount, from: index, slot: freeSlots.removeLast(), endWindowBytes: endWindowBytes, at: seconds)
  }

  /// Takes a slice from the start of a span.
  mutating func take(
    _ takenBytes: Int, from index: Int, slot: Int, endWindowBytes: Int, at seconds: Double
  ) -> Slice {
    let range = spans[index].range
    let end = range.lowerBound + takenBytes
    let slice = Slice(
      number: handedOutCount, slot: slot, range: range.lowerBound..<end, cutWindowBytes: spans[index].cutWindowBytes,
      endWindowBytes: end == byteCount ? 0 : endWindowBytes, isLast: end == byteCount, takenSeconds: seconds)
    if end == range.upperBound {
      spans.remove(at: index)
    } else {
      spans[index].range = end..<range.upperBound
      spans[index].cutWindowBytes = endWindowBytes
    }
    inFlightSlices[slot] = InFlightSlice(slice: slice, order: range.lowerBound..<end)
    handedOutCount += 1
    return slice
  }

  /// Notes that the slice handed out last is the end of an input that is read in order.
  package mutating func end() { hasEnded = true }

  // MARK: Done and joined

  /// Notes that a slice is done, and waits for those before it.
  package mutating func finish(_ slice: Slice, at seconds: Double) {
    let isLane = slice.slot >= workerSlots
    let tookSeconds = seconds - slice.takenSeconds
    if let byteCount = slice.range?.count {
      if isLane {
        lanes.timing.learn(byteCount, took: tookSeconds)
      } else {
        workerTiming.learn(byteCount, took: tookSeconds)
      }
    }
    if isLane, !endLaneWork(slice, isUsable: true) { return }
    inFlightSlices[slice.slot]?.state = .done
    doneStarts[slice.slot] = inFlightSlices[slice.slot]?.order.lowerBound ?? -1
  }

  /// Begins to join the next slice, if it is done and no other is being joined.
  ///
  /// - Returns: Its slot.
  package mutating func beginJoin() -> Int? {
    guard joiningSlot == nil, let slot = doneStarts.firstIndex(of: joinedEnd) else { return nil }
    joiningSlot = slot
    return slot
  }

  /// Ends the join, and frees the slot.
  package mutating func endJoin() {
    guard let slot = joiningSlot, let inFlightSlice = inFlightSlices[slot] else {
      preconditionFailure("no slice is being joined")
    }
    joinedEnd = inFlightSlice.order.upperBound
    inFlightSlices[slot] = nil
    doneStarts[slot] = -1
    joiningSlot = nil
    if slot < workerSlots { freeSlots.append(slot) }
  }
}
