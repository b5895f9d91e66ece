import ZminBase

/// Claims of the lanes of a device by inputs, and the failure of the device, for all runs that use it.
///
/// A lane may still work on a slice of an input that is finished, since no run waits for a slice that was taken back.
/// The next input may belong to another run.
///
/// `@unchecked Sendable` because the monitor guards all that changes.
final class LaneClaims: @unchecked Sendable {
  private let monitor = Monitor()
  private var busy: Set<Int> = []
  private var known: DeviceFailure?

  /// Failure of the device, nil as long as it works.
  var failure: DeviceFailure? { monitor.withLock { known } }

  /// True while any lane is at work.
  var isAnyTaken: Bool { monitor.withLock { !busy.isEmpty } }

  /// Notes that the device is lost.
  func lose(_ failure: DeviceFailure) { monitor.withLock { known = failure } }

  /// Claims a lane for an input. False if it still works on another input.
  func claim(_ lane: Int) -> Bool { monitor.withLock { busy.insert(lane).inserted } }

  /// Releases a lane.
  func release(_ lane: Int) { monitor.withLock { _ = busy.remove(lane) } }
}
