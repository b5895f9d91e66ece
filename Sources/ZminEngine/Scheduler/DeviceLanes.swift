import ZminBase
import ZminMemory

/// The lanes of a device with their slots, for all inputs of a run.
///
/// `@unchecked Sendable` because the monitor guards all that changes.
final class DeviceLanes: @unchecked Sendable {
  /// A lane with the slot over its memory.
  struct Lane: Sendable {
    let minifier: any SliceLane
    let slot: SliceSlot
    /// Set only if slices are to be verified.
    let verifier: SliceVerifier?
  }

  private let options: MinifierOptions
  let ledger: MemoryLedger
  private let monitor = Monitor()
  private var lanes: [Lane]?
  /// Claims of the device's lanes. Other runs may use the device too.
  let claims: LaneClaims

  init(_ options: MinifierOptions, _ claims: LaneClaims, ledger: MemoryLedger) {
    self.options = options
    self.claims = claims
    self.ledger = ledger
  }

  /// The lanes, set up by the first call.
  ///
  /// - Throws: ``OutOfMemory``, or the ``DeviceFailure`` of an earlier input.
  func lanes(of device: any SliceDevice) throws -> [Lane] {
    try monitor.withLock {
      if let failure = claims.failure { throw failure }
      if let lanes { return lanes }
      let made = try device.lanes.map { lane in
        let slot = try SliceSlot(lane: lane, options, ledger: ledger)
        let verifier =
          options.verification == .none
          ? nil
          : try SliceVerifier(options, ofDevice: device.name, roomBytes: lane.output.count, ledger: ledger)
        return Lane(minifier: lane, slot: slot, verifier: verifier)
      }
      lanes = made
      return made
    }
  }
}
