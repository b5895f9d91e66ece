import Testing
import ZminEngine
import ZminTestSupport

/// The order in which slices are handed out and joined.
@Suite struct SliceQueueTests {
  @Test("Slices cover the input without a gap") func slicesCoverTheInput() {
    var random = SplitMix64(seed: 51)
    for _ in 0..<2000 {
      let sizes = SliceSizes(
        largestBytes: 1 + random.below(100), smallestBytes: 1 + random.below(40), workers: 1 + random.below(5))
      let byteCount = random.below(1500)
      var queue = SliceQueue(byteCount: byteCount, sizes: sizes, slots: 1 + random.below(4))
      var end = 0
      var number = 0
      while let slice = queue.nextSlice() {
        #expect(slice.number == number && slice.range?.lowerBound == end)
        #expect(slice.cutWindowBytes <= end && (slice.cutWindowBytes > 0) == (number > 0))
        end = slice.range?.upperBound ?? -1
        #expect((1...sizes.largestBytes).contains(slice.range?.count ?? 0))
        #expect(slice.isLast == (end == byteCount))
        number += 1
        queue.finish(slice, at: 0)
        #expect(queue.beginJoin() == slice.slot)
        queue.endJoin()
      }
      #expect(end == byteCount && queue.isJoined)
    }
  }

  @Test("No more slices are in flight than there are slots") func noMoreAreOnTheirWayThanThereAreSlots() {
    var queue = SliceQueue(
      byteCount: 1000, sizes: SliceSizes(largestBytes: 10, smallestBytes: 10, workers: 1), slots: 3)
    let slices = (0..<3).compactMap { _ in queue.nextSlice() }
    #expect(Set(slices.map(\.slot)) == [0, 1, 2])
    #expect(queue.nextSlice() == nil)
    queue.finish(slices[1], at: 0)
    #expect(queue.beginJoin() == nil, "the first is not done")
    queue.finish(slices[0], at: 0)
    #expect(queue.beginJoin() == 0)
    #expect(queue.beginJoin() == nil, "one at a time")
    #expect(queue.nextSlice() == nil, "the slot is not free before it is joined")
    queue.endJoin()
    #expect(queue.nextSlice()?.slot == 0)
    #expect(queue.beginJoin() == 1)
  }

  @Test("An input that is read in order ends when the queue is told") func anInputInOrderEndsWhenItIsSaid() {
    var queue = SliceQueue(
      byteCount: nil, sizes: SliceSizes(largestBytes: 10, smallestBytes: 10, workers: 1), slots: 2)
    for number in 0..<5 {
      guard let slice = queue.nextSlice() else { return #expect(Bool(false), "no slice") }
      #expect(slice.number == number && slice.range == nil)
      queue.finish(slice, at: 0)
      if number == 4 { queue.end() }
      #expect(!queue.isJoined && queue.beginJoin() != nil)
      queue.endJoin()
    }
    #expect(queue.nextSlice() == nil && queue.isHandedOut && queue.isJoined)
  }

  @Test("Slices shrink toward the end of the input") func slicesShrinkTowardTheEnd() {
    var queue = SliceQueue(
      byteCount: 100_000, sizes: SliceSizes(largestBytes: 10_000, smallestBytes: 100, workers: 2), slots: 1000)
    var lengths: [Int] = []
    while let slice = queue.nextSlice() { lengths.append(slice.range?.count ?? 0) }
    #expect(lengths.first == 10_000)
    #expect(lengths.suffix(2).allSatisfy { $0 <= 250 })
    #expect(zip(lengths, lengths.dropFirst()).dropLast().allSatisfy { $0 >= $1 })
  }
}

extension SliceQueue {
  /// The next slice for a worker, nil if there is none now.
  fileprivate mutating func nextSlice() -> Slice? {
    if case .slice(let slice) = next(at: 0) { slice } else { nil }
  }
}
