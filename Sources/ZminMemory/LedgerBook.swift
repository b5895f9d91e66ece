/// The mutable state of a ``MemoryLedger``, guarded by its lock.
struct LedgerBook {
  /// A live allocation.
  private struct Entry {
    let allocation: LiveAllocation
    /// The start address. Nil if the host cannot see the memory or the address is not known.
    var address: Int?
  }

  private var total = MemoryUsage()
  private var host = MemoryUsage()
  private var domains: [MemoryDomain: MemoryUsage] = [:]
  private var purposes: [MemoryPurpose: MemoryUsage] = [:]
  private var hostPeak = MemoryPeak()
  private var sizeClasses: [Int: Int] = [:]
  private var entries: [Entry?] = []
  private var freeNumbers: [Int] = []

  private(set) var events: [LedgerEvent] = []
  private(set) var lostEvents = 0
  var eventsMax = 0

  var poolSlots: [Int: PoolGauge] = [:]
  /// The first slots since events are kept, also those that are destroyed.
  private(set) var recordedSlots: [PoolGauge] = []
  var poolSlotCount = 0
  var endedPoolUse = PoolUse()

  /// True if the states of a new slot are to be recorded.
  var recordsSlots: Bool { eventsMax > 0 && recordedSlots.count < Self.recordedSlotsMax }

  private static let recordedSlotsMax = 64

  mutating func enter(_ slot: PoolGauge) -> Int {
    if recordsSlots { recordedSlots.append(slot) }
    poolSlotCount += 1
    poolSlots[poolSlotCount] = slot
    return poolSlotCount
  }

  mutating func allocate(
    _ byteCount: Int, for purpose: MemoryPurpose, at address: UnsafeMutableRawPointer?, _ seconds: Double
  ) -> Int {
    let peakBytes = host.peakBytes
    update(purpose) { $0.allocate(byteCount) }
    sizeClasses[Self.sizeClass(of: byteCount), default: 0] += 1
    if host.peakBytes > peakBytes {
      hostPeak = MemoryPeak(
        monotonicSeconds: seconds, bytes: purposes.filter { $0.key.domain != .stack }.mapValues(\.currentBytes))
    }
    note(LedgerEvent(monotonicSeconds: seconds, purpose: purpose, byteCount: byteCount))
    let entry = unsafe Entry(
      allocation: LiveAllocation(purpose: purpose, byteCount: byteCount, monotonicSeconds: seconds),
      address: address.map { Int(bitPattern: $0) })
    guard let number = freeNumbers.popLast() else {
      entries.append(entry)
      return entries.count - 1
    }
    entries[number] = entry
    return number
  }

  mutating func locate(_ number: Int, at address: UnsafeMutableRawPointer?) {
    entries[number]?.address = unsafe address.map { Int(bitPattern: $0) }
  }

  mutating func free(_ number: Int, _ seconds: Double) {
    guard let entry = entries[number] else { preconditionFailure("memory was given back twice") }
    entries[number] = nil
    freeNumbers.append(number)
    let (purpose, byteCount) = (entry.allocation.purpose, entry.allocation.byteCount)
    update(purpose) { $0.free(byteCount) }
    note(LedgerEvent(monotonicSeconds: seconds, purpose: purpose, byteCount: -byteCount))
  }

  /// Updates every count that includes a purpose.
  private mutating func update(_ purpose: MemoryPurpose, _ change: (inout MemoryUsage) -> Void) {
    change(&total)
    if purpose.domain.holdsBuffers { change(&host) }
    change(&domains[purpose.domain, default: MemoryUsage()])
    change(&purposes[purpose, default: MemoryUsage()])
  }

  var snapshot: MemorySnapshot {
    MemorySnapshot(
      total: total, host: host, domains: domains, purposes: purposes, hostPeak: hostPeak, sizeClasses: sizeClasses)
  }

  var liveAllocations: [LiveAllocation] { entries.compactMap { $0?.allocation } }

  func residentBytes() -> [MemoryDomain: Int] {
    entries.reduce(into: [:]) { counts, entry in
      guard let entry, let address = entry.address else { return }
      counts[entry.allocation.purpose.domain, default: 0] +=
        Residency.residentBytes(at: address, byteCount: entry.allocation.byteCount)
    }
  }

  private mutating func note(_ event: LedgerEvent) {
    guard eventsMax > 0 else { return }
    if events.count < eventsMax { events.append(event) } else { lostEvents += 1 }
  }

  /// The exponent of the smallest power of two not less than `byteCount`.
  private static func sizeClass(of byteCount: Int) -> Int {
    byteCount <= 1 ? 0 : Int.bitWidth - (byteCount - 1).leadingZeroBitCount
  }
}
