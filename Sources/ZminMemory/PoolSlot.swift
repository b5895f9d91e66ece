import Synchronization

/// One slot of a pool: memory that is taken again and again. It tells its ledger what is done with it.
///
/// One holder tells at a time; anybody may look, through ``MemoryLedger/poolSlots``.
package struct PoolSlot: ~Copyable, Sendable {
  /// What is done with the slot's memory.
  package enum State: UInt8, Sendable, CaseIterable {
    case free, reading, working, waiting, writing
  }

  /// Whose slot it is.
  package enum Kind: String, Sendable {
    /// A worker's, for a slice.
    case slice
    /// A device's, for a slice.
    case lane
    /// That of a run in one window.
    case window
  }

  private let gauge: PoolGauge
  private let number: Int
  private let ledger: MemoryLedger

  /// - Parameters:
  ///   - kind: Whose it is.
  ///   - capacityBytes: How much input it holds at most.
  ///   - ledger: Where it can be looked at.
  package init(_ kind: Kind, capacityBytes: Int, in ledger: MemoryLedger) {
    gauge = PoolGauge(kind: kind, capacityBytes: capacityBytes)
    number = ledger.enter(gauge)
    self.ledger = ledger
  }

  deinit { ledger.leave(number) }

  /// Says what is done with it from now on.
  package func setState(_ state: State) { gauge.stateNumber.store(state.rawValue, ordering: .relaxed) }

  /// Says that it was taken, and how much was put into it.
  package func take(byteCount: Int) {
    gauge.takes.add(1, ordering: .relaxed)
    gauge.filledBytes.add(byteCount, ordering: .relaxed)
  }
}

/// What can be seen of a slot from outside.
package final class PoolGauge: Sendable {
  package let kind: PoolSlot.Kind
  /// How much input it holds at most.
  package let capacityBytes: Int
  fileprivate let stateNumber = Atomic<UInt8>(PoolSlot.State.free.rawValue)
  fileprivate let takes = Atomic(0)
  fileprivate let filledBytes = Atomic(0)

  fileprivate init(kind: PoolSlot.Kind, capacityBytes: Int) {
    self.kind = kind
    self.capacityBytes = capacityBytes
  }

  /// What is done with it now.
  package var state: PoolSlot.State { PoolSlot.State(rawValue: stateNumber.load(ordering: .relaxed)) ?? .free }

  /// What came of it so far.
  package var use: PoolUse {
    let takes = takes.load(ordering: .relaxed)
    return PoolUse(
      slots: 1, takes: takes, filledBytes: filledBytes.load(ordering: .relaxed), roomBytes: takes * capacityBytes)
  }
}

/// What came of the slots of pools.
package struct PoolUse: Sendable, Equatable {
  /// How many there are, or were.
  package internal(set) var slots = 0
  /// How often one was taken.
  package internal(set) var takes = 0
  /// What was put into them, in bytes, over all takes.
  package internal(set) var filledBytes = 0
  /// What they could have held, over all takes.
  package internal(set) var roomBytes = 0

  /// The share of the room that stood empty in slots that were taken: what a pool loses to slots that are larger than
  /// what is in them. Nil if none was taken.
  package var fragmentation: Double? {
    roomBytes > 0 ? 1 - Double(min(filledBytes, roomBytes)) / Double(roomBytes) : nil
  }

  /// How often memory was taken that had been taken before.
  package var reuses: Int { max(0, takes - slots) }

  func adding(_ other: PoolUse) -> PoolUse {
    PoolUse(
      slots: slots + other.slots, takes: takes + other.takes, filledBytes: filledBytes + other.filledBytes,
      roomBytes: roomBytes + other.roomBytes)
  }
}
