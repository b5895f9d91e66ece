import ZminBase
import ZminMemory

/// The lanes of a device with their slots, for all inputs of a run.
///
/// `@unchecked Sendable` because all that changes is guarded by the monitor.
final class DeviceLanes: @unchecked Sendable {
  private let options: MinifierOptions
  let ledger: MemoryLedger
  private let monitor = Monitor()
  private var slots: [SliceSlot]?
  private var verifiers: [SliceVerifier] = []
  /// Of the device, which other runs may have too.
  let claims: LaneClaims

  init(_ options: MinifierOptions, _ claims: LaneClaims, ledger: MemoryLedger) {
    self.options = options
    self.claims = claims
    self.ledger = ledger
  }

  /// The slots of the lanes, made with the first call.
  ///
  /// - Throws: ``OutOfMemory``, and the ``DeviceFailure`` that an earlier input has met.
  func slots(of device: any SliceDevice) throws -> [SliceSlot] {
    try monitor.withLock {
      if let failure = claims.failure { throw failure }
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
}
