import ZminBase
import ZminMemory
import ZminReport

/// A summary of the memory of a run that fits one screen.
package struct ProfileSummary {
  /// The largest width of a line.
  private static let columns = 100
  /// The largest number of lines.
  private static let linesMax = 24
  private static let labelColumns = 14

  private let profile: MemoryProfile

  package init(_ profile: MemoryProfile) { self.profile = profile }

  /// The summary, with an LF after each line.
  package var text: String {
    let facts = [title] + peak + residence + pools + system
    let advice = advice(lines: Self.linesMax - facts.count)
    return (facts + advice).map { $0 + "\n" }.joined()
  }

  private var title: String {
    let run = profile.run
    let inputs = Figures.count(run.inputCount, "input")
    let ending = run.exitStatus == 0 ? "" : "\(run.ending), "
    return ReportText.fitted(
      "zmin memory profile: \(ending)\(run.mode), \(run.kernel), \(Figures.count(run.workers, "worker")), \(inputs), "
        + "\(Figures.size(run.inputBytes)) to \(Figures.size(run.outputBytes)), "
        + "\(ReportText.seconds(run.elapsedSeconds))", columns: Self.columns)
  }

  private var peak: [String] {
    guard let peak = profile.peak else { return [line("allocated", "peak \(ReportText.missing)")] }
    let stage = peak.stage.map { ", \($0.words)" } ?? ""
    let file = peak.file.map { ", " + ReportText.tail("\($0)", columns: 50) } ?? ""
    return [
      line(
        "allocated",
        "peak \(Figures.memorySize(peak.byteCount)): "
          + ReportText.sizes(peak.domainBytes.filter(\.key.holdsBuffers), \.words)),
      line("  when", "at \(ReportText.seconds(peak.seconds))\(stage)\(file)"),
    ] + lines("  what", ReportText.sizes(peak.bytes.filter(\.key.domain.holdsBuffers), \.words))
  }

  private var residence: [String] {
    let kernel = profile.kernel
    let peakBytes = profile.peakResidentBytes
    let predictedBytes = profile.predictedPeakBytes
    let share =
      peakBytes == nil || predictedBytes == nil
      ? "" : ", of which the run used \(ReportText.percent(peakBytes, of: predictedBytes))"
    return [
      line(
        "resident",
        "peak \(ReportText.size(peakBytes)), average \(ReportText.size(profile.averageResidentBytes)), "
          + "at the start \(ReportText.size(kernel.startResidentBytes)), "
          + "at the end \(ReportText.size(kernel.endResidentBytes))")
    ] + helpers + [
      line("predicted", "peak \(ReportText.size(predictedBytes))\(share)"),
      line("growth", growth),
      line("unaccounted", unaccounted),
    ]
  }

  /// A line about the process that searched for a device, none if there was none.
  private var helpers: [String] {
    guard !profile.helpers.isEmpty else { return [] }
    let peakBytes = profile.helpers.compactMap(\.peakResidentBytes).max()
    return [
      line(
        "device search",
        "peak \(ReportText.size(peakBytes)) in another process, together with the run "
          + ReportText.size(profile.peakTotalBytes))
    ]
  }

  private var growth: String {
    guard let growthBytes = profile.growthBytes else {
      return "\(ReportText.missing): the run was too short"
    }
    return "\(ReportText.difference(growthBytes)) resident from the first quarter of the run to its end"
  }

  private var unaccounted: String {
    guard let account = profile.account else { return ReportText.missing }
    let user = profile.device == nil ? "used by the program itself" : "mostly used by the driver of the device"
    return "\(Figures.memorySize(account.unaccountedBytes)) of \(Figures.memorySize(account.anonymousBytes)) private"
      + (account.unaccountedBytes > 0 ? ": \(user)" : ": all memory is explained")
  }

  private var pools: [String] {
    let total = profile.ledger.total
    var lines = [
      line(
        "allocations",
        "\(total.allocations) made, \(total.frees) freed during the run, "
          + "\(Figures.memorySize(total.currentBytes)) still allocated at the end"),
      line("leaks", leaks),
    ]
    let use = profile.poolUse
    let empty = use.fragmentation.map { ", \(ReportText.percent($0)) of their space unused (fragmentation)" } ?? ""
    lines.append(
      line(
        "pool slots",
        "\(Figures.count(use.slots, "slot")) used \(Figures.count(use.takes, "time")), "
          + "\(Figures.count(use.reuses, "reuse"))\(empty)"))
    return lines
  }

  private var leaks: String {
    guard !profile.leaks.isEmpty else { return "none" }
    return "\(Figures.memorySize(profile.leakedBytes)) in \(Figures.count(profile.leaks.count, "allocation")): "
      + profile.leaks.map { "\($0.purpose.words) \(Figures.memorySize($0.byteCount))" }.joined(separator: ", ")
  }

  private var system: [String] {
    let kernel = profile.kernel
    var lines = [
      line(
        "page faults",
        "\(ReportText.count(kernel.minorFaults)) minor, \(ReportText.count(kernel.majorFaults)) major; "
          + "stalled for memory \(ReportText.stall(kernel)); "
          + "swapped \(ReportText.size(kernel.swappedBytes))"),
      line(
        "control group",
        "\(ReportText.size(kernel.groupUsageBytes)) used, "
          + "\(ReportText.size(kernel.groupCacheBytes)) of it cached files, limit "
          + ReportText.limit(kernel)),
      line("device", device),
    ]
    let limit = profile.suggestedLimitBytes.map { "\($0) (\(Figures.memorySize($0)), for a container)" }
    lines.append("  suggested_limit_bytes: \(limit ?? ReportText.missing)")
    return lines
  }

  private var device: String {
    guard let device = profile.device else { return "no device" }
    let ledgerBytes = profile.ledger.domains[.deviceLocal]?.peakBytes ?? 0
    return "\(ReportText.tail(device.name, columns: 40)): peak \(Figures.memorySize(ledgerBytes)) allocated, "
      + "\(ReportText.size(profile.peakDeviceBytes)) by its driver"
  }

  /// The recommendations in at most `count` lines. If some are left out, the last line tells how to see them.
  private func advice(lines count: Int) -> [String] {
    let advice = MemoryAdvice.advice(for: profile)
    guard !advice.isEmpty else { return [line("advice", ReportText.noAdvice)] }
    let blocks = advice.map { ReportText.wrapped($0.line, columns: Self.columns - Self.labelColumns - 2) }
    var lines: [String] = []
    for (index, block) in blocks.enumerated() {
      // Keeps a line free for that, except after the last recommendation.
      let room = count - (index + 1 < blocks.count ? 1 : 0)
      guard lines.count + block.count <= room else {
        lines.append(line("", "\(blocks.count - index) more: see --memory-report=detailed"))
        break
      }
      lines += block.enumerated().map { line(index == 0 && $0 == 0 ? "advice" : "", $1) }
    }
    return lines
  }

  /// A labelled text, wrapped.
  private func lines(_ label: String, _ text: String) -> [String] {
    ReportText.wrapped(text, columns: Self.columns - Self.labelColumns - 2).enumerated()
      .map { line($0 == 0 ? label : "", $1) }
  }

  private func line(_ label: String, _ text: String) -> String {
    let line = "  " + ReportText.padded(label, columns: Self.labelColumns) + text
    return ReportText.fitted(line, columns: Self.columns)
  }
}
