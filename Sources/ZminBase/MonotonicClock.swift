import Glibc

/// Time that only goes forward.
package enum MonotonicClock {
  /// Seconds since some moment in the past, the same for the whole process.
  package static func seconds() -> Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
