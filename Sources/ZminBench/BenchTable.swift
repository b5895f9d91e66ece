import ZminBase
import ZminReport

/// A table for people, as text or Markdown.
struct BenchTable {
  let header: [String]
  let rows: [[String]]

  /// Makes the table of the speed of every path on every document.
  static func results(_ report: BenchReport) -> BenchTable {
    var rows: [[String]] = []
    var keys: [(document: String, path: String)] = []
    for result in report.results where !keys.contains(where: { $0 == (result.document, result.path) }) {
      keys.append((result.document, result.path))
    }
    for (document, path) in keys {
      let results = report.results.filter { $0.document == document && $0.path == path }
      var row = [document, report.label(of: path)]
      for mode in BenchReport.Mode.allCases { row += cells(results.first { $0.mode == mode }) }
      let last = results.last { $0.mode == .file } ?? results.last
      row.append(last?.isVerified == true ? last?.limit ?? "-" : "WRONG OUTPUT")
      row.append(last.map { Figures.memorySize($0.peakHostBytes) } ?? "-")
      rows.append(row)
    }
    return BenchTable(
      header: [
        "document", "path", "memory GB/s", "±", "of limit", "file GB/s", "±", "of limit", "bound by", "memory",
      ], rows: rows)
  }

  private static func cells(_ result: BenchReport.Result?) -> [String] {
    guard let result else { return ["-", "-", "-"] }
    guard result.isVerified else { return ["no speed", "-", "-"] }
    return [
      Text.rate(result.gigabytesPerSecond), result.spread.map(Text.percent) ?? "-",
      result.limitShare.map(Text.percent) ?? "-",
    ]
  }

  /// Makes the table of the documents.
  static func documents(_ report: BenchReport) -> BenchTable {
    BenchTable(
      header: ["document", "format", "size", "whitespace", "strings", "non-ASCII", "elements/kB", "output"],
      rows: report.documents.map { document in
        [
          document.name, document.format, Figures.size(document.bytes), Text.percent(document.whitespaceShare),
          Text.percent(document.stringShare), Text.percent(document.nonASCIIShare),
          Text.fixed(document.elementsPerKilobyte, 0),
          Text.percent(Double(document.outputBytes) / Double(max(1, document.bytes))),
        ]
      })
  }

  /// Makes the table of the machine's limits, measured with the first document.
  static func limits(_ report: BenchReport) -> BenchTable {
    let first = report.documents.first?.name
    return BenchTable(
      header: ["limit", "GB/s"],
      rows: report.limits.filter { $0.document == nil || $0.document == first }.map {
        [$0.name, Text.rate($0.gigabytesPerSecond)]
      })
  }

  /// The smallest share of a part that the table shows.
  private static let shareMin = 0.005

  /// Makes the table of the parts of each path's time, file to file, with the first document.
  static func parts(_ report: BenchReport) -> BenchTable {
    let first = report.documents.first?.name
    var rows: [[String]] = []
    for result in report.results where result.document == first && result.mode == .file && result.isVerified {
      let whole = result.medianSeconds ?? 0
      rows.append([
        report.label(of: result.path), Text.milliseconds(whole),
        shares(result.parts.filter { $0.parent == nil }, of: whole),
        result.overlap.map { "\(Text.fixed($0, 2)) of \(result.threads)" } ?? "-",
        result.accountedShare.map(Text.percent) ?? "-",
      ])
      for part in result.parts where part.parent == nil {
        let shares = shares(result.parts.filter { $0.parent == part.name }, of: part.seconds)
        guard !shares.isEmpty else { continue }
        rows.append(["within \(part.name)", Text.milliseconds(part.seconds), shares, "-", "-"])
      }
    }
    return BenchTable(header: ["path", "file to file", "parts", "threads busy", "accounted"], rows: rows)
  }

  private static func shares(_ parts: [BenchReport.Part], of whole: Double) -> String {
    parts.filter { $0.seconds > 0 && $0.seconds >= shareMin * whole }
      .map { "\($0.name) \(Text.percent($0.seconds / whole))" }.joined(separator: ", ")
  }

  /// The table in Markdown.
  var markdown: String {
    let lines = [header, header.map { _ in "---" }] + rows
    return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n") + "\n"
  }

  /// The table in columns of text. Columns of numbers are aligned to the right.
  var columns: String {
    let widths = header.indices.map { column in ([header] + rows).map { $0[column].count }.max() ?? 0 }
    let lines = ([header] + rows).map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += isNumeric(column) ? padding + cell : cell + padding
        line += "  "
      }
      while line.last == " " { line.removeLast() }
      return line
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func isNumeric(_ column: Int) -> Bool {
    rows.allSatisfy { $0[column] == "-" || $0[column].first?.isNumber == true }
  }
}

extension BenchReport {
  private var headline: [String] {
    var lines = [
      "\(host.cpu), \(host.cpus) CPUs, \(host.kernel)\(host.memoryBytes.map { ", \(Figures.memorySize($0))" } ?? "")",
      "zmin \(version)\(commit.map { " (commit \($0))" } ?? ""), \(date), \(conditions.cache) cache, load "
        + "\(host.loadBefore.map { Text.fixed($0, 2) } ?? "unknown") before and "
        + "\(host.loadAfter.map { Text.fixed($0, 2) } ?? "unknown") after",
    ]
    if let device {
      let steps = device.setup.map { "\($0.name) \(Text.milliseconds($0.seconds))" }.joined(separator: ", ")
      lines.append(
        "device: \(device.name)\(device.isSoftware ? " (software device)" : ""), \(device.driver), Vulkan \(device.api)"
          + "\(device.bus.map { ", \($0)" } ?? ""); "
          + "setup \(Text.milliseconds(device.setupSeconds)): \(steps)")
    } else {
      lines.append("no GPU was timed: \(deviceAbsence ?? "no device was found")")
    }
    return lines
  }

  private var tail: [String] {
    var lines: [String] = []
    if let breakEven {
      let other = breakEven.comparedWith
      let gain = breakEven.bytes.map { "faster than \(other) from \(Figures.size($0)) on" }
      let verdict = gain ?? "not measurably faster than \(other) at any size"
      lines.append("\(label(of: breakEven.path)) is \(verdict), including setup")
    }
    return lines + warnings.map { "warning: \($0)" } + ["advice: \(advice)"]
  }

  /// The report for a terminal.
  package var table: String {
    let tables = [
      BenchTable.documents(self), BenchTable.limits(self), BenchTable.parts(self), BenchTable.results(self),
    ]
    return headline.joined(separator: "\n") + "\n\n" + tables.map(\.columns).joined(separator: "\n") + "\n"
      + tail.joined(separator: "\n") + "\n"
  }

  /// The report as Markdown.
  package var markdown: String {
    """
    # zmin bench, \(date.prefix(10))

    \(headline.map { "- \($0)" }.joined(separator: "\n"))
    - command: `\(command)`

    Rates are medians, in GB/s of input (10^9 bytes). ± is the median absolute deviation, scaled to match a standard \
    deviation. *Of limit* is the share of the rate at which the machine copies, reads or writes the same bytes. Every \
    output was compared with the reference's.

    ## Speed

    \(BenchTable.results(self).markdown)
    ## Where the time goes, file to file

    \(BenchTable.parts(self).markdown)
    ## Limits

    \(BenchTable.limits(self).markdown)
    ## Documents

    \(BenchTable.documents(self).markdown)
    \(tail.map { "- \($0)" }.joined(separator: "\n"))

    """
  }

  /// The results as CSV: a header, and a line for each path on each document.
  package var csv: String {
    var lines = [
      "document,bytes,mode,path,label,verified,gigabytes_per_second,median_seconds,spread,limit,limit_share,samples,"
        + "peak_host_bytes,peak_device_bytes"
    ]
    for result in results {
      let bytes = documents.first { $0.name == result.document }?.bytes
      let cells: [String] = [
        result.document, bytes.map(String.init) ?? "", result.mode.rawValue, result.path, label(of: result.path),
        "\(result.isVerified)", result.gigabytesPerSecond.map { "\($0)" } ?? "",
        result.medianSeconds.map { "\($0)" } ?? "", result.spread.map { "\($0)" } ?? "", result.limit ?? "",
        result.limitShare.map { "\($0)" } ?? "", "\(result.samplesSeconds.count)", "\(result.peakHostBytes)",
        "\(result.peakDeviceBytes)",
      ]
      lines.append(cells.map(Self.quoted).joined(separator: ","))
    }
    return lines.joined(separator: "\r\n") + "\r\n"
  }

  /// Quotes a cell if RFC 4180 requires it. A text that a spreadsheet would take for a formula gets a quote before it.
  private static func quoted(_ cell: String) -> String {
    let cell = cell.first.map { "=+-@".contains($0) } == true ? "'\(cell)" : cell
    let isSpecial = cell.contains { $0 == "," || $0 == "\"" || $0.isNewline }
    return isSpecial ? "\"\(cell.replacing("\"", with: "\"\""))\"" : cell
  }
}
