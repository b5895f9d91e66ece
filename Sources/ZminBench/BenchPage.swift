import ZminReport

/// A benchmark as a page with plots. Every figure on it is one of ``BenchReport/json``, or follows from those.
package struct BenchPage {
  private let report: BenchReport

  package init(_ report: BenchReport) { self.report = report }

  /// The page, complete in one file.
  package var html: String {
    let commit = report.commit.map { " (\($0))" } ?? ""
    var page = Page(
      title: "zmin benchmark", subtitle: "zmin \(report.version)\(commit), \(report.date): \(report.command)",
      data: report.json)
    page.add(cards: cards)
    if !report.advice.isEmpty { page.add(paragraph: report.advice) }
    if !report.warnings.isEmpty {
      page.add(heading: "To be careful about")
      page.add(list: report.warnings)
    }
    page.add(heading: "Machine")
    page.add(facts: machine)
    for document in report.documents {
      for mode in BenchReport.Mode.allCases {
        let results = report.results.filter { $0.document == document.name && $0.mode == mode }
        guard !results.isEmpty else { continue }
        page.add(heading: "\(document.name), \(Self.words(for: mode))")
        page.add(rates(results, of: document))
        page.add(parts(results))
        page.add(memory(results))
      }
    }
    page.add(series)
    page.add(heading: "Documents")
    page.add(table: ["document", "format", "bytes", "minified", "blanks", "strings", "past ASCII"], documents)
    page.add(heading: "What the machine does at most")
    page.add(table: ["what", "document", "GB/s"], limits)
    if let device = report.device {
      page.add(heading: "Before the first slice")
      page.add(
        table: ["part", "seconds"],
        device.setup.map { [$0.name, Figures.fixed($0.seconds, digits: 6)] }
          + [["all of it", Figures.fixed(device.setupSeconds, digits: 6)]])
    }
    return page.html
  }

  private static func words(for mode: BenchReport.Mode) -> String {
    switch mode {
    case .memory: "memory to memory"
    case .file: "file to file"
    }
  }

  private static func percent(_ share: Double) -> String { "\(Figures.fixed(share * 100, digits: 1))%" }

  private static func rate(_ gigabytesPerSecond: Double) -> String {
    "\(Figures.fixed(gigabytesPerSecond, digits: 3)) GB/s"
  }

  // MARK: The run

  private var cards: [(name: String, value: String, note: String)] {
    let fastest = report.results.filter { $0.gigabytesPerSecond != nil }.max {
      ($0.gigabytesPerSecond ?? 0) < ($1.gigabytesPerSecond ?? 0)
    }
    let wrong = report.results.count { !$0.isVerified }
    var cards: [(name: String, value: String, note: String)] = [
      (
        "Fastest", fastest?.gigabytesPerSecond.map(Self.rate) ?? "not measured",
        fastest.map { "\(report.label(of: $0.path)), \($0.document), \(Self.words(for: $0.mode))" } ?? ""
      ),
      (
        "Outputs", report.results.isEmpty ? "not measured" : wrong == 0 ? "all equal" : "\(wrong) wrong",
        "compared with the reference's, byte for byte"
      ),
    ]
    if let breakEven = report.breakEven {
      let path = report.label(of: breakEven.path)
      cards.append(
        (
          "\(path) pays", breakEven.bytes.map { "from \(Figures.size($0))" } ?? "never",
          "against \(breakEven.comparedWith), with \(Figures.fixed(breakEven.setupSeconds, digits: 3)) s of set-up"
        ))
      cards.append(
        (
          "\(path), once ready", breakEven.bytesWithoutSetup.map { "from \(Figures.size($0))" } ?? "never",
          "against \(breakEven.comparedWith), without set-up"
        ))
    }
    return cards
  }

  private var machine: [(name: String, value: String)] {
    let host = report.host
    let load = [host.loadBefore, host.loadAfter].map { $0.map { Figures.fixed($0, digits: 2) } ?? "not reported" }
    var rows: [(name: String, value: String)] = [
      ("CPU", host.cpu), ("processors", "\(host.cpus)"), ("kernel", host.kernel),
      ("memory", host.memoryBytes.map(Figures.memorySize) ?? "not reported"),
      ("load before and after", load.joined(separator: ", ")),
    ]
    if let device = report.device {
      rows += [
        ("device", "\(device.name)\(device.isSoftware ? ", in software: it says nothing about a GPU" : "")"),
        ("driver", device.driver), ("API", device.api),
        ("device memory", device.memoryBytes.map(Figures.memorySize) ?? "not reported"),
        ("bus", device.bus ?? "not reported"),
      ]
    } else {
      rows.append(("device", report.deviceAbsence.map { "none: \($0)" } ?? "none"))
    }
    let conditions = report.conditions
    return rows + [
      ("page cache", conditions.cache), ("workers", "\(conditions.workers)"),
      ("seed", conditions.seed.map { "\($0)" } ?? "files were named"),
      ("time for all runs", "\(Figures.fixed(conditions.budgetSeconds, digits: 0)) s"),
    ]
  }

  // MARK: Plots

  private func rates(_ results: [BenchReport.Result], of document: BenchReport.Document) -> Plot {
    .bars(
      "Rate of each path",
      "The median of all runs and, in percent, how much that is of what the machine could do at most.",
      results.map { result in
        let limit = limitRate(result)
        guard let rate = result.gigabytesPerSecond else {
          return .init(report.label(of: result.path), [], limit: limit, note: "wrong output")
        }
        let rates = result.samplesSeconds.filter { $0 > 0 }.map { Double(document.bytes) / $0 / 1e9 }
        let share = result.limitShare.map { ", \(Self.percent($0))" } ?? ""
        var range: ClosedRange<Double>?
        if rates.count > 1, let least = rates.min(), let most = rates.max() { range = least...most }
        return .init(
          report.label(of: result.path), [(name: "GB/s", value: rate)], limit: limit, limitName: result.limit,
          range: range,
          note: Self.rate(rate) + share)
      }, .plain("GB/s"))
  }

  private func limitRate(_ result: BenchReport.Result) -> Double? {
    let limits = report.limits.filter { $0.name == result.limit }
    return (limits.first { $0.document == result.document } ?? limits.first { $0.document == nil })?.gigabytesPerSecond
  }

  private func parts(_ results: [BenchReport.Result]) -> Plot {
    let results = results.filter { $0.parts.contains { $0.parent == nil } }
    return .bars(
      "Where the time goes",
      "The median run of each path, on average over its threads. Behind it, how many threads were at work at once.",
      results.map { result in
        let parts = result.parts.filter { $0.parent == nil }.map { (name: $0.name, value: $0.seconds) }
        let sum = parts.reduce(0) { $0 + $1.value }
        var rest: [(name: String, value: Double)] = []
        if let share = result.accountedShare, share > 0, share < 1 {
          rest = [(name: Plot.restName, value: sum / share - sum)]
        }
        let overlap = result.overlap.map { ", \(Figures.fixed($0, digits: 2)) at once" } ?? ""
        return .init(
          report.label(of: result.path), parts + rest,
          note: "\(Figures.fixed((sum + (rest.first?.value ?? 0)) * 1000, digits: 1)) ms\(overlap)")
      }, .seconds)
  }

  private func memory(_ results: [BenchReport.Result]) -> Plot {
    .bars(
      "Memory of each path", "The most that it held of the host's memory, and of the device's.",
      results.map { result in
        .init(
          report.label(of: result.path),
          [
            (name: "host", value: Double(result.peakHostBytes)),
            (name: "device", value: Double(result.peakDeviceBytes)),
          ],
          note: result.peakDeviceBytes == 0
            ? Figures.memorySize(result.peakHostBytes)
            : "\(Figures.memorySize(result.peakHostBytes)) + \(Figures.memorySize(result.peakDeviceBytes))")
      }, .bytes)
  }

  private var series: Plot {
    let paths = report.series.reduce(into: [String]()) { if !$0.contains($1.path) { $0.append($1.path) } }
    var mark: (x: Double, text: String)?
    if let breakEven = report.breakEven, let bytes = breakEven.bytes {
      mark = (Double(bytes), "\(report.label(of: breakEven.path)) pays from \(Figures.size(bytes))")
    }
    return .scatter(
      "Throughput against size", "File to file, from the start of the program: what a device needs first is included.",
      paths.map { path in
        let points = report.series.filter { $0.path == path }.sorted { $0.bytes < $1.bytes }
        return Plot.Points(
          report.label(of: path),
          points.map { (x: Double($0.bytes), y: $0.gigabytesPerSecond, name: report.label(of: path)) }, isLine: true)
      }, axes: (x: "input size", y: "GB/s of input"), .plain("GB/s"), mark: mark)
  }

  // MARK: Tables

  private var documents: [[String]] {
    report.documents.map { document in
      [
        document.name, document.format, "\(document.bytes)", "\(document.outputBytes)",
        Self.percent(document.whitespaceShare), Self.percent(document.stringShare),
        Self.percent(document.nonASCIIShare),
      ]
    }
  }

  private var limits: [[String]] {
    report.limits.map { [$0.name, $0.document ?? "any", Figures.fixed($0.gigabytesPerSecond, digits: 3)] }
  }
}
