import ZminBase
import ZminReport

/// A benchmark as an HTML page with plots. Every figure on it is in ``BenchReport/json`` or follows from it.
package struct BenchPage {
  private let report: BenchReport

  package init(_ report: BenchReport) { self.report = report }

  /// The page, complete in one file. The results come first. Each document has a section that unfolds.
  package var html: String {
    let commit = report.commit.map { " (\($0))" } ?? ""
    var page = Page(
      title: "zmin benchmark", subtitle: "zmin \(report.version)\(commit), \(report.date): \(report.command)",
      data: report.json)
    page.add(cards: cards)
    if !report.advice.isEmpty { page.add(paragraph: report.advice) }
    if !report.warnings.isEmpty {
      page.add(heading: "Warnings")
      page.add(list: report.warnings)
    }
    if report.documents.count > 1 { addOverview(to: &page) }
    page.add(series)
    for document in report.documents {
      page.add(fold: document.name, isOpen: report.documents.count == 1) { page in
        for mode in Self.modes {
          let results = report.results.filter { $0.document == document.name && $0.mode == mode }
          guard !results.isEmpty else { continue }
          page.add(rates(results, mode))
          page.add(parts(results, mode))
          if let plot = deviceParts(results, mode) { page.add(plot) }
        }
      }
    }
    page.add(memory)
    page.add(heading: "Machine")
    page.add(facts: machine)
    page.add(fold: "Documents") {
      $0.add(table: ["document", "format", "bytes", "minified", "whitespace", "strings", "non-ASCII"], documents)
    }
    page.add(fold: "Limits of this machine") { $0.add(table: ["limit", "document", "GB/s"], limits) }
    if let device = report.device {
      page.add(fold: "Device setup") {
        $0.add(
          table: ["step", "seconds"],
          device.setup.map { [$0.name, Figures.fixed($0.seconds, digits: 6)] }
            + [["total", Figures.fixed(device.setupSeconds, digits: 6)]])
      }
    }
    return page.html
  }

  /// Files first: most users minify files.
  private static let modes = [BenchReport.Mode.file, .memory]

  private static func words(for mode: BenchReport.Mode) -> String {
    switch mode {
    case .memory: "memory to memory"
    case .file: "file to file"
    }
  }

  private static func title(of mode: BenchReport.Mode) -> String {
    switch mode {
    case .memory: "Memory to memory"
    case .file: "File to file"
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
        "Outputs", report.results.isEmpty ? "not measured" : wrong == 0 ? "all correct" : "\(wrong) wrong",
        "compared with the reference, byte for byte"
      ),
    ]
    if let breakEven = report.breakEven {
      let path = report.label(of: breakEven.path)
      cards.append(
        (
          "\(path) is faster", breakEven.bytes.map { "from \(Figures.size($0))" } ?? "never",
          "than \(breakEven.comparedWith), including \(Figures.fixed(breakEven.setupSeconds, digits: 3)) s of setup"
        ))
      cards.append(
        (
          "\(path) once set up", breakEven.bytesWithoutSetup.map { "from \(Figures.size($0))" } ?? "never",
          "faster than \(breakEven.comparedWith), without setup"
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
        (
          "device",
          "\(device.name)\(device.isSoftware ? ", a software device: its figures say nothing about a GPU" : "")"
        ),
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
      ("seed", conditions.seed.map { "\($0)" } ?? "none: files were given"),
      ("time budget", "\(Figures.fixed(conditions.budgetSeconds, digits: 0)) s"),
    ]
  }

  // MARK: Plots

  /// Adds the mean over all documents, and a table with a row for each.
  private func addOverview(to page: inout Page) {
    for mode in Self.modes {
      let results = report.results.filter { $0.mode == mode }
      guard !results.isEmpty else { continue }
      page.add(means(results, mode))
      page.add(
        table: ["GB/s, \(Self.words(for: mode))"] + paths.map(report.label),
        report.documents.map { document in
          [document.name]
            + paths.map { path in
              let result = results.first { $0.document == document.name && $0.path == path }
              return result?.gigabytesPerSecond.map { Figures.fixed($0, digits: 3) }
                ?? (result?.isVerified == false ? "wrong output" : "not measured")
            }
        })
    }
  }

  /// The names of the paths, in the order of the results.
  private var paths: [String] {
    report.results.reduce(into: []) { if !$0.contains($1.path) { $0.append($1.path) } }
  }

  private func means(_ results: [BenchReport.Result], _ mode: BenchReport.Mode) -> Plot {
    .bars(
      "\(Self.title(of: mode)): each path over all documents",
      "Geometric mean of the rates over all documents, the slowest and the fastest document, and the machine's limit.",
      paths.map { path in
        let results = results.filter { $0.path == path }
        let rates = results.compactMap(\.gigabytesPerSecond)
        guard let mean = Advice.mean(rates), let least = rates.min(), let most = rates.max() else {
          return .init(report.label(of: path), [], note: "wrong output")
        }
        let limit = Advice.mean(results.compactMap(limitRate))
        return .init(
          report.label(of: path), [(name: "GB/s", value: mean)], limit: limit, range: least...most,
          note: Self.rate(mean) + (limit.map { ", \(Self.percent(mean / $0))" } ?? ""))
      }, .plain("GB/s"))
  }

  private func rates(_ results: [BenchReport.Result], _ mode: BenchReport.Mode) -> Plot {
    .bars(
      "\(Self.title(of: mode)): rate of each path",
      "Median rate of all runs, also as a percentage of the machine's limit for the same work.",
      results.map { result in
        let limit = limitRate(result)
        guard let rate = result.gigabytesPerSecond, let median = result.medianSeconds else {
          return .init(report.label(of: result.path), [], limit: limit, note: "wrong output")
        }
        let rates = result.samplesSeconds.filter { $0 > 0 }.map { rate * median / $0 }
        let share = result.limitShare.map { ", \(Self.percent($0))" } ?? ""
        var range: ClosedRange<Double>?
        if rates.count > 1, let least = rates.min(), let most = rates.max() { range = least...most }
        return .init(
          report.label(of: result.path), [(name: "GB/s", value: rate)], limit: limit, limitName: result.limit,
          range: range, note: Self.rate(rate) + share)
      }, .plain("GB/s"))
  }

  /// The highest rate that the limit of this result allows, in GB/s.
  private func limitRate(_ result: BenchReport.Result) -> Double? {
    guard let rate = result.gigabytesPerSecond, let share = result.limitShare, share > 0 else { return nil }
    return rate / share
  }

  private func parts(_ results: [BenchReport.Result], _ mode: BenchReport.Mode) -> Plot {
    let results = results.filter { $0.parts.contains { $0.parent == nil } }
    return .bars(
      "\(Self.title(of: mode)): where the time goes",
      "Parts of the median run of each path, averaged over its threads. Beside each bar: the elapsed time, and how "
        + "many of the threads were at work at once.",
      results.map { result in
        let parts = result.parts.filter { $0.parent == nil }
        let sum = parts.reduce(0) { $0 + $1.seconds }
        // The factor keeps the sum of the shares at or below 100% after rounding.
        let whole = (result.accountedShare.map { $0 > 0 && $0 < 1 ? sum / $0 : sum } ?? sum) * (1 + 1e-12)
        let shares = parts.map { (name: $0.name, value: 100 * $0.seconds / whole) }
        let rest = whole > sum ? [(name: Plot.restName, value: 100 * (whole - sum) / whole)] : []
        let overlap = result.overlap.map { ", \(Figures.fixed($0, digits: 2)) of \(result.threads)" } ?? ""
        return .init(
          report.label(of: result.path), shares + rest, note: "\(Figures.fixed(whole * 1000, digits: 1)) ms\(overlap)")
      }, .plain("%"))
  }

  /// The parts of the time on a device, nil if no path used one.
  private func deviceParts(_ results: [BenchReport.Result], _ mode: BenchReport.Mode) -> Plot? {
    let bars = results.compactMap { result -> Plot.Bar? in
      let parts = result.parts.filter { $0.parent != nil }
      let whole = parts.reduce(0) { $0 + $1.threadSeconds } * (1 + 1e-12)
      guard whole > 0 else { return nil }
      return .init(
        report.label(of: result.path), parts.map { (name: $0.name, value: 100 * $0.threadSeconds / whole) },
        note: "\(Figures.fixed(whole * 1000, digits: 1)) ms")
    }
    guard !bars.isEmpty else { return nil }
    return .bars(
      "\(Self.title(of: mode)): where the device's time goes",
      "Parts of the time of all device lanes in the median run. Shaders are timed by the device's own clock. Beside "
        + "each bar: the sum over all lanes, which exceeds the elapsed time if lanes overlap.", bars, .plain("%"))
  }

  private var memory: Plot {
    .bars(
      "Memory of each path", "Peak of host memory and of device memory over all documents.",
      paths.map { path in
        let results = report.results.filter { $0.path == path }
        let host = results.map(\.peakHostBytes).max() ?? 0
        let device = results.map(\.peakDeviceBytes).max() ?? 0
        return .init(
          report.label(of: path), [(name: "host", value: Double(host)), (name: "device", value: Double(device))],
          note: device == 0
            ? Figures.memorySize(host) : "\(Figures.memorySize(host)) + \(Figures.memorySize(device))")
      }, .bytes)
  }

  private var series: Plot {
    let paths = report.series.reduce(into: [String]()) { if !$0.contains($1.path) { $0.append($1.path) } }
    var mark: (x: Double, text: String)?
    if let breakEven = report.breakEven, let bytes = breakEven.bytes {
      mark = (Double(bytes), "\(report.label(of: breakEven.path)) is faster from \(Figures.size(bytes))")
    }
    return .scatter(
      "Throughput by input size",
      "File to file, for the first kind of document. The curves leave out device setup, the marked size includes it.",
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
