import Testing
import ZminBench
import ZminReport

/// The page of a benchmark shows the figures of the report, and none that was not measured.
@Suite("Bench page")
struct BenchPageTests {
  private static func report(device: BenchReport.Device?) -> BenchReport {
    BenchReport(
      version: "1.2.3", commit: "abc1234", command: "zmin bench <a&b>.json", date: "2026-01-02T03:04:05Z",
      host: .init(cpu: "A CPU", cpus: 8, kernel: "6.1", memoryBytes: 1 << 34, loadBefore: 0.25), device: device,
      deviceAbsence: device == nil ? "no driver" : nil,
      conditions: .init(cache: "warm", seed: 7, workers: 8, budgetSeconds: 30))
  }

  private static func result(_ path: String, _ rate: Double?, _ parts: [BenchReport.Part]) -> BenchReport.Result {
    BenchReport.Result(
      document: "<a&b>.json", path: path, engine: path, mode: .file, isVerified: rate != nil, gigabytesPerSecond: rate,
      samplesSeconds: rate.map { [1 / $0, 1.1 / $0, 0.9 / $0] } ?? [], spread: 0.1, limit: "memcpy",
      limitShare: rate.map { $0 / 8 }, parts: parts, threads: 8, overlap: 5.25, accountedShare: 0.8,
      peakHostBytes: 20 << 20, peakDeviceBytes: path == "cpu" ? 0 : 64 << 20)
  }

  private static func full(type: String) -> BenchReport {
    var report = report(
      device: .init(
        name: "A device", driver: "a driver", api: "1.3", type: type, memoryBytes: nil,
        setup: [.init(name: "loader", seconds: 0.125)]))
    report.documents = [
      .init(
        name: "<a&b>.json", format: "json", bytes: 1_000_000_000, outputBytes: 700_000_000, whitespaceShare: 0.3,
        stringShare: 0.5, nonASCIIShare: 0.1, elementsPerKilobyte: 40)
    ]
    report.limits = [.init(name: "memcpy", document: nil, gigabytesPerSecond: 8, samplesSeconds: [0.125])]
    report.results = [
      result("cpu", 4, [.init(name: "reading", seconds: 0.05), .init(name: "minifying", seconds: 0.15)]),
      result("gpu", 6.5, [.init(name: "copying up", seconds: 0.1), .init(name: "of that", seconds: 9, parent: "x")]),
      result("hybrid", nil, []),
    ]
    report.series = [("cpu", 0.001), ("gpu", 0.1)].flatMap { path, delay in
      [1_000_000, 10_000_000, 100_000_000].map {
        BenchReport.SeriesPoint(path: path, bytes: $0, seconds: delay + Double($0) / 5e9, error: 0)
      }
    }
    report.breakEven = .init(
      path: "gpu", comparedWith: "cpu", setupSeconds: 0.125, bytes: 47_000_000, bytesWithoutSetup: nil)
    return report
  }

  /// The JSON embedded in the page.
  private static func data(_ html: String) throws -> JSONValue {
    let start = try #require(html.firstRange(of: "id=\"data\">")).upperBound
    let end = try #require(html[start...].firstRange(of: "</script>")).lowerBound
    return try JSONValue(reading: String(html[start..<end]))
  }

  @Test("The page shows the figures of the report and embeds its JSON")
  func figures() throws {
    let report = Self.full(type: "discrete")
    let html = BenchPage(report).html
    #expect(try Self.data(html) == JSONValue(reading: report.json.text()))
    for text in [
      ">4.000 GB/s, 50.0%<", "6.500 GB/s, 81.3%", "limit 8 GB/s (memcpy)", "wrong output", "1 wrong",
      "gpu is faster from 47.0 MB", "250.0 ms, 5.25 of 8", "20 MiB + 64 MiB", "0.125000",
      "<td>device memory</td><td>not reported</td>", "2026-01-02T03:04:05Z",
    ] {
      #expect(html.contains(text), "\(text)")
    }
    #expect(html.contains("47000000 bytes"))
    let body = html[..<(try #require(html.firstRange(of: "id=\"data\">")).lowerBound)]
    #expect(body.contains(">not accounted for</th>"))
    // Parts of parts are in a plot of their own.
    let plots = body.split(separator: "<figure").filter { $0.contains("of that") }
    #expect(plots.count == 1 && plots[0].contains("where the device's time goes") && plots[0].contains("9000.0 ms"))
    #expect(!body.contains("<a&b>") && body.contains("&lt;a&amp;b&gt;.json"))
    #expect(!html.contains("(software)"))
  }

  @Test("A software device is marked wherever it is named")
  func software() {
    let html = BenchPage(Self.full(type: "software")).html
    #expect(html.contains("gpu (software device) is faster from 47.0 MB"))
    #expect(html.contains("its figures say nothing about a GPU"))
  }

  @Test("A report without results has no plot and no figure")
  func empty() throws {
    let html = BenchPage(Self.report(device: nil)).html
    #expect(html.contains("Not measured.") && html.contains("none: no driver") && !html.contains("<svg"))
    #expect(try Self.data(html)["results"] == [])
  }
}
