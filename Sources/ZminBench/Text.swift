import ZminBase
import ZminReport

/// Formats figures for people.
enum Text {
  static func fixed(_ value: Double, _ digits: Int) -> String { Figures.fixed(value, digits: digits) }

  static func percent(_ share: Double) -> String { "\(fixed(100 * share, 0))%" }

  static func rate(_ value: Double?) -> String { value.map { fixed($0, 2) } ?? "-" }

  static func milliseconds(_ seconds: Double) -> String { "\(fixed(1000 * seconds, 2)) ms" }
}
