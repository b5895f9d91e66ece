import Testing
import ZminReport

@testable import ZminBench

/// Verdicts on the figures of two reports.
@Suite("Bench comparisons") struct BenchComparisonTests {
  private static func report(
    _ samples: [Double], hostBytes: Int = 10_000_000, deviceBytes: Int = 0, path: String = "cpu", cpu: String = "A CPU",
    cache: String = "warm", isVerified: Bool = true
  ) -> JSONValue {
    var report = BenchReport(
      version: "1", commit: nil, command: "zmin bench", date: "2026-01-02T03:04:05Z",
      host: .init(cpu: cpu, cpus: 2, kernel: "6.1", memoryBytes: nil, loadBefore: 0),
      conditions: .init(cache: cache, seed: 1, workers: 2, budgetSeconds: 1))
    report.results = [
      .init(
        document: "pretty", path: path, engine: "e", mode: .file, isVerified: isVerified,
        gigabytesPerSecond: isVerified ? 1 : nil, samplesSeconds: isVerified ? samples : [], spread: nil, limit: nil,
        limitShare: nil, parts: [], threads: 1, overlap: nil, accountedShare: nil, peakHostBytes: hostBytes,
        peakDeviceBytes: deviceBytes)
    ]
    return report.json
  }

  private static let steady = report([1, 1.001, 0.999, 1, 1])

  private static func verdict(
    _ old: JSONValue, _ new: JSONValue, threshold: Double = 0.05, figure: String = "time"
  ) throws -> BenchComparison.Verdict? {
    try BenchComparison(from: old, to: new, threshold: threshold).changes.first { $0.figure == figure }?.verdict
  }

  @Test("A time past the threshold is slower or faster, one within it is the same")
  func times() throws {
    let slower = Self.report([1.2, 1.201, 1.199])
    #expect(try Self.verdict(Self.steady, slower) == .slower)
    #expect(try Self.verdict(slower, Self.steady) == .faster)
    #expect(try Self.verdict(Self.steady, slower, threshold: 0.25) == .same)
    let comparison = try BenchComparison(from: Self.steady, to: slower, threshold: 0.05)
    #expect(!comparison.isGood && comparison.notes.isEmpty)
    let share = try #require(comparison.changes.first?.share)
    #expect(abs(share - 0.2) < 1e-9)
    #expect(comparison.table.contains("1000.00 ms  1200.00 ms  +20.0%  slower"))
    #expect(comparison.table.hasSuffix("1 figure worse, 0 better, of 2\n"))
    #expect(comparison.markdown.contains("| pretty | cpu | file | time | 1000.00 ms | 1200.00 ms | +20.0% | slower |"))
    let json = try JSONValue(reading: comparison.json.text())
    #expect(json["good"] == false && json["changes"]?.elements?.first?["verdict"] == "slower")
    #expect(try BenchComparison(from: slower, to: Self.steady, threshold: 0.05).isGood)
  }

  @Test("A change within the spread of the samples is noise")
  func noise() throws {
    let old = Self.report([1, 1.5, 0.7])
    let new = Self.report([1.2, 1.8, 0.8])
    #expect(try Self.verdict(old, new) == .noise)
    #expect(try BenchComparison(from: old, to: new, threshold: 0.05).isGood)
    // A factor of 100 exceeds even this wide spread, in both directions.
    let wide = Self.report([100, 190, 20])
    #expect(try Self.verdict(wide, Self.steady) == .faster)
    #expect(try Self.verdict(Self.steady, wide) == .slower)
    // A single sample has no spread, so its change counts.
    #expect(try Self.verdict(Self.report([1]), Self.report([1.2])) == .slower)
  }

  @Test("Memory that peaks higher is worse")
  func memory() throws {
    let larger = Self.report([1, 1, 1], hostBytes: 11_000_000, deviceBytes: 1 << 20)
    #expect(try Self.verdict(Self.steady, larger, figure: "host memory") == .larger)
    #expect(try Self.verdict(Self.steady, larger, figure: "device memory") == .larger)
    #expect(try Self.verdict(larger, Self.steady, figure: "host memory") == .smaller)
    #expect(try Self.verdict(larger, Self.steady, figure: "device memory") == .smaller)
    #expect(
      try Self.verdict(Self.steady, Self.report([1], hostBytes: 10_060_000), threshold: 0, figure: "host memory")
        == .same)
    #expect(try !BenchComparison(from: Self.steady, to: larger, threshold: 0.05).isGood)
  }

  @Test("A missing or wrong figure is worse, a new figure is not")
  func missing() throws {
    let other = Self.report([1, 1, 1], path: "gpu")
    #expect(try Self.verdict(Self.steady, other) == .missing)
    let wrong = Self.report([], isVerified: false)
    #expect(try Self.verdict(Self.steady, wrong) == .wrong)
    #expect(try Self.verdict(wrong, wrong) == .wrong)
    #expect(throws: BenchComparison.NotAReport.self) { try Self.verdict(wrong, Self.steady) }
  }

  @Test("Reports of different hosts or cache states get a note")
  func notes() throws {
    let other = try BenchComparison(from: Self.steady, to: Self.report([1], cpu: "Another"), threshold: 0.05)
    #expect(other.notes == ["the reports are from different hosts (cpu differs): changes may not come from zmin"])
    #expect(other.table.contains("note: the reports are from different hosts"))
    let cold = try BenchComparison(from: Self.steady, to: Self.report([1], cache: "cold"), threshold: 0.05)
    #expect(cold.notes == ["one report is with a cold page cache, the other with a warm one"])
  }

  @Test(
    "A JSON value that is not a bench report is refused",
    arguments: [
      "{}", "[]", "{\"schema\":\"zmin-memory/1\",\"results\":[]}", "{\"schema\":\"zmin-bench/1\",\"results\":[{}]}",
    ])
  func noReport(_ text: String) throws {
    let value = try JSONValue(reading: text)
    #expect(throws: BenchComparison.NotAReport.self) { try Self.verdict(value, Self.steady) }
    #expect(throws: BenchComparison.NotAReport.self) { try Self.verdict(Self.steady, value) }
  }
}
