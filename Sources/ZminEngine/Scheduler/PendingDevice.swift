import ZminBase
import ZminMemory

/// A device that is set up while runs that may use it have begun.
///
/// `@unchecked Sendable` because the monitor guards all that changes.
package final class PendingDevice: @unchecked Sendable {
  /// Claims of its lanes.
  let claims = LaneClaims()
  private let monitor = Monitor()
  private var result: Result<any SliceDevice, DeviceFailure>?
  private var observers: [Int: Observer] = [:]
  private var observerCount = 0

  /// Callback for the device, or for its failure.
  typealias Observer = @Sendable (Result<any SliceDevice, DeviceFailure>) -> Void

  package init() {}

  /// Sets the device, or its failure. Later calls have no effect.
  package func resolve(_ result: Result<any SliceDevice, DeviceFailure>) {
    let observers: [Observer] = monitor.withLock {
      guard self.result == nil else { return [] }
      self.result = result
      monitor.broadcast()
      defer { self.observers = [:] }
      return Array(self.observers.values)
    }
    for observer in observers { observer(result) }
  }

  /// True while a lane still works on a slice that no run waits for.
  package var isBusy: Bool { claims.isAnyTaken }

  /// Waits for the device or its failure, up to a timeout.
  ///
  /// - Returns: Nil after the timeout.
  package func wait(seconds: Double) -> Result<any SliceDevice, DeviceFailure>? {
    let end = MonotonicClock.seconds() + seconds
    return monitor.withLock {
      while result == nil, MonotonicClock.seconds() < end { monitor.wait(until: end) }
      return result
    }
  }

  /// Waits for the device or its failure.
  package func wait() -> Result<any SliceDevice, DeviceFailure> {
    monitor.withLock {
      while true {
        if let result { return result }
        monitor.wait()
      }
    }
  }

  /// Calls `observer` once with the device or its failure, on this thread if that is known already.
  ///
  /// - Returns: The argument for ``removeObserver(_:)``.
  func observe(_ observer: @escaping Observer) -> Int {
    let (known, id) = monitor.withLock {
      observerCount += 1
      if result == nil { observers[observerCount] = observer }
      return (result, observerCount)
    }
    if let known { observer(known) }
    return id
  }

  /// Removes an observer. A call of it may still be under way.
  func removeObserver(_ id: Int) { monitor.withLock { observers[id] = nil } }
}
