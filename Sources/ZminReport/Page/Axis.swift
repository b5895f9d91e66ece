/// A range of values, and where each is drawn.
struct Axis {
  /// What its values are.
  enum Unit {
    case bytes, seconds, count
    /// With what stands after the number.
    case plain(String)

    /// From one line to the next on a logarithmic axis.
    var factor: Double { if case .bytes = self { 2 } else { 10 } }

    func text(_ value: Double) -> String {
      switch self {
      case .bytes: Figures.memorySize(Int(value.rounded()))
      case .seconds:
        value == 0 ? "0 s" : value.magnitude < 1 ? "\(Axis.short(value * 1000)) ms" : "\(Axis.short(value)) s"
      case .count: Axis.short(value)
      case .plain(let unit): "\(Axis.short(value)) \(unit)"
      }
    }
  }

  enum Kind {
    case linear, logarithmic
  }

  let unit: Unit
  let kind: Kind
  let low: Double
  let high: Double
  /// Where ``low`` and ``high`` are drawn.
  let start: Double
  let end: Double

  /// An axis from zero, or from the power of ten below the least value, to a tick no less than the largest.
  init(_ values: [Double], _ unit: Unit, _ kind: Kind = .linear, start: Double, end: Double) {
    self.unit = unit
    self.kind = kind
    self.start = start
    self.end = end
    let values = values.filter(\.isFinite)
    switch kind {
    case .linear:
      low = 0
      let most = max(values.max() ?? 0, 0)
      high = most > 0 ? Self.step(most, unit) * (most / Self.step(most, unit)).rounded(.up) : 1
    case .logarithmic:
      let factor = unit.factor
      let positive = values.filter { $0 > 0 }
      let (least, most) = (positive.min() ?? 1, positive.max() ?? 1)
      low = Self.power(of: factor, below: least)
      var top = low * factor
      while top < most { top *= factor }
      high = top
    }
  }

  func place(_ value: Double) -> Double {
    let share =
      switch kind {
      case .linear: (value - low) / (high - low)
      case .logarithmic: Self.logarithm(max(value, low) / low) / Self.logarithm(high / low)
      }
    return start + min(max(share, 0), 1) * (end - start)
  }

  /// Values worth a line.
  var ticks: [Double] {
    switch kind {
    case .linear:
      let step = Self.step(high, unit)
      return (0...Int((high / step).rounded())).map { Double($0) * step }
    case .logarithmic:
      var ticks = [low]
      while let last = ticks.last, last < high * 0.999 { ticks.append(last * unit.factor) }
      return ticks
    }
  }

  /// A round step of which four to ten make `high`: 1, 2 or 5 times a power of ten, or for bytes a power of two.
  static func step(_ high: Double, _ unit: Unit) -> Double {
    if case .bytes = unit {
      var step = 1.0
      while high / step > 8 { step *= 2 }
      return step
    }
    var power = power(of: 10, below: high)
    if high / power < 2 { power /= 10 }
    return [1, 2, 5, 10].map { $0 * power }.first { high / $0 <= 8 } ?? 10 * power
  }

  private static func power(of factor: Double, below value: Double) -> Double {
    var power = 1.0
    while power > value { power /= factor }
    while power * factor <= value { power *= factor }
    return power
  }

  /// To the base of two. Without a library for mathematics: a table of halvings is exact enough for a picture.
  private static func logarithm(_ value: Double) -> Double {
    guard value > 0, value.isFinite else { return 0 }
    var result = Double(value.exponent)
    var rest = value.significand
    var weight = 0.5
    for _ in 0..<20 {
      rest *= rest
      if rest >= 2 {
        rest /= 2
        result += weight
      }
      weight /= 2
    }
    return result
  }

  /// Three digits that count.
  static func short(_ value: Double) -> String {
    let digits = value.magnitude >= 100 ? 0 : value.magnitude >= 10 ? 1 : value.magnitude >= 1 ? 2 : 3
    var text = Figures.fixed(value, digits: digits)
    guard text.contains(".") else { return text }
    while text.hasSuffix("0") { text.removeLast() }
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }
}
