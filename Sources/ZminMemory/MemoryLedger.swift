import Synchronization
import ZminBase

/// A record of all memory that zmin holds.
///
/// Buffers, thread stacks and device memory can only be allocated through a ledger, so its figures are complete. One
/// ledger may serve any number of tasks at once. An entry costs a lock and a clock reading. Reused memory is entered
/// once.
public final class MemoryLedger: Sendable {
  private let book = Mutex(LedgerBook())
  private let faults: (any MemoryFaults)?

  /// Creates an empty ledger.
  public init() { faults = nil }

  /// Creates an empty ledger that refuses memory and threads as a test asks.
  package init(faults: any MemoryFaults) { self.faults = faults }

  /// Returns the memory held now and the peaks so far.
  public func snapshot() -> MemorySnapshot {
    book.withLock { $0.snapshot }
  }

  /// Returns the allocations not yet freed, largest first.
  package func liveAllocations() -> [LiveAllocation] {
    book.withLock(\.liveAllocations).sorted { $0.byteCount > $1.byteCount }
  }

  /// Returns the resident bytes of the memory held now, by domain. Pages never touched or swapped out do not count.
  /// Memory without a known address, such as a driver's, is left out.
  ///
  /// - Complexity: One system call per 4 MiB, made while the ledger's lock is held.
  package func residentBytes() -> [MemoryDomain: Int] {
    book.withLock { $0.residentBytes() }
  }

  // MARK: Events

  /// Records events from now on, at most `eventsMax`, and the states of pool slots. Later events are only counted.
  package func keepEvents(max eventsMax: Int) {
    book.withLock { $0.eventsMax = eventsMax }
  }

  /// The recorded events in order, and the number of events not recorded.
  package var events: (kept: [LedgerEvent], lost: Int) {
    book.withLock { ($0.events, $0.lostEvents) }
  }

  // MARK: Pools

  /// The slots of all pools, in the order created.
  package var poolSlots: [PoolGauge] {
    book.withLock { $0.poolSlots.sorted { $0.key < $1.key }.map(\.value) }
  }

  /// The first slots of all pools since events are kept, destroyed ones included, with their timelines.
  package var recordedSlots: [PoolGauge] { book.withLock(\.recordedSlots) }

  /// True if the states of a new slot are to be recorded.
  var recordsSlots: Bool { book.withLock(\.recordsSlots) }

  /// The totals of all slots, including destroyed ones.
  package var poolUse: PoolUse {
    book.withLock { book in book.poolSlots.values.reduce(book.endedPoolUse) { $0.adding($1.use) } }
  }

  /// - Returns: The number to pass to ``leave(_:)``.
  func enter(_ slot: PoolGauge) -> Int {
    book.withLock { $0.enter(slot) }
  }

  func leave(_ number: Int) {
    book.withLock {
      guard let slot = $0.poolSlots.removeValue(forKey: number) else { return }
      $0.endedPoolUse = $0.endedPoolUse.adding(slot.use)
    }
  }

  // MARK: Entries

  /// True if a test wants this memory or thread refused.
  package func refuses(_ purpose: MemoryPurpose) -> Bool { faults?.refuses(purpose) == true }

  /// - Returns: The number to pass to ``free(_:)``.
  func allocate(_ byteCount: Int, for purpose: MemoryPurpose, at address: UnsafeMutableRawPointer?) -> Int {
    let seconds = MonotonicClock.seconds()
    return book.withLock { unsafe $0.allocate(byteCount, for: purpose, at: address, seconds) }
  }

  func locate(_ number: Int, at address: UnsafeMutableRawPointer?) {
    book.withLock { unsafe $0.locate(number, at: address) }
  }

  /// - Parameter number: The result of ``allocate(_:for:at:)``.
  func free(_ number: Int) {
    let seconds = MonotonicClock.seconds()
    book.withLock { $0.free(number, seconds) }
  }
}
