import Glibc

/// A clock that never goes back.
package enum MonotonicClock {
  /// Seconds since an arbitrary moment, fixed for the process.
  package static func seconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
