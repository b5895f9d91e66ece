import Glibc

/// A lock that threads can wait under for what others do, in one of several places.
///
/// Of POSIX threads, as `Synchronization` has no condition, and since the thread sanitizer understands these.
///
/// `@unchecked Sendable` because the pointers are constant and what they point at is made for many threads.
@safe package final class Monitor: @unchecked Sendable {
  /// Who waits: those who can do the same, so that it does not matter which of them is woken.
  package enum Waiter: Int, CaseIterable {
    case worker, lane
  }

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let conditions = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: Waiter.allCases.count)

  package init() {
    // Neither of these can fail on Linux.
    unsafe pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    unsafe pthread_condattr_init(&attributes)
    unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    for waiter in Waiter.allCases { unsafe pthread_cond_init(conditions + waiter.rawValue, &attributes) }
    unsafe pthread_condattr_destroy(&attributes)
  }

  deinit {
    for waiter in Waiter.allCases { unsafe pthread_cond_destroy(conditions + waiter.rawValue) }
    unsafe pthread_mutex_destroy(mutex)
    unsafe conditions.deallocate()
    unsafe mutex.deallocate()
  }

  /// Calls `body` while no other thread is in such a call.
  package func withLock<Value>(_ body: () throws -> Value) rethrows -> Value {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body()
  }

  /// Lets others in until one of them signals, or for no reason. Within ``withLock(_:)`` only.
  ///
  /// - Parameter endSeconds: When to wait no longer, by `MonotonicClock`.
  package func wait(as waiter: Waiter = .worker, until endSeconds: Double? = nil) {
    guard let endSeconds else {
      unsafe pthread_cond_wait(conditions + waiter.rawValue, mutex)
      return
    }
    let wholeSeconds = endSeconds.rounded(.down)
    var end = timespec(tv_sec: Int(wholeSeconds), tv_nsec: Int((endSeconds - wholeSeconds) * 1e9))
    unsafe pthread_cond_timedwait(conditions + waiter.rawValue, mutex, &end)
  }

  /// Wakes one of those who wait there.
  package func signal(_ waiter: Waiter) { unsafe pthread_cond_signal(conditions + waiter.rawValue) }

  /// Wakes all who wait there.
  package func broadcast(_ waiter: Waiter) { unsafe pthread_cond_broadcast(conditions + waiter.rawValue) }

  /// Wakes all who wait.
  package func broadcast() { for waiter in Waiter.allCases { broadcast(waiter) } }
}
