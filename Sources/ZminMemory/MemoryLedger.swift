import Synchronization
import ZminBase

/// The book of every buffer that zmin holds.
///
/// No buffer, no stack and no memory of a device can be had without a ledger, so what the ledger says is all there is.
/// One ledger may serve any number of tasks at once. An entry costs a lock and a look at the clock; what is taken again
/// and again is entered once.
public final class MemoryLedger: Sendable {
  private let book = Mutex(LedgerBook())
  private let faults: (any MemoryFaults)?

  /// An empty ledger.
  public init() { faults = nil }

  /// An empty ledger for what is refused memory and threads now and then.
  package init(faults: any MemoryFaults) { self.faults = faults }

  /// What is held now, and the peaks so far.
  public func snapshot() -> MemorySnapshot {
    book.withLock { $0.snapshot }
  }

  /// What is held and not given back, the largest first.
  package func liveAllocations() -> [LiveAllocation] {
    book.withLock(\.liveAllocations).sorted { $0.byteCount > $1.byteCount }
  }

  /// How much of what is held now is in memory, by domain: pages that were never touched are not, nor what was swapped
  /// out. Memory whose place is not known, a driver's, is absent.
  ///
  /// It asks the kernel about each region while it holds the ledger's lock: microseconds a MiB.
  package func residentBytes() -> [MemoryDomain: Int] {
    book.withLock { $0.residentBytes() }
  }

  // MARK: Events

  /// Keeps what happens from now on, up to so many events; it is counted after that, and not kept.
  package func keepEvents(max eventsMax: Int) {
    book.withLock { $0.eventsMax = eventsMax }
  }

  /// The events that were kept, in their order, and how many there were beyond that.
  package var events: (kept: [LedgerEvent], lost: Int) {
    book.withLock { ($0.events, $0.lostEvents) }
  }

  // MARK: Pools

  /// What the slots of pools are doing now, in the order in which they were made.
  package var poolSlots: [PoolGauge] {
    book.withLock { $0.poolSlots.sorted { $0.key < $1.key }.map(\.value) }
  }

  /// What came of slots, those too that are there no more.
  package var poolUse: PoolUse {
    book.withLock { book in book.poolSlots.values.reduce(book.endedPoolUse) { $0.adding($1.use) } }
  }

  /// - Returns: What ``leave(_:)`` wants.
  func enter(_ slot: PoolGauge) -> Int {
    book.withLock {
      $0.poolSlotCount += 1
      $0.poolSlots[$0.poolSlotCount] = slot
      return $0.poolSlotCount
    }
  }

  func leave(_ number: Int) {
    book.withLock {
      guard let slot = $0.poolSlots.removeValue(forKey: number) else { return }
      $0.endedPoolUse = $0.endedPoolUse.adding(slot.use)
    }
  }

  // MARK: Entries

  /// Whether a test has this memory, or this thread, refused.
  package func refuses(_ purpose: MemoryPurpose) -> Bool { faults?.refuses(purpose) == true }

  /// - Returns: What ``free(_:)`` wants.
  func allocate(_ byteCount: Int, for purpose: MemoryPurpose, at address: UnsafeMutableRawPointer?) -> Int {
    let seconds = MonotonicClock.seconds()
    return book.withLock { unsafe $0.allocate(byteCount, for: purpose, at: address, seconds) }
  }

  func locate(_ number: Int, at address: UnsafeMutableRawPointer?) {
    book.withLock { unsafe $0.locate(number, at: address) }
  }

  /// - Parameter number: What ``allocate(_:for:at:)`` gave.
  func free(_ number: Int) {
    let seconds = MonotonicClock.seconds()
    book.withLock { $0.free(number, seconds) }
  }
}
