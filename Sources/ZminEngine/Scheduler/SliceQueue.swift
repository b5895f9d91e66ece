/// Which slices are on their way and which is next: the order of a run, apart from who works.
///
/// Slices are done in any order, and joined in the order of the input, one at a time. No more are on their way than there
/// are slots. CPU workers take what comes first of what nobody has taken. A device's slice is taken further on
/// (``next(forLane:at:)``), and what nobody has taken before it is the workers': so the input is cut into spans.
///
/// Time is what the callers say it is, in seconds from any moment.
package struct SliceQueue: Sendable {
  /// A slice that is handed out.
  package struct Slice: Sendable, Equatable {
    /// How many were handed out before it.
    package let number: Int
    /// The memory that it has. The lanes' come after the workers'.
    package let slot: Int
    /// Where it is wished to begin and end; nil where the input comes in order, and it has what comes next.
    package let range: Range<Int>?
    /// How many bytes before the range are the slice's or those before it: its first cut is found there.
    package let cutWindowBytes: Int
    /// How many of the range's last bytes are the slice's or those after it: its last cut is found there.
    package let endWindowBytes: Int
    /// Whether it goes to the end of an input that has places.
    package let isLast: Bool
    /// When it was taken.
    let takenSeconds: Double

    /// Start in the order of joining: an offset in a seekable input, a sequence number in any other.
    var orderStart: Int { range?.lowerBound ?? number }
  }

  /// What there is for whoever asks for a slice.
  package enum Offer: Sendable {
    case slice(Slice)
    /// Nothing now: to ask again when something has happened, and at that time at the latest.
    case wait(until: Double?)
    /// Nothing now or later.
    case nothing
  }

  /// A part of the input that nobody has taken.
  struct Span: Sendable {
    var range: Range<Int>
    /// How many bytes before it are looked at for the cut at its start.
    var cutWindowBytes: Int
    /// How many of its last bytes are looked at for the cut at its end; 0 at the end of the input.
    let endWindowBytes: Int
    /// Whether a device has had it, to no use.
    var isForWorkers = false
  }

  /// A slice on its way.
  struct InFlightSlice: Sendable {
    enum State: Sendable {
      case atWork, done
      /// A device is at work on it still, and what it will say is of no use any more.
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
  /// Where each slice that is done begins, by slot; -1 for the others.
  private var doneStarts: [Int]
  /// The slots that no worker has. The one that was freed last goes first, as its memory is likely in a cache.
  private var freeSlots: [Int]
  /// How many slots workers have together.
  let workerSlots: Int
  /// In the order of the input.
  var spans: [Span] = []
  private(set) var handedOutCount = 0
  private var joinedEnd = 0
  private var joiningSlot: Int?
  private var hasEnded = false
  /// What is known of the devices at work.
  var lanes: LaneState
  /// How long slices take workers.
  package var workerTiming: SliceTiming

  /// - Parameters:
  ///   - byteCount: How long the input is; nil where it comes in order, and ends with ``end()``.
  ///   - sizes: How large the workers' slices are.
  ///   - slots: How many they may have on their way.
  ///   - lanesAreAlone: Whether workers take only what lanes cannot.
  ///   - workerTiming: What was learnt with other inputs.
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

  /// Whether all slices are handed out, and none can come back.
  package var isHandedOut: Bool { hasEnded && spans.isEmpty && lanes.atWork == 0 }

  /// Whether all slices are joined.
  package var isJoined: Bool { hasEnded && spans.isEmpty && joinedEnd == byteCount ?? handedOutCount }

  /// Makes room for the slices of so many lanes.
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
      // What stands behind a slice that a device has must leave slots for that slice, should it come back.
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

  /// How much of a span a worker takes; nil if it does better to leave it to the lanes.
  private func bytes(ofSliceIn span: Span) -> Int? {
    let left = span.isForWorkers ? span.range.count : spans.reduce(0) { $0 + $1.range.count }
    var bytes = min(sizes.bytes(ofSliceIn: left), span.range.count)
    // The first one is a worker's in any case.
    if handedOutCount > 0, !span.isForWorkers, let limit = lanes.bytesInTime(of: workerTiming) {
      if span.endWindowBytes == 0, limit < sizes.smallestBytes { return nil }
      bytes = min(bytes, max(sizes.smallestBytes, limit))
    }
    let rest = span.range.count - bytes
    guard rest > 0, rest < max(sizes.smallestBytes, span.endWindowBytes) else { return bytes }
    // What would be left is too little for a slice, or for the cut at its end to be found in.
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

  /// The input that comes in order has ended with the slice that was handed out last.
  package mutating func end() { hasEnded = true }

  // MARK: Done and joined

  /// A slice is done, and waits for those before it.
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

  /// The slot of the slice that is to be joined next, if it is done and none is being joined: it is from now on.
  package mutating func beginJoin() -> Int? {
    guard joiningSlot == nil, let slot = doneStarts.firstIndex(of: joinedEnd) else { return nil }
    joiningSlot = slot
    return slot
  }

  /// The slice that was being joined is, and its slot is free.
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
