import Testing

@testable import ZminMemory

/// Events, pool slots, resident memory and refusals of a ledger.
@Suite struct MemoryLedgerTests {
  @Test("Events beyond the maximum are counted and not recorded")
  func eventsBeyondTheMaximumAreCounted() throws {
    let ledger = MemoryLedger()
    ledger.keepEvents(max: 3)
    for _ in 0..<4 { _ = try ByteBuffer(byteCount: 100, for: .nesting, in: ledger) }
    #expect(ledger.events.kept.count == 3)
    #expect(ledger.events.lost == 5)
  }

  @Test("Slots are listed in the order created, and totals include destroyed slots")
  func slotsAreListedAndTotalled() {
    let ledger = MemoryLedger()
    let first = PoolSlot(.window, capacityBytes: 100, in: ledger)
    let second = PoolSlot(.slice, capacityBytes: 200, in: ledger)
    first.take(byteCount: 60)
    first.take(byteCount: 40)
    second.take(byteCount: 200)
    second.setState(.working)
    #expect(ledger.poolSlots.map(\.kind) == [.window, .slice])
    #expect(ledger.poolSlots.map(\.state) == [.free, .working])
    do {
      let third = PoolSlot(.lane, capacityBytes: 100, in: ledger)
      third.take(byteCount: 0)
    }
    #expect(ledger.poolUse == PoolUse(slots: 3, takes: 4, filledBytes: 300, roomBytes: 500))
    #expect(ledger.poolUse.fragmentation == 0.4 && ledger.poolUse.reuses == 1)
    #expect(PoolUse().fragmentation == nil)
  }

  @Test("Only touched pages are resident")
  func onlyTouchedPagesAreResident() throws {
    let ledger = MemoryLedger()
    let touched = try ByteBuffer(byteCount: 40_000, for: .nesting, in: ledger)
    let untouched = try ByteBuffer(byteCount: 10_000_000, for: .fileList, in: ledger)
    for offset in stride(from: 0, to: 40_000, by: 1000) { touched.bytes[offset] = 1 }
    let resident = ledger.residentBytes()[.heap] ?? 0
    #expect((40_000..<10_000_000).contains(resident))
    #expect(untouched.bytes.count + touched.bytes.count == ledger.snapshot().total.currentBytes)
    #expect(ledger.liveAllocations().map(\.byteCount) == [10_000_000, 40_000])
  }

  @Test("An injected fault refuses memory of its purpose only")
  func faultsRefuseTheirPurpose() {
    struct Refusal: MemoryFaults {
      func refuses(_ purpose: MemoryPurpose) -> Bool { purpose == .nesting }
    }
    let ledger = MemoryLedger(faults: Refusal())
    #expect(throws: OutOfMemory(byteCount: 10, purpose: .nesting)) {
      _ = try ByteBuffer(byteCount: 10, for: .nesting, in: ledger)
    }
    #expect(throws: Never.self) { _ = try ByteBuffer(byteCount: 10, for: .fileList, in: ledger) }
    #expect(ledger.snapshot().total.allocations == 1)
  }

  @Test("Host memory has no stacks, whose size is only a bound")
  func stacksAreNoHostMemory() throws {
    let ledger = MemoryLedger()
    let stack = LedgerEntry(byteCount: 8 << 20, for: .threadStack, in: ledger)
    _ = try ByteBuffer(byteCount: 100, for: .nesting, in: ledger)
    _ = consume stack
    let snapshot = ledger.snapshot()
    #expect(snapshot.host.peakBytes == 100 && snapshot.hostPeak.bytes == [.nesting: 100])
    #expect(snapshot.domains[.stack]?.peakBytes == 8 << 20 && snapshot.total.peakBytes == (8 << 20) + 100)
  }

  @Test("Figures since a moment leave out what was allocated before")
  func figuresSince() throws {
    let ledger = MemoryLedger()
    let before = try ByteBuffer(byteCount: 1000, for: .fileList, in: ledger)
    let start = ledger.snapshot()
    _ = try ByteBuffer(byteCount: 100, for: .nesting, in: ledger)
    let figures = ledger.snapshot().since(start)
    #expect(figures.total.allocations == 1 && figures.total.frees == 1 && figures.total.currentBytes == 0)
    #expect(figures.total.peakBytes == 1100 && figures.purposes[.fileList]?.allocations == 0)
    #expect(figures.sizeClasses == [7: 1])
    _ = consume before
  }
}
