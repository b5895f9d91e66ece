import Glibc

/// A lock with one condition variable for each kind of waiting thread.
///
/// It uses POSIX threads because `Synchronization` has no condition variable, and because the thread sanitizer
/// understands them.
///
/// `@unchecked Sendable` is sound because the pointers never change and the objects behind them are thread-safe.
@safe package final class Monitor: @unchecked Sendable {
  /// A kind of waiting thread. Threads of one kind are interchangeable, so ``signal(_:)`` may wake any of them.
  package enum Waiter: Int, CaseIterable {
    case worker, lane, reader
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

  /// Calls `body` with the lock held.
  package func withLock<Value>(_ body: () throws -> Value) rethrows -> Value {
    unsafe pthread_mutex_lock(mutex)
    defer { unsafe pthread_mutex_unlock(mutex) }
    return try body()
  }

  /// Releases the lock, waits for a signal, and takes the lock again. May also return without a signal. Call it only
  /// within ``withLock(_:)``.
  ///
  /// - Parameter endSeconds: The time to stop waiting, by ``MonotonicClock``. Nil to wait without a limit.
  package func wait(as waiter: Waiter = .worker, until endSeconds: Double? = nil) {
    guard let endSeconds else {
      unsafe pthread_cond_wait(conditions + waiter.rawValue, mutex)
      return
    }
    let wholeSeconds = endSeconds.rounded(.down)
    var end = timespec(tv_sec: Int(wholeSeconds), tv_nsec: Int((endSeconds - wholeSeconds) * 1e9))
    unsafe pthread_cond_timedwait(conditions + waiter.rawValue, mutex, &end)
  }

  /// Wakes one waiting thread of a kind.
  package func signal(_ waiter: Waiter) { unsafe pthread_cond_signal(conditions + waiter.rawValue) }

  /// Wakes all waiting threads of a kind.
  package func broadcast(_ waiter: Waiter) { unsafe pthread_cond_broadcast(conditions + waiter.rawValue) }

  /// Wakes all waiting threads.
  package func broadcast() { for waiter in Waiter.allCases { broadcast(waiter) } }
}
