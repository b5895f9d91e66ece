import ZminBase

/// Which lanes of a device are at work, for all runs that have it, and whether it is of no more use.
///
/// A lane may be at work still on a slice of an input that is done with, as nobody waits for one that was taken back. The
/// next input may be another run's.
///
/// `@unchecked Sendable` because all that changes is guarded by the monitor.
final class LaneClaims: @unchecked Sendable {
  private let monitor = Monitor()
  private var busy: Set<Int> = []
  private var known: DeviceFailure?

  /// Why the device is of no more use, nil if it is.
  var failure: DeviceFailure? { monitor.withLock { known } }

  /// Whether any lane is at work.
  var isAnyTaken: Bool { monitor.withLock { !busy.isEmpty } }

  /// Notes that the device is of no more use.
  func lose(_ failure: DeviceFailure) { monitor.withLock { known = failure } }

  /// Takes a lane for an input; false if it is at work still on another one.
  func claim(_ lane: Int) -> Bool { monitor.withLock { busy.insert(lane).inserted } }

  /// Gives a lane back.
  func release(_ lane: Int) { monitor.withLock { _ = busy.remove(lane) } }
}
