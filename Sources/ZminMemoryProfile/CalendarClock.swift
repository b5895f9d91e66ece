import Glibc

/// The time of day.
enum CalendarClock {
  /// Seconds since the beginning of 1970, UTC.
  static func unixSeconds() -> Int { time(nil) }
}
