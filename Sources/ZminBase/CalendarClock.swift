import Glibc

/// The time of day.
package enum CalendarClock {
  /// Seconds since 1970-01-01 00:00 UTC.
  package static func unixSeconds() -> Int { time(nil) }

  /// The current time in UTC, as `2026-11-25T07:20:00Z`.
  package static func timestamp() -> String {
    var seconds = unixSeconds()
    var parts = unsafe tm()
    unsafe gmtime_r(&seconds, &parts)
    let two = { (value: Int32) in value < 10 ? "0\(value)" : "\(value)" }
    return unsafe "\(1900 + parts.tm_year)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
      + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
  }
}
