import ZminBase

/// A range of values and the coordinates they are drawn at.
struct Axis {
  enum Kind {
    /// From zero to the first tick at or above the largest value.
    case linear
    /// From zero to exactly the largest value.
    case tight
    /// Logarithmic, between the powers of ten around the values.
    case logarithmic
  }

  let unit: Unit
  let kind: Kind
  let low: Double
  let high: Double
  /// The coordinates of ``low`` and ``high``.
  let start: Double
  let end: Double
  /// Round values that get a line and a label, few enough that the labels do not overlap.
  let ticks: [Double]

  /// - Parameters:
  ///   - values: The values that the axis must cover. Values that are not finite are ignored, and on a logarithmic axis
  ///     also values that are not above 0.
  ///   - tickSpace: The space that the label of a tick takes, in the units of `start` and `end`.
  init(_ values: [Double], _ unit: Unit, _ kind: Kind = .linear, start: Double, end: Double, tickSpace: Double) {
    self.unit = unit
    self.kind = kind
    self.start = start
    self.end = end
    let ticksMax = max(2, ((end - start).magnitude / tickSpace).rounded(.down))
    let values = values.filter(\.isFinite)
    switch kind {
    case .linear, .tight:
      low = 0
      let most = max(values.max() ?? 0, 0)
      let step = Self.step(most, unit, ticksMax: ticksMax)
      let whole = (most / step).rounded(kind == .tight ? .down : .up)
      high = most == 0 ? step : kind == .tight ? most : whole * step
      ticks = (0...Int(max(whole, 1))).map { Double($0) * step }.filter { [high] in $0 <= high }
    case .logarithmic:
      let positive = values.filter { $0 > 0 }
      let first = Self.decade(positive.min() ?? 1)
      let last = max(Self.decade(positive.max() ?? 1) + (Self.isPower(positive.max() ?? 1) ? 0 : 1), first + 1)
      low = Self.power(first)
      high = Self.power(last)
      let stride = Int((Double(last - first + 1) / ticksMax).rounded(.up))
      ticks = Swift.stride(from: first, through: last, by: stride).map(Self.power)
    }
  }

  /// The coordinate at which a value is drawn. Values out of range are drawn at the nearest end.
  func coordinate(of value: Double) -> Double {
    let share =
      switch kind {
      case .linear, .tight: (value - low) / (high - low)
      case .logarithmic: Self.logarithm(max(value, low) / low) / Self.logarithm(high / low)
      }
    return start + (share.isFinite ? min(max(share, 0), 1) : 0) * (end - start)
  }

  /// The width of the tick labels beside the axis.
  var margin: Double { 14 + (ticks.map { Drawing.width(of: text($0)) }.max() ?? 0) }

  /// The label of a tick, in the unit that all ticks share.
  func text(_ tick: Double) -> String { unit.text(tick, scaledFor: kind == .logarithmic ? tick : high) }

  /// The smallest round step of which at most `ticksMax` reach `high`: 1, 2 or 5 times a power of ten. Steps of bytes
  /// are powers of two, steps of counts at least 1.
  static func step(_ high: Double, _ unit: Unit, ticksMax: Double) -> Double {
    guard high > 0 else { return 1 }
    let least = high / ticksMax
    if case .bytes = unit {
      let step = Double(sign: .plus, exponent: Int(least.exponent), significand: 1)
      return max(1, step < least ? step * 2 : step)
    }
    let power = Self.power(decade(least))
    let step = [1, 2, 5, 10].map { $0 * power }.first { $0 >= least } ?? 10 * power
    if case .count = unit { return max(1, step) }
    return step
  }

  /// The exponent of the largest power of ten that is no more than `value`.
  private static func decade(_ value: Double) -> Int {
    var exponent = Int((logarithm(value) / logarithm(10)).rounded(.down))
    while power(exponent) > value { exponent -= 1 }
    while power(exponent + 1) <= value { exponent += 1 }
    return exponent
  }

  private static func isPower(_ value: Double) -> Bool { power(decade(value)) == value }

  private static func power(_ exponent: Int) -> Double { Double("1e\(exponent)") ?? 1 }

  /// The logarithm to base 2 by repeated squaring: exact enough for a picture, and without the C library.
  private static func logarithm(_ value: Double) -> Double {
    guard value > 0, value.isFinite else { return 0 }
    var result = Double(value.exponent)
    var rest = value.significand
    var weight = 0.5
    for _ in 0..<24 {
      rest *= rest
      if rest >= 2 {
        rest /= 2
        result += weight
      }
      weight /= 2
    }
    return result
  }
}

extension Axis {
  /// The quantity that an axis shows.
  enum Unit {
    /// Memory, in powers of 1024.
    case bytes
    /// Sizes of files, in powers of 1000.
    case sizes
    case seconds
    case count
    /// A number followed by this unit.
    case plain(String)

    /// The value for people, in the unit that suits it.
    func text(_ value: Double) -> String {
      switch self {
      case .bytes: Figures.memorySize(Int(clamping: value))
      case .sizes: Figures.size(Int(clamping: value))
      case .seconds, .count, .plain: text(value, scaledFor: value)
      }
    }

    /// The value for people, in the unit that suits `other`.
    func text(_ value: Double, scaledFor other: Double) -> String {
      if value == 0 { return "0" }
      switch self {
      case .bytes: return Self.scaled(value, other, [("GiB", 0x1p30), ("MiB", 0x1p20), ("KiB", 0x1p10), ("bytes", 1)])
      case .sizes:
        return Self.scaled(value, other, [("PB", 1e15), ("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3), ("B", 1)])
      case .seconds: return Self.scaled(value, other, [("s", 1), ("ms", 1e-3), ("µs", 1e-6)])
      case .count: return Self.short(value)
      case .plain(let unit): return "\(Self.short(value)) \(unit)"
      }
    }

    /// The value as it was measured, for tables.
    func exact(_ value: Double) -> String {
      switch self {
      case .bytes, .sizes, .count: "\(Int(clamping: value))"
      case .seconds: Figures.fixed(value, digits: 6)
      case .plain: "\(value)"
      }
    }

    private static func scaled(_ value: Double, _ other: Double, _ units: [(String, Double)]) -> String {
      let (unit, factor) = units.first { other.magnitude >= $0.1 } ?? units[units.count - 1]
      return "\(short(value / factor)) \(unit)"
    }

    /// The value with three significant digits.
    static func short(_ value: Double) -> String {
      if value.magnitude >= 1e15 { return "\(value)" }
      let digits =
        value.magnitude >= 100
        ? 0 : value.magnitude >= 10 ? 1 : value.magnitude >= 1 ? 2 : value.magnitude >= 0.1 ? 3 : 5
      let text = Figures.fixed(value, digits: digits)
      guard text.contains(".") else { return text }
      let kept = text.reversed().drop { $0 == "0" }
      return String((kept.first == "." ? kept.dropFirst() : kept).reversed())
    }
  }
}

extension Int {
  /// Rounds to the nearest `Int`. Values out of range become the nearest bound, NaN becomes 0.
  init(clamping value: Double) { self = Int(exactly: value.rounded()) ?? (value > 0 ? .max : value < 0 ? .min : 0) }
}
