/// Numbers formatted for people.
package enum Figures {
  /// A number with `digits` decimal places, `-` if it is not finite.
  package static func fixed(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return "-" }
    var scale = 1
    for _ in 0..<digits { scale *= 10 }
    let scaled = Int(exactly: (value.magnitude * Double(scale)).rounded()) ?? .max
    let sign = value < 0 && scaled > 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(scaled)" }
    let fraction = String(scaled % scale)
    return "\(sign)\(scaled / scale).\(String(repeating: "0", count: digits - fraction.count))\(fraction)"
  }

  /// The saved share of the input in percent.
  package static func saved(_ inputBytes: Int, _ outputBytes: Int) -> String {
    guard inputBytes > 0 else { return "0.0%" }
    return fixed(100 * Double(inputBytes - outputBytes) / Double(inputBytes), digits: 1) + "%"
  }

  /// A rate of input in GB/s, 10^9 bytes.
  package static func rate(_ inputBytes: Int, seconds: Double) -> String {
    fixed(seconds > 0 ? Double(inputBytes) / seconds / 1e9 : 0, digits: 3) + " GB/s"
  }

  /// A rate in the unit that suits it, powers of 1000. Nil if it is too low to be worth showing.
  package static func speed(_ bytesPerSecond: Double) -> String? {
    for (unit, factor, digits) in [("GB/s", 1e9, 2), ("MB/s", 1e6, 1), ("kB/s", 1e3, 1)]
    where bytesPerSecond.isFinite && bytesPerSecond >= factor {
      return "\(fixed(bytesPerSecond / factor, digits: digits)) \(unit)"
    }
    return nil
  }

  /// A size of memory in powers of 1024.
  package static func memorySize(_ byteCount: Int) -> String {
    var value = Double(byteCount)
    for unit in ["bytes", "KiB", "MiB"] {
      if value.magnitude < 1024 {
        return value.rounded() == value ? "\(Int(value)) \(unit)" : "\(fixed(value, digits: 1)) \(unit)"
      }
      value /= 1024
    }
    return value.rounded() == value ? "\(Int(value)) GiB" : "\(fixed(value, digits: 1)) GiB"
  }

  /// A number of bytes in powers of 1000.
  package static func size(_ byteCount: Int) -> String {
    for (unit, factor) in [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3)] where Double(byteCount) >= factor {
      return "\(fixed(Double(byteCount) / factor, digits: 1)) \(unit)"
    }
    return "\(byteCount) B"
  }

  /// A time in its two largest units, from seconds to hours.
  package static func duration(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e9 else { return "-" }
    let whole = Int(seconds.rounded(.up))
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole / 60 % 60) min"
  }

  /// A count with its noun, in the plural unless it is 1.
  package static func count(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }
}
