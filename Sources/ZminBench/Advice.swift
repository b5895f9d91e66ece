import ZminBase
import ZminCPU
import ZminReport

/// Finds the input size from which a device makes runs faster.
enum BreakEven {
  /// The break-even by the figures of the report, nil without a device.
  static func find(in report: BenchReport) -> BenchReport.BreakEven? {
    guard let device = report.device else { return nil }
    let (with, without) = (
      line(of: BenchPath.gpu.name, in: report).map { (BenchPath.gpu.name, $0) }
        ?? line(of: BenchPath.hybrid.name, in: report).map { (BenchPath.hybrid.name, $0) },
      line(of: BenchPath.cpu.name, in: report).map { (BenchPath.cpu.name, $0) }
        ?? line(of: Kernel.fastest.name, in: report).map { (Kernel.fastest.name, $0) }
    )
    guard let with, let without else { return nil }
    let isNoise = BenchStatistics.isNoise(
      ratio: without.1.perByte / with.1.perByte, errors: (with.1.error, without.1.error))
    func bytes(extraSeconds: Double) -> Int? {
      guard !isNoise else { return nil }
      return crossing(
        (with.1.delay, with.1.perByte), (without.1.delay, without.1.perByte), extraSeconds: extraSeconds)
    }
    return BenchReport.BreakEven(
      path: with.0, comparedWith: without.0, setupSeconds: device.setupSeconds,
      bytes: bytes(extraSeconds: device.setupSeconds), bytesWithoutSetup: bytes(extraSeconds: 0))
  }

  /// The size from which the first line stays below the second, nil if it never does.
  ///
  /// - Parameter extraSeconds: Added to the delay of the first line.
  static func crossing(
    _ one: (delay: Double, perByte: Double), _ other: (delay: Double, perByte: Double), extraSeconds: Double
  ) -> Int? {
    let gain = other.perByte - one.perByte
    guard gain > 0 else { return nil }
    let bytes = (one.delay + extraSeconds - other.delay) / gain
    return bytes < 1e18 ? Int(max(0, bytes).rounded(.up)) : nil
  }

  /// The time of a path by input size.
  private struct Line {
    let delay: Double
    let perByte: Double
    /// The standard error of the time of large inputs, as a share of it.
    let error: Double
  }

  private static func line(of path: String, in report: BenchReport) -> Line? {
    let points = report.series.filter { $0.path == path }
    let line = BenchStatistics.line(points.map { (bytes: Double($0.bytes), seconds: $0.seconds) })
    if points.count > 1, let line, let largest = points.max(by: { $0.bytes < $1.bytes }) {
      return Line(delay: line.delay, perByte: line.perByte, error: largest.error)
    }
    return PathRate(of: path, in: report).map { Line(delay: 0, perByte: 1 / ($0.rate * 1e9), error: $0.error) }
  }
}

/// The rate of a path from file to file, over all documents.
struct PathRate {
  let path: String
  /// The geometric mean, in GB/s.
  let rate: Double
  /// The standard error of the rate, as a share of it.
  let error: Double

  /// Nil if the path was not timed.
  init?(of path: String, in report: BenchReport) {
    let results = report.results.filter { $0.path == path && $0.mode == .file && $0.gigabytesPerSecond != nil }
    guard let rate = Advice.mean(results.compactMap(\.gigabytesPerSecond)) else { return nil }
    self.path = path
    self.rate = rate
    let errors = results.map { BenchStatistics.medianError($0.samplesSeconds) }
    error = errors.reduce(0) { $0 + $1 * $1 }.squareRoot() / Double(errors.count)
  }

  /// The mode that takes the path.
  var mode: String {
    switch path {
    case BenchPath.cpu.name: "streaming"
    case BenchPath.gpu.name, BenchPath.hybrid.name: path
    default: "standard --kernel \(path)"
    }
  }

  /// Returns true if the rates may differ by noise alone.
  func isNearly(_ other: PathRate) -> Bool {
    BenchStatistics.isNoise(ratio: rate / other.rate, errors: (error, other.error))
  }
}

/// The recommendation of a report, in one line.
enum Advice {
  static func text(for report: BenchReport) -> String {
    guard report.isVerified else { return "none: a path gave wrong output" }
    let software = report.device?.isSoftware == true
    let rates = Set(report.results.map(\.path)).sorted().compactMap { path -> PathRate? in
      let isDevice = path == BenchPath.gpu.name || path == BenchPath.hybrid.name
      return isDevice && software ? nil : PathRate(of: path, in: report)
    }
    guard let best = rates.max(by: { $0.rate < $1.rate }) else { return "none: no path was timed from file to file" }
    let second = rates.filter { $0.path != best.path }.max { $0.rate < $1.rate }
    if let second, best.isNearly(second) {
      return "none: --mode \(best.mode) (\(Text.rate(best.rate)) GB/s) and --mode \(second.mode) "
        + "(\(Text.rate(second.rate)) GB/s) differ by less than the noise; use --mode auto, or measure longer with "
        + "--time"
    }
    var text = "--mode \(best.mode): \(Text.rate(best.rate)) GB/s from file to file"
    if let second {
      text += ", \(Text.fixed(best.rate / second.rate, 2)) times as fast as --mode \(second.mode)"
    }
    if let bound = bound(of: best.path, report) { text += ", \(bound)" }
    if best.path == BenchPath.cpu.name { text += ", \(from(report))" }
    return text + device(report)
  }

  private static func bound(of path: String, _ report: BenchReport) -> String? {
    let results = report.results.filter { $0.path == path && $0.mode == .file }
    guard let share = mean(results.compactMap(\.limitShare)), let limit = results.last?.limit else { return nil }
    return share > 0.8 ? "limited by \(limit)" : "at \(Text.percent(share)) of the limit (\(limit))"
  }

  /// The size from which all cores are faster than one.
  private static func from(_ report: BenchReport) -> String {
    let alone = report.series.filter { $0.path == Kernel.fastest.name }
    let all = report.series.filter { $0.path == BenchPath.cpu.name }
    let pairs = zip(alone, all).filter { $0.bytes == $1.bytes }
    guard !pairs.isEmpty else { return "used by auto from 10 MB on" }
    let slower = pairs.last { one, all in
      one.seconds <= all.seconds
        || BenchStatistics.isNoise(ratio: one.seconds / all.seconds, errors: (one.error, all.error))
    }
    guard let slower else { return "faster than one core at every size measured" }
    guard let first = pairs.first(where: { $0.0.bytes > slower.0.bytes }) else {
      return "not measurably faster than one core at the largest size measured"
    }
    return "faster than one core from between \(Figures.size(slower.0.bytes)) and \(Figures.size(first.0.bytes)) on"
  }

  private static func device(_ report: BenchReport) -> String {
    guard let device = report.device else { return ". No GPU: \(report.deviceAbsence ?? "none was timed")" }
    if device.isSoftware { return ". \(device.name) is a software device and was not considered" }
    guard let breakEven = report.breakEven else { return "" }
    guard let bytes = breakEven.bytes else { return ". \(device.name) is not measurably faster at any size" }
    return ". \(device.name) is faster from \(Figures.size(bytes)) on, including "
      + "\(Text.milliseconds(breakEven.setupSeconds)) of setup"
  }

  /// The geometric mean, nil if there are no values.
  static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : BenchStatistics.geometricMean(values)
  }
}
