import ZminMemory

/// The lanes of a device with their slots, for all inputs of a run.
///
/// A lane may be at work still on a slice of an input that is done with, as nobody waits for one that was taken back.
///
/// `@unchecked Sendable` because all that changes is guarded by the monitor.
final class DeviceLanes: @unchecked Sendable {
  private let options: MinifierOptions
  private let ledger: MemoryLedger
  private let monitor = Monitor()
  private var slots: [SliceSlot]?
  private var verifiers: [SliceVerifier] = []
  private var busy: Set<Int> = []
  private var failure: DeviceFailure?

  init(_ options: MinifierOptions, ledger: MemoryLedger) {
    self.options = options
    self.ledger = ledger
  }

  /// The slots of the lanes, made with the first call.
  ///
  /// - Throws: ``OutOfMemory``, and the ``DeviceFailure`` that an earlier input has met.
  func slots(of device: any SliceDevice) throws -> [SliceSlot] {
    try monitor.withLock {
      if let failure { throw failure }
      if let slots { return slots }
      let made = try device.lanes.map { try SliceSlot(lane: $0, options, ledger: ledger) }
      if options.verification != .none {
        verifiers = try device.lanes.map {
          try SliceVerifier(options, ofDevice: device.name, roomBytes: $0.output.count, ledger: ledger)
        }
      }
      slots = made
      return made
    }
  }

  /// What verifies a lane's slices, if that is asked for.
  func verifier(of lane: Int) -> SliceVerifier? {
    monitor.withLock { verifiers.isEmpty ? nil : verifiers[lane] }
  }

  /// Notes that the device is of no more use.
  func lose(_ failure: DeviceFailure) { monitor.withLock { self.failure = failure } }

  /// Takes a lane for an input; false if it is at work still on another one.
  func claim(_ lane: Int) -> Bool { monitor.withLock { busy.insert(lane).inserted } }

  /// Gives a lane back.
  func release(_ lane: Int) { monitor.withLock { _ = busy.remove(lane) } }
}
