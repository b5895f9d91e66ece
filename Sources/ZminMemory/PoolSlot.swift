import Synchronization
import ZminBase

/// A slot of a pool: memory that is reused, with its state visible through ``MemoryLedger/poolSlots``.
///
/// One thread at a time may report. Any thread may read.
package struct PoolSlot: ~Copyable, Sendable {
  /// The current use of the slot's memory.
  package enum State: UInt8, Sendable, CaseIterable {
    case free, reading, working, waiting, writing
  }

  /// The owner of a slot.
  package enum Kind: String, Sendable {
    /// A worker, for a slice.
    case slice
    /// A device, for a slice.
    case lane
    /// A run in a single window.
    case window
  }

  private let gauge: PoolGauge
  private let number: Int
  private let ledger: MemoryLedger

  /// Creates a slot and registers it in a ledger until the slot is destroyed.
  ///
  /// - Parameters:
  ///   - kind: The owner of the slot.
  ///   - capacityBytes: The most input that the slot can hold, in bytes.
  ///   - ledger: The ledger that shows the slot.
  package init(_ kind: Kind, capacityBytes: Int, in ledger: MemoryLedger) {
    gauge = PoolGauge(kind: kind, capacityBytes: capacityBytes, isRecorded: ledger.recordsSlots)
    number = ledger.enter(gauge)
    self.ledger = ledger
  }

  deinit {
    gauge.record(.free)
    ledger.leave(number)
  }

  /// Reports the state from now on.
  package func setState(_ state: State) {
    gauge.stateNumber.store(state.rawValue, ordering: .relaxed)
    gauge.record(state)
  }

  /// Reports that the slot was taken and filled with `byteCount` bytes of input.
  package func take(byteCount: Int) {
    gauge.takes.add(1, ordering: .relaxed)
    gauge.filledBytes.add(byteCount, ordering: .relaxed)
  }
}

/// A slot's figures, as seen by other threads.
package final class PoolGauge: Sendable {
  package let kind: PoolSlot.Kind
  /// The most input that the slot can hold, in bytes.
  package let capacityBytes: Int
  fileprivate let stateNumber = Atomic<UInt8>(PoolSlot.State.free.rawValue)
  fileprivate let takes = Atomic(0)
  fileprivate let filledBytes = Atomic(0)
  private let isRecorded: Bool
  private let recorded = Mutex(SlotTimeline())

  fileprivate init(kind: PoolSlot.Kind, capacityBytes: Int, isRecorded: Bool) {
    self.kind = kind
    self.capacityBytes = capacityBytes
    self.isRecorded = isRecorded
    record(.free)
  }

  fileprivate func record(_ state: PoolSlot.State) {
    guard isRecorded else { return }
    let seconds = MonotonicClock.seconds()
    recorded.withLock { $0.append(state, at: seconds) }
  }

  /// The states so far. Empty unless the ledger keeps events.
  package var timeline: SlotTimeline { recorded.withLock { $0 } }

  /// The current state.
  package var state: PoolSlot.State { PoolSlot.State(rawValue: stateNumber.load(ordering: .relaxed)) ?? .free }

  /// The use of the slot so far.
  package var use: PoolUse {
    let takes = takes.load(ordering: .relaxed)
    return PoolUse(
      slots: 1, takes: takes, filledBytes: filledBytes.load(ordering: .relaxed), roomBytes: takes * capacityBytes)
  }
}

/// Totals of one or more pool slots.
package struct PoolUse: Sendable, Equatable {
  /// The number of slots, including destroyed ones.
  package internal(set) var slots = 0
  /// The number of times that a slot was taken.
  package internal(set) var takes = 0
  /// The bytes filled in, summed over all takes.
  package internal(set) var filledBytes = 0
  /// The capacity in bytes, summed over all takes.
  package internal(set) var roomBytes = 0

  /// The unused share of the capacity taken, from 0 to 1. Nil if no slot was taken.
  package var fragmentation: Double? {
    roomBytes > 0 ? 1 - Double(min(filledBytes, roomBytes)) / Double(roomBytes) : nil
  }

  /// The number of takes that reused memory.
  package var reuses: Int { max(0, takes - slots) }

  func adding(_ other: PoolUse) -> PoolUse {
    PoolUse(
      slots: slots + other.slots, takes: takes + other.takes, filledBytes: filledBytes + other.filledBytes,
      roomBytes: roomBytes + other.roomBytes)
  }
}
