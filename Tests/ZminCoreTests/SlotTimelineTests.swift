import Testing

@testable import ZminMemory

/// States of pool slots over time.
@Suite struct SlotTimelineTests {
  @Test("Few changes are all kept")
  func fewChanges() {
    var timeline = SlotTimeline()
    timeline.append(.free, at: 1)
    timeline.append(.reading, at: 1.000001)
    timeline.append(.reading, at: 1.5)
    timeline.append(.working, at: 2)
    #expect(timeline.changes.map(\.state) == [.free, .reading, .working] && timeline.resolutionSeconds == 0)
    #expect(timeline.state(from: 0, to: 0.5) == nil)
    #expect(timeline.state(from: 0, to: 1.2) == .reading && timeline.state(from: 1.9, to: 2.5) == .working)
    #expect(timeline.state(from: 3, to: 3) == .working && timeline.state(from: 3, to: 9) == .working)
  }

  @Test("Many changes take bounded memory, and each state keeps its share of the time")
  func manyChanges() {
    var timeline = SlotTimeline()
    // A quarter of the time is reading. The steps differ, so that no rhythm of the timeline meets theirs.
    var (seconds, step) = (0.0, 1.0)
    for _ in 0..<100_000 {
      timeline.append(.reading, at: seconds)
      timeline.append(.working, at: seconds + step / 4)
      seconds += step
      step = step * 1.37 > 2 ? step * 1.37 - 1.5 : step * 1.37
    }
    #expect(timeline.changes.count < SlotTimeline.changesMax && timeline.changes.count > SlotTimeline.changesMax / 8)
    #expect(zip(timeline.changes, timeline.changes.dropFirst()).allSatisfy { $0.state != $1.state })
    #expect(zip(timeline.changes, timeline.changes.dropFirst()).allSatisfy { $0.seconds < $1.seconds })
    let reading = zip(timeline.changes, timeline.changes.dropFirst()).filter { $0.0.state == .reading }
      .reduce(0) { $0 + $1.1.seconds - $1.0.seconds }
    #expect((0.15...0.35).contains(reading / seconds), "\(reading / seconds)")
  }

  @Test("Slots are recorded only while events are kept, and outlive their slot")
  func recording() {
    let ledger = MemoryLedger()
    let before = PoolSlot(.window, capacityBytes: 1, in: ledger)
    ledger.keepEvents(max: 1)
    do {
      let slot = PoolSlot(.slice, capacityBytes: 10, in: ledger)
      slot.setState(.working)
    }
    before.setState(.reading)
    #expect(ledger.recordedSlots.map { $0.timeline.changes.map(\.state) } == [[.free, .working, .free]])
    _ = consume before
  }
}
