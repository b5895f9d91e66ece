import ZminBase
import ZminMemory
import ZminReport

/// The current memory of a run, for a terminal or a log.
package struct MonitorText {
  /// The progress of a run.
  package struct Progress: Sendable {
    package var filesDone: Int
    package var fileCount: Int
    package var inputBytes: Int
    /// The size of all inputs, nil if unknown.
    package var totalBytes: Int?
    package var bytesPerSecond: Double

    package init(filesDone: Int, fileCount: Int, inputBytes: Int, totalBytes: Int?, bytesPerSecond: Double) {
      self.filesDone = filesDone
      self.fileCount = fileCount
      self.inputBytes = inputBytes
      self.totalBytes = totalBytes
      self.bytesPerSecond = bytesPerSecond
    }
  }

  private static let bars = Array("▁▂▃▄▅▆▇█")

  private let sample: MemorySample
  private let progress: Progress
  /// The resident memory at the samples so far, including this one.
  private let history: [Int]

  package init(_ sample: MemorySample, _ progress: Progress, history: [Int]) {
    self.sample = sample
    self.progress = progress
    self.history = history
  }

  /// A few lines for a terminal, none wider than `columns` columns.
  package func block(columns: Int) -> String {
    let peakBytes = [history.max(), sample.highWaterBytes].compactMap(\.self).max()
    let resident =
      "memory  resident \(ReportText.size(sample.residentBytes)), peak so far \(ReportText.size(peakBytes))"
    let room = columns - ReportText.width(resident) - 3
    let lines = [
      room > 8 ? "\(resident)  \(sparkline(columns: min(40, room)))" : resident,
      "ledger  \(ReportText.sizes(sample.allocated.filter { $0.key != .stack }, \.words))",
      "device  \(device)\(helpers)",
      "input   \(input)",
    ]
    return lines.map { ReportText.fitted($0, columns: columns) }.joined(separator: "\n")
  }

  /// One line for a log.
  package var line: String {
    "memory at \(ReportText.seconds(sample.seconds)): resident \(ReportText.size(sample.residentBytes)), "
      + "ledger \(Figures.memorySize(sample.allocatedHostBytes)), device \(device)\(helpers), \(input)"
  }

  /// The memory of helper processes, nothing if none runs.
  private var helpers: String {
    sample.helperBytes > 0 ? ", its search \(Figures.memorySize(sample.helperBytes)) in another process" : ""
  }

  /// The line that stays after a run: the peaks, and the input as it was seen last.
  ///
  /// - Parameters:
  ///   - last: The last view, nil if the run was over before the first.
  ///   - peakResidentBytes: The peak of the run, nil if it is not reported.
  package static func lastLine(_ last: MonitorText?, peakResidentBytes: Int?) -> String {
    let peak = [peakResidentBytes, last?.history.max()].compactMap(\.self).max()
    let time = last.map { ", last seen at \(ReportText.seconds($0.sample.seconds)): \($0.input)" } ?? ""
    return "peak resident memory \(ReportText.size(peak))\(time)"
  }

  private var device: String {
    let ledgerBytes = sample.allocated[.deviceLocal] ?? 0
    if let deviceBytes = sample.deviceBytes { return "\(Figures.memorySize(deviceBytes)) by its driver" }
    return ledgerBytes > 0 ? "\(Figures.memorySize(ledgerBytes)) by the ledger" : "none"
  }

  private var input: String {
    var text = Figures.size(progress.inputBytes)
    if let totalBytes = progress.totalBytes { text += " of \(Figures.size(totalBytes))" }
    if progress.fileCount > 1 { text += ", \(progress.filesDone) of \(Figures.count(progress.fileCount, "file"))" }
    return text + (Figures.speed(progress.bytesPerSecond).map { ", \($0)" } ?? "")
  }

  /// The last samples as bars, relative to the peak so far.
  private func sparkline(columns: Int) -> String {
    let most = Double(max(1, history.max() ?? 1))
    return String(
      history.suffix(columns).map { value in
        let height = Double(max(0, value)) / most * Double(Self.bars.count)
        return Self.bars[min(Self.bars.count - 1, Int(height))]
      })
  }
}
