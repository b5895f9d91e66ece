import ZminBase
import ZminMemory

/// A place for a device that is being set up while runs that may use it have begun.
///
/// `@unchecked Sendable` because all that changes is guarded by the monitor.
package final class PendingDevice: @unchecked Sendable {
  /// Which of its lanes are at work.
  let claims = LaneClaims()
  private let monitor = Monitor()
  private var result: Result<any SliceDevice, DeviceFailure>?
  private var observers: [Int: Observer] = [:]
  private var observerCount = 0

  /// What is told what has become of it.
  typealias Observer = @Sendable (Result<any SliceDevice, DeviceFailure>) -> Void

  package init() {}

  /// Says what has become of it. Once: what is said later is not heard.
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

  /// Whether a lane is at work still on what nobody waits for.
  package var isBusy: Bool { claims.isAnyTaken }

  /// Waits until it is known what has become of it, or for so long.
  package func wait(seconds: Double) -> Result<any SliceDevice, DeviceFailure>? {
    let end = MonotonicClock.seconds() + seconds
    return monitor.withLock {
      while result == nil, MonotonicClock.seconds() < end { monitor.wait(until: end) }
      return result
    }
  }

  /// Waits until it is known what has become of it.
  package func wait() -> Result<any SliceDevice, DeviceFailure> {
    monitor.withLock {
      while true {
        if let result { return result }
        monitor.wait()
      }
    }
  }

  /// Calls `observer` once it is known what has become of it, on this thread if it is known already.
  ///
  /// - Returns: What ``removeObserver(_:)`` takes.
  func observe(_ observer: @escaping Observer) -> Int {
    let (known, id) = monitor.withLock {
      observerCount += 1
      if result == nil { observers[observerCount] = observer }
      return (result, observerCount)
    }
    if let known { observer(known) }
    return id
  }

  /// Forgets an observer; a call of it may be under way.
  func removeObserver(_ id: Int) { monitor.withLock { observers[id] = nil } }
}
