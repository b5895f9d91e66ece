import Testing
import ZminReport

@testable import ZminBench

/// Every form of a report has the same figures.
@Suite("Bench reports") struct BenchReportTests {
  static func report(type: String = "discrete") -> BenchReport {
    var report = BenchReport(
      version: "1.2.3", commit: nil, command: "zmin bench a,b.json", date: "2026-01-02T03:04:05Z",
      host: .init(cpu: "A CPU", cpus: 8, kernel: "6.1", memoryBytes: 1 << 34, loadBefore: 0.25, loadAfter: 1),
      device: .init(
        name: "A device", driver: "a driver", api: "1.3", type: type, memoryBytes: nil,
        setup: [.init(name: "loader", seconds: 0.1), .init(name: "pinning", seconds: 0.025)]),
      conditions: .init(cache: "warm", seed: nil, workers: 8, budgetSeconds: 30))
    report.documents = [
      .init(
        name: "a,\"b\".json", format: "json", bytes: 1_000_000_000, outputBytes: 700_000_000, whitespaceShare: 0.3,
        stringShare: 0.5, nonASCIIShare: 0.1, elementsPerKilobyte: 40)
    ]
    for mode in BenchReport.Mode.allCases {
      for (path, rate) in [("cpu", 4.0), ("gpu", 6.5), ("hybrid", nil)] {
        report.results.append(
          .init(
            document: "a,\"b\".json", path: path, engine: path, mode: mode, isVerified: rate != nil,
            gigabytesPerSecond: rate, samplesSeconds: rate.map { [1 / $0, 1.1 / $0, 0.9 / $0] } ?? [], spread: 0.1,
            limit: "memcpy", limitShare: rate.map { $0 / 8 },
            parts: [
              .init(name: "read", seconds: 0.05, threadSeconds: 0.4),
              .init(name: "summarise", seconds: 0.04, parent: "read"),
            ],
            threads: 8, overlap: 5.25, accountedShare: 0.99, peakHostBytes: 20 << 20, peakDeviceBytes: 64 << 20))
      }
    }
    report.limits = [.init(name: "memcpy", document: nil, gigabytesPerSecond: 8, samplesSeconds: [0.125])]
    report.series = [
      .init(path: "cpu", bytes: 1000, seconds: 1e-6, error: 0),
      .init(path: "gpu", bytes: 1000, seconds: 1e-5, error: 0),
    ]
    report.breakEven = BreakEven.find(in: report)
    report.advice = Advice.text(for: report)
    return report
  }

  @Test("The JSON report has the keys that programs rely on")
  func json() throws {
    let report = Self.report()
    let json = try JSONValue(reading: report.json.text(.indented))
    #expect(json == report.json)
    #expect(json["schema"] == "zmin-bench/1" && json["host"]?["cpu"] == "A CPU" && json["commit"] == .null)
    #expect(json["device"]?["is_software"] == false && json["command"] == "zmin bench a,b.json")
    let results = try #require(json["results"]?.elements)
    #expect(results.count == 6)
    for (result, expected) in zip(results, report.results) {
      #expect(result["path"]?.string == expected.path)
      #expect(result["verified"]?.bool == expected.isVerified)
      #expect(
        result["gigabytes_per_second"]
          == (expected.gigabytesPerSecond == nil ? .null : JSONValue(expected.gigabytesPerSecond)))
      #expect(result["samples_seconds"]?.elements?.compactMap(\.double) == expected.samplesSeconds)
      #expect(result["mode"]?.string == expected.mode.rawValue && result["threads"] == 8)
      #expect(result["parts"]?.elements?.first?["thread_seconds"]?.double == 0.4)
      #expect(result["parts"]?.elements?.last?["parent"] == "read")
    }
  }

  /// Splits a line of CSV into cells, by RFC 4180.
  private static func cells(_ line: Substring) -> [String] {
    var (cells, cell, isQuoted) = ([String](), "", false)
    var rest = line
    while let character = rest.popFirst() {
      if character == "\"", isQuoted, rest.first == "\"" {
        cell.append(rest.removeFirst())
      } else if character == "\"" {
        isQuoted.toggle()
      } else if character == ",", !isQuoted {
        cells.append(cell)
        cell = ""
      } else {
        cell.append(character)
      }
    }
    return cells + [cell]
  }

  @Test("The CSV report has a line with the right cells for each result")
  func csv() throws {
    let report = Self.report()
    #expect(report.csv.hasSuffix("\r\n"))
    let lines = report.csv.split(separator: "\r\n").map(Self.cells)
    let header = try #require(lines.first)
    #expect(lines.count == 7 && lines.allSatisfy { $0.count == header.count })
    for (line, result) in zip(lines.dropFirst(), report.results) {
      let cell = { (name: String) in header.firstIndex(of: name).map { line[$0] } }
      #expect(cell("document") == "a,\"b\".json" && cell("bytes") == "1000000000" && cell("path") == result.path)
      #expect(cell("mode") == result.mode.rawValue && cell("verified") == "\(result.isVerified)")
      #expect(cell("gigabytes_per_second").flatMap(Double.init) == result.gigabytesPerSecond)
      #expect(cell("median_seconds").flatMap(Double.init) == result.medianSeconds)
      #expect(cell("samples") == "\(result.samplesSeconds.count)" && cell("peak_device_bytes") == "67108864")
    }
  }

  @Test("A name is no formula in the CSV report", arguments: ["=1+1", "+1", "-1", "@sum"])
  func formulas(_ name: String) {
    var report = Self.report()
    report.documents[0].name = name
    for index in report.results.indices { report.results[index].document = name }
    #expect(report.csv.split(separator: "\r\n").dropFirst().allSatisfy { $0.hasPrefix("'\(name),") })
  }

  @Test("The Markdown and the text report show every path and its outcome")
  func text() throws {
    let report = Self.report()
    // All rows of a table have the same number of cells.
    let widths = report.markdown.split(separator: "\n", omittingEmptySubsequences: false)
      .map { line in line.hasPrefix("|") ? line.count { $0 == "|" } : 0 }
    let tables = widths.split(separator: 0)
    #expect(tables.count == 4)
    for table in tables { #expect(table.count > 2 && Set(table).count == 1) }
    #expect(report.markdown.contains("`zmin bench a,b.json`"))
    for text in [report.markdown, report.table] {
      for part in [
        "A CPU, 8 CPUs", "load 0.25 before and 1.00 after", "6.50", "81%", "no speed", "WRONG OUTPUT",
        "setup 125.00 ms", "within read", "summarise 80%",
      ] {
        #expect(text.contains(part), "\(part)")
      }
      #expect(!text.contains("software"))
    }
  }

  @Test("A software device is marked in every form of the report")
  func software() throws {
    let report = Self.report(type: "software")
    for text in [report.table, report.markdown, report.csv, BenchPage(report).html] {
      #expect(text.contains("gpu (software device)") && text.contains("hybrid (software device)"))
      #expect(!text.contains("gpu (software)"))
    }
    let labels = report.json["results"]?.elements?.compactMap { $0["label"]?.string }
    #expect(labels.map(Set.init) == ["cpu", "gpu (software device)", "hybrid (software device)"])
    #expect(report.json["device"]?["is_software"] == true)
    var verified = report
    verified.results.removeAll { !$0.isVerified }
    #expect(Advice.text(for: verified).hasSuffix("A device is a software device and was not considered"))
    #expect(Advice.text(for: verified).hasPrefix("--mode streaming: 4.00 GB/s"))
  }

  @Test("The advice names the fastest path, or the reason that there is none")
  func advice() {
    var report = Self.report()
    #expect(report.advice == "none: a path gave wrong output")
    report.results.removeAll { !$0.isVerified }
    let advice = Advice.text(for: report)
    #expect(
      advice.hasPrefix(
        "--mode gpu: 6.50 GB/s from file to file, 1.62 times as fast as --mode streaming, limited by memcpy"))
    #expect(report.breakEven?.bytes != nil)
    report.results = []
    #expect(Advice.text(for: report) == "none: no path was timed from file to file")
  }

  /// A report of two paths, with the times of their runs.
  private static func report(cpu: [Double], gpu: [Double]) -> BenchReport {
    var report = Self.report()
    report.series = []
    report.results = [("cpu", cpu), ("gpu", gpu)].map { path, seconds in
      var result = report.results[0]
      (result.path, result.mode, result.samplesSeconds) = (path, .file, seconds)
      result.gigabytesPerSecond = 1 / BenchStatistics.median(seconds)
      return result
    }
    report.breakEven = BreakEven.find(in: report)
    return report
  }

  @Test("No mode is recommended, and no size, where the difference is noise")
  func noise() {
    let noisy = Self.report(cpu: [0.20, 0.26, 0.32], gpu: [0.19, 0.25, 0.31])
    let advice = Advice.text(for: noisy)
    #expect(advice.hasPrefix("none: --mode gpu (4.00 GB/s) and --mode streaming (3.85 GB/s) differ by less than"))
    #expect(noisy.breakEven?.bytes == nil && noisy.breakEven?.bytesWithoutSetup == nil)
    let clear = Self.report(cpu: [0.259, 0.26, 0.261], gpu: [0.249, 0.25, 0.251])
    #expect(Advice.text(for: clear).hasPrefix("--mode gpu: 4.00 GB/s"))
    #expect(clear.breakEven?.bytes != nil)
  }
}
