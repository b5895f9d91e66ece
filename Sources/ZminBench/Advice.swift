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
    return BenchReport.BreakEven(
      path: with.0, comparedWith: without.0, setupSeconds: device.setupSeconds,
      bytes: crossing(with.1, without.1, extraSeconds: device.setupSeconds),
      bytesWithoutSetup: crossing(with.1, without.1, extraSeconds: 0))
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

  private static func line(of path: String, in report: BenchReport) -> (delay: Double, perByte: Double)? {
    let points = report.series.filter { $0.path == path }.map { (bytes: Double($0.bytes), seconds: $0.seconds) }
    if points.count > 1, let line = BenchStatistics.line(points) { return line }
    let rates = report.results.filter { $0.path == path && $0.mode == .file }.compactMap(\.gigabytesPerSecond)
    return Advice.mean(rates).map { (0, 1 / ($0 * 1e9)) }
  }
}

/// The recommendation of a report, in one line.
enum Advice {
  static func text(for report: BenchReport) -> String {
    guard report.isVerified else { return "none: a path gave wrong output" }
    let software = report.device?.isSoftware == true
    var rates: [(mode: String, path: String, rate: Double)] = []
    for path in Set(report.results.map(\.path)).sorted() {
      let isDevice = path == BenchPath.gpu.name || path == BenchPath.hybrid.name
      let values = report.results.filter { $0.path == path && $0.mode == .file }.compactMap(\.gigabytesPerSecond)
      if isDevice && software { continue }
      guard let rate = mean(values) else { continue }
      let mode = path == BenchPath.cpu.name ? "streaming" : isDevice ? path : "standard --kernel \(path)"
      rates.append((mode, path, rate))
    }
    guard let best = rates.max(by: { $0.rate < $1.rate }) else { return "none: no path was timed from file to file" }
    let simple = rates.filter { $0.path != best.path }.max { $0.rate < $1.rate }
    var text = "--mode \(best.mode): \(Text.rate(best.rate)) GB/s from file to file"
    if let simple { text += ", \(Text.fixed(best.rate / simple.rate, 2)) times as fast as --mode \(simple.mode)" }
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
    let slower = pairs.last { $0.seconds <= $1.seconds }
    guard let slower else { return "faster than one core at every size measured" }
    guard let first = pairs.first(where: { $0.0.bytes > slower.0.bytes }) else {
      return "not faster than one core at the largest size measured"
    }
    return "faster than one core from between \(Figures.size(slower.0.bytes)) and \(Figures.size(first.0.bytes)) on"
  }

  private static func device(_ report: BenchReport) -> String {
    guard let device = report.device else { return ". No GPU: \(report.deviceAbsence ?? "none was timed")" }
    if device.isSoftware { return ". \(device.name) is a software device and was not considered" }
    guard let breakEven = report.breakEven else { return "" }
    guard let bytes = breakEven.bytes else { return ". \(device.name) is not faster at any size" }
    return ". \(device.name) is faster from \(Figures.size(bytes)) on, including "
      + "\(Text.milliseconds(breakEven.setupSeconds)) of setup"
  }

  /// The geometric mean, nil if there are no values.
  static func mean(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : BenchStatistics.geometricMean(values)
  }
}
