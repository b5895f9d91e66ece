/// Which slices are on their way and which is next: the order of a run, apart from who works and when.
///
/// Slices are numbered in the order of the input. They are handed out in that order, done in any, and joined in that
/// order again, one at a time. No more are on their way than there are slots.
package struct SliceQueue: Sendable {
  /// A slice that is handed out.
  package struct Slice: Sendable, Equatable {
    /// How many come before it.
    package let number: Int
    /// The memory that it has.
    package let slot: Int
    /// Where it is wished to begin and end; nil where the input comes in order, and it has what comes next.
    package let range: Range<Int>?
    /// How many bytes before the range are the slice's or those before it: its first cut is found there.
    package let cutWindowBytes: Int
    /// Whether it goes to the end of an input that has places.
    package let isLast: Bool
  }

  private struct Progress {
    var slot = 0
    var isDone = false
  }

  private let sizes: SliceSizes
  private let byteCount: Int?
  /// How far each slice has come that was handed out and is not yet joined: a ring, by number.
  private var progress: [Progress]
  /// The slots that no slice has. The one that was freed last goes first, as its memory is likely in a cache.
  private var freeSlots: [Int]
  private var handedOutCount = 0
  private var handedOutBytes = 0
  private var nextCutWindowBytes = 0
  private var joinedCount = 0
  private var isJoining = false
  /// Whether all slices are handed out.
  package private(set) var isHandedOut: Bool

  /// - Parameters:
  ///   - byteCount: How long the input is; nil where it comes in order, and ends with ``end()``.
  ///   - sizes: How large slices are.
  ///   - slots: How many may be on their way.
  package init(byteCount: Int?, sizes: SliceSizes, slots: Int) {
    self.byteCount = byteCount
    self.sizes = sizes
    progress = Array(repeating: Progress(), count: slots)
    freeSlots = Array((0..<slots).reversed())
    isHandedOut = byteCount == 0
  }

  /// Whether all slices are joined.
  package var isJoined: Bool { isHandedOut && joinedCount == handedOutCount }

  /// Hands out the next slice; nil if there is none, or no slot for it.
  package mutating func next() -> Slice? {
    guard !isHandedOut, let slot = freeSlots.popLast() else { return nil }
    var slice = Slice(number: handedOutCount, slot: slot, range: nil, cutWindowBytes: 0, isLast: false)
    if let byteCount {
      let end = handedOutBytes + sizes.bytes(ofSliceIn: byteCount - handedOutBytes)
      slice = Slice(
        number: handedOutCount, slot: slot, range: handedOutBytes..<end, cutWindowBytes: nextCutWindowBytes,
        isLast: end == byteCount)
      nextCutWindowBytes = min(SliceCut.windowBytes, end - handedOutBytes)
      handedOutBytes = end
      isHandedOut = slice.isLast
    }
    progress[handedOutCount % progress.count] = Progress(slot: slot)
    handedOutCount += 1
    return slice
  }

  /// The input that comes in order has ended with the slice that was handed out last.
  package mutating func end() { isHandedOut = true }

  /// A slice is done, and waits for those before it.
  package mutating func finish(_ slice: Slice) { progress[slice.number % progress.count].isDone = true }

  /// The slot of the slice that is to be joined next, if it is done and none is being joined: it is from now on.
  package mutating func beginJoin() -> Int? {
    let next = progress[joinedCount % progress.count]
    guard !isJoining, joinedCount < handedOutCount, next.isDone else { return nil }
    isJoining = true
    return next.slot
  }

  /// The slice that was being joined is, and its slot is free.
  package mutating func endJoin() {
    isJoining = false
    freeSlots.append(progress[joinedCount % progress.count].slot)
    joinedCount += 1
  }
}

/// How large slices are.
///
/// They are all as large as they may be, until what is left would not give each worker two more. Then they shrink, so
/// that none is at work for long after the others have run out of it.
package struct SliceSizes: Sendable, Equatable {
  /// The most that a slice has.
  package let largestBytes: Int
  /// The least, but for the last.
  package let smallestBytes: Int
  package let workers: Int

  package init(largestBytes: Int, smallestBytes: Int, workers: Int) {
    self.largestBytes = largestBytes
    self.smallestBytes = min(smallestBytes, largestBytes)
    self.workers = workers
  }

  /// The size of the next slice where so much is left.
  func bytes(ofSliceIn leftBytes: Int) -> Int {
    let share = (leftBytes + 2 * workers - 1) / (2 * workers)
    let bytes = min(largestBytes, max(smallestBytes, share))
    // What would be left is too little for a slice, or for a cut to be found in.
    return leftBytes - bytes < smallestBytes ? min(leftBytes, largestBytes) : bytes
  }
}
