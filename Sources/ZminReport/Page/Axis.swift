import ZminBase

/// A range of values, and where each is drawn.
struct Axis {
  enum Kind {
    /// From zero on, to a tick no less than the largest value.
    case linear
    /// From zero on, to the largest value and no further.
    case tight
    /// By powers of ten, around the values.
    case logarithmic
  }

  let unit: Unit
  let kind: Kind
  let low: Double
  let high: Double
  /// Where ``low`` and ``high`` are drawn.
  let start: Double
  let end: Double
  /// Values worth a line: round, and so many that their numbers have room.
  let ticks: [Double]

  /// - Parameters:
  ///   - values: What has to have a place. What is not finite, and on a logarithmic axis what is not above 0, has none.
  ///   - room: What the number of a tick takes, in the units of `start` and `end`.
  init(_ values: [Double], _ unit: Unit, _ kind: Kind = .linear, start: Double, end: Double, room: Double) {
    self.unit = unit
    self.kind = kind
    self.start = start
    self.end = end
    let ticksMax = max(2, ((end - start).magnitude / room).rounded(.down))
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

  func place(_ value: Double) -> Double {
    let share =
      switch kind {
      case .linear, .tight: (value - low) / (high - low)
      case .logarithmic: Self.logarithm(max(value, low) / low) / Self.logarithm(high / low)
      }
    return start + (share.isFinite ? min(max(share, 0), 1) : 0) * (end - start)
  }

  /// What the numbers of the ticks take beside the axis.
  var margin: Double { 14 + (ticks.map { Drawing.width(of: text($0)) }.max() ?? 0) }

  /// The number of a tick, in the same unit as the others'.
  func text(_ tick: Double) -> String { unit.text(tick, scaledFor: kind == .logarithmic ? tick : high) }

  /// A round step of which no more than `ticksMax` make `high`: 1, 2 or 5 times a power of ten, for bytes a power of
  /// two, for counts no less than 1.
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

  /// To the base of two, by a series of squarings, which is exact enough for a picture and needs no library.
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
  /// What the values of an axis are.
  enum Unit {
    /// Of memory, by powers of 1024.
    case bytes
    /// Of files, by powers of 1000.
    case sizes
    case seconds
    case count
    /// With what stands after the number.
    case plain(String)

    /// A value as it is said.
    func text(_ value: Double) -> String {
      switch self {
      case .bytes: Figures.memorySize(Int(clamping: value))
      case .sizes: Figures.size(Int(clamping: value))
      case .seconds, .count, .plain: text(value, scaledFor: value)
      }
    }

    /// A value in the unit that suits another.
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

    /// A value as it was measured.
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

    /// Three digits that count.
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
  /// The nearest whole number that there is room for.
  init(clamping value: Double) { self = Int(exactly: value.rounded()) ?? (value > 0 ? .max : value < 0 ? .min : 0) }
}
