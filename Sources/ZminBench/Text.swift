import Glibc
import ZminReport

/// Figures as reports for people write them.
enum Text {
  static func fixed(_ value: Double, _ digits: Int) -> String { Figures.fixed(value, digits: digits) }

  static func percent(_ share: Double) -> String { "\(fixed(100 * share, 0))%" }

  static func rate(_ value: Double?) -> String { value.map { fixed($0, 2) } ?? "-" }

  static func milliseconds(_ seconds: Double) -> String { "\(fixed(1000 * seconds, 2)) ms" }
}

/// The time of day.
enum UTCDate {
  /// Now, as in 2026-11-25T07:20:00Z.
  static var now: String {
    var seconds = time(nil)
    var parts = tm()
    gmtime_r(&seconds, &parts)
    let two = { (value: Int32) in value < 10 ? "0\(value)" : "\(value)" }
    return "\(1900 + parts.tm_year)-\(two(parts.tm_mon + 1))-\(two(parts.tm_mday))"
      + "T\(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec))Z"
  }
}
