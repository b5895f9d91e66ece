import ZminBase
package import ZminReport

/// The differences between two reports that are larger than noise.
package struct BenchComparison: Sendable, Equatable {
  /// The outcome for one figure.
  package enum Verdict: String, Sendable {
    case same, faster, slower, smaller, larger, missing, wrong
    /// Past the threshold, but within three standard errors.
    case noise

    /// True for verdicts that fail the comparison.
    package var isWorse: Bool { [.slower, .larger, .missing, .wrong].contains(self) }
  }

  /// One figure in the two reports.
  package struct Change: Sendable, Equatable {
    package let document: String
    package let path: String
    package let mode: String
    /// `time`, `host memory` or `device memory`.
    package let figure: String
    package let old: Double?
    package let new: Double?
    package let verdict: Verdict

    /// The change as a share of the old value. Above 0 is worse.
    package var share: Double? {
      guard let old, let new, old > 0 else { return nil }
      return new / old - 1
    }
  }

  package let changes: [Change]
  package let notes: [String]

  /// True if nothing got worse by more than the threshold.
  package var isGood: Bool { !changes.contains { $0.verdict.isWorse } }

  /// The input is not a report of `zmin bench`, or has no figure in common with the other.
  package struct NotAReport: Error, CustomStringConvertible {
    package let description: String
  }

  /// The smallest change of memory that counts.
  private static let memoryBytesMin = 65_536.0

  /// Compares two reports.
  ///
  /// - Parameters:
  ///   - old: The earlier report, as JSON.
  ///   - new: The later report, as JSON.
  ///   - threshold: The largest change that does not count, as a share of the old value.
  /// - Throws: ``NotAReport``.
  package init(from old: JSONValue, to new: JSONValue, threshold: Double) throws {
    let (before, after) = (try Self.figures(old), try Self.figures(new))
    var notes: [String] = []
    for key in ["cpu", "cpus", "memory_bytes"] where old["host"]?[key] != new["host"]?[key] {
      notes.append("the reports are from different hosts (\(key) differs): changes may not come from zmin")
      break
    }
    if old["documents"] != new["documents"] { notes.append("the reports are of different documents") }
    if old["conditions"]?["cache"] != new["conditions"]?["cache"] {
      notes.append("one report is with a cold page cache, the other with a warm one")
    }
    var changes: [Change] = []
    for figure in before where figure.isVerified {
      let other = after.first { $0.key == figure.key }
      changes.append(Self.timeChange(figure, other, threshold))
      if let other, other.isVerified { changes += Self.memoryChanges(figure, other, threshold) }
    }
    for figure in after where !figure.isVerified && !before.contains(where: { $0.key == figure.key && $0.isVerified }) {
      changes.append(figure.change("time", nil, nil, .wrong))
    }
    guard !changes.isEmpty else { throw NotAReport(description: "the two reports have no results in common") }
    self.changes = changes
    self.notes = notes
  }

  private static func timeChange(_ old: Figure, _ new: Figure?, _ threshold: Double) -> Change {
    guard let new else { return old.change("time", old.median, nil, .missing) }
    guard new.isVerified, let before = old.median, let after = new.median else {
      return old.change("time", old.median, nil, .wrong)
    }
    let share = after / before - 1
    let isNoise = BenchStatistics.isNoise(ratio: after / before, errors: (old.error, new.error))
    let verdict: Verdict = abs(share) <= threshold ? .same : isNoise ? .noise : share > 0 ? .slower : .faster
    return old.change("time", before, after, verdict)
  }

  private static func memoryChanges(_ old: Figure, _ new: Figure, _ threshold: Double) -> [Change] {
    [("host memory", old.hostBytes, new.hostBytes), ("device memory", old.deviceBytes, new.deviceBytes)].compactMap {
      name, before, after in
      guard before > 0 || after > 0 else { return nil }
      let isSame = abs(after - before) < memoryBytesMin || abs(after - before) <= threshold * before
      return old.change(name, before, after, isSame ? .same : after > before ? .larger : .smaller)
    }
  }

  /// The measurements of one path on one document.
  private struct Figure {
    let document: String
    let path: String
    let mode: String
    let isVerified: Bool
    let samples: [Double]
    let hostBytes: Double
    let deviceBytes: Double

    var key: [String] { [document, path, mode] }
    var median: Double? { samples.isEmpty ? nil : BenchStatistics.median(samples) }
    /// The standard error of the median, as a share of it. A single sample has none.
    var error: Double { samples.count > 1 ? BenchStatistics.medianError(samples) : 0 }

    func change(_ figure: String, _ old: Double?, _ new: Double?, _ verdict: Verdict) -> Change {
      Change(document: document, path: path, mode: mode, figure: figure, old: old, new: new, verdict: verdict)
    }
  }

  private static func figures(_ report: JSONValue) throws -> [Figure] {
    guard report["schema"]?.string == BenchReport.schema, let results = report["results"]?.elements else {
      throw NotAReport(description: "not a report of zmin bench (schema \(BenchReport.schema))")
    }
    return try results.map { result in
      guard let document = result["document"]?.string, let path = result["path"]?.string,
        let mode = result["mode"]?.string, let isVerified = result["verified"]?.bool,
        let samples = result["samples_seconds"]?.elements?.compactMap(\.double)
      else { throw NotAReport(description: "not a valid report of zmin bench: a result lacks a required member") }
      return Figure(
        document: document, path: path, mode: mode, isVerified: isVerified, samples: samples,
        hostBytes: result["peak_host_bytes"]?.double ?? 0, deviceBytes: result["peak_device_bytes"]?.double ?? 0)
    }
  }
}

extension BenchComparison {
  private var rows: BenchTable {
    BenchTable(
      header: ["document", "path", "mode", "figure", "old", "new", "change", "verdict"],
      rows: changes.map { change in
        let write = { (value: Double?) in
          value.map { change.figure == "time" ? Text.milliseconds($0) : Figures.memorySize(Int($0)) } ?? "-"
        }
        return [
          change.document, change.path, change.mode, change.figure, write(change.old), write(change.new),
          change.share.map { "\($0 > 0 ? "+" : "")\(Text.fixed(100 * $0, 1))%" } ?? "-", change.verdict.rawValue,
        ]
      })
  }

  private var summary: String {
    let worse = changes.count { $0.verdict.isWorse }
    let better = changes.count { $0.verdict == .faster || $0.verdict == .smaller }
    return "\(Figures.count(worse, "figure")) worse, \(better) better, of \(changes.count)"
  }

  /// The comparison for a terminal.
  package var table: String {
    rows.columns + "\n" + (notes.map { "note: \($0)" } + [summary]).joined(separator: "\n") + "\n"
  }

  /// The comparison as Markdown.
  package var markdown: String {
    rows.markdown + "\n" + (notes.map { "- \($0)" } + ["- \(summary)"]).joined(separator: "\n") + "\n"
  }

  /// The comparison as JSON, schema `zmin-bench-comparison/1`.
  package var json: JSONValue {
    [
      "schema": "zmin-bench-comparison/1", "good": .bool(isGood), "notes": .array(notes.map(JSONValue.string)),
      "changes": .array(
        changes.map { change in
          [
            "document": .string(change.document), "path": .string(change.path), "mode": .string(change.mode),
            "figure": .string(change.figure), "old": JSONValue(change.old), "new": JSONValue(change.new),
            "change": JSONValue(change.share), "verdict": .string(change.verdict.rawValue),
          ]
        }),
    ]
  }
}
