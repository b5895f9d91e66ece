import ZminBase
import ZminMemory
import ZminReport

/// The full report on the memory of a run, as text with plots of characters, 80 columns wide.
package struct DetailedReport {
  private static let columns = 80
  private static let filesMax = 40
  private static let slotsMax = 24

  private let profile: MemoryProfile

  package init(_ profile: MemoryProfile) { self.profile = profile }

  /// The report, with an LF after each line.
  package var text: String {
    let sections: [(String, [String])] = [
      ("Over time", course), ("Allocated at the peak, by purpose", purposes), ("By domain", domains),
      ("Sizes of allocations", sizes), ("The pool over time", pool), ("Files", files),
      ("Where the resident memory comes from", account), ("Helper processes", helpers), ("The kernel", kernel),
      ("Device", device),
      ("Leaks (not freed)", leaks), ("Cost of sampling", [cost]), ("Advice", advice),
    ]
    let parts = sections.map { title, lines in
      ([title, String(repeating: "─", count: title.count)] + lines.map { "  " + $0 }).joined(separator: "\n")
    }
    return ProfileSummary(profile).text + "\n" + command + "\n\n" + parts.joined(separator: "\n\n") + "\n"
  }

  private var command: String {
    let words = "command: " + profile.run.command.map(ReportText.name).joined(separator: " ")
    let lines = ReportText.wrapped(words, columns: Self.columns) + ["ended: \(profile.run.ending)"]
    return lines.joined(separator: "\n")
  }

  // MARK: Plots

  /// The width of the plots over time.
  private static let plotColumns = 64

  /// The time at the right end of the plots.
  private var endSeconds: Double { profile.spanSeconds }

  /// The column of a time in the plots.
  private func column(_ seconds: Double) -> Int {
    guard endSeconds > 0 else { return 0 }
    return Int(min(1, max(0, seconds / endSeconds)) * Double(Self.plotColumns - 1))
  }

  /// The samples of each column of the plots. A column without samples repeats the last one before it.
  private var columns: [[MemorySample]] {
    guard !profile.samples.isEmpty else { return [] }
    var columns = [[MemorySample]](repeating: [], count: Self.plotColumns)
    for sample in profile.samples { columns[column(sample.seconds)].append(sample) }
    for index in columns.indices.dropFirst() where columns[index].isEmpty {
      columns[index] = columns[index - 1].suffix(1)
    }
    return columns
  }

  private var course: [String] {
    let columns = columns
    let values = columns.map { $0.compactMap(\.residentBytes).max() ?? 0 }
    guard let most = values.max(), most > 0 else { return [ReportText.missing] }
    let rows = 8
    let eighths = Array(" ▁▂▃▄▅▆▇█")
    var lines: [String] = (0..<rows).reversed().map { row in
      let bars = values.map { value in
        let filled = Double(value) / Double(most) * Double(rows * 8) - Double(row * 8)
        return eighths[min(8, max(0, Int(filled.rounded())))]
      }
      let label =
        row == rows - 1 ? Figures.memorySize(most) : row == 0 ? "resident" : ""
      return ReportText.aligned(label, columns: 11) + " │" + String(bars)
    }
    lines.append(ReportText.spaces(11) + " └" + String(repeating: "─", count: Self.plotColumns))
    lines.append(ReportText.aligned("stage", columns: 11) + "  " + stageLine)
    if let peak = profile.peak {
      let column = self.column(peak.seconds)
      let mark =
        column < Self.plotColumns / 2
        ? ReportText.spaces(column) + "▲ of allocated memory"
        : ReportText.aligned("of allocated memory ▲", columns: column + 1)
      lines.append(ReportText.aligned("peak", columns: 11) + "  " + mark)
    }
    lines.append(
      ReportText.spaces(13) + ReportText.padded("0 s", columns: Self.plotColumns - 12)
        + ReportText.aligned(ReportText.seconds(endSeconds), columns: 12))
    let used = StageSpan.Stage.allCases.filter { stage in profile.stages.contains { $0.stage == stage } }
    let key = used.map { "\($0.letter) \($0.words)" }.joined(separator: ", ")
    lines += ReportText.wrapped(key, columns: Self.plotColumns).map { ReportText.spaces(13) + $0 }
    return lines
  }

  private var stageLine: String {
    String(
      (0..<Self.plotColumns).map { column -> Character in
        let seconds = (Double(column) + 0.5) / Double(Self.plotColumns) * endSeconds
        return profile.stages.last { $0.startSeconds <= seconds && seconds < $0.endSeconds }?.stage.letter ?? " "
      })
  }

  /// A line with a bar of `value`. The bar of `most` has the full length.
  private func bar(_ name: String, _ value: Int, of most: Int, _ text: String) -> String {
    let length = most > 0 ? Int((Double(value) / Double(most) * 32).rounded()) : 0
    return ReportText.padded(name, columns: 20)
      + ReportText.padded(String(repeating: "█", count: length), columns: 33) + text
  }

  private var purposes: [String] {
    let parts = (profile.peak?.bytes ?? [:]).filter { $0.value > 0 }.sorted { $0.value > $1.value }
    guard let most = parts.first?.value else { return [ReportText.missing] }
    return parts.map { bar($0.key.words, $0.value, of: most, Figures.memorySize($0.value)) }
  }

  private var sizes: [String] {
    let classes = profile.ledger.sizeClasses.sorted { $0.key < $1.key }
    guard let most = classes.map(\.value).max() else { return ["nothing was allocated"] }
    return classes.map { bar("up to \(Figures.memorySize(1 << $0.key))", $0.value, of: most, "\($0.value)") }
  }

  private var pool: [String] {
    guard !profile.slots.isEmpty, endSeconds > 0 else { return [ReportText.missing] }
    let shown = profile.slots.prefix(Self.slotsMax)
    let moments = profile.moments(Self.plotColumns)
    var lines = shown.enumerated().map { index, slot in
      let states = moments.map { slot.timeline.state(from: $0.lowerBound, to: $0.upperBound)?.shade ?? " " }
      return ReportText.padded("\(slot.kind.rawValue) \(index)", columns: 11) + "  " + String(states)
    }
    if profile.slots.count > shown.count {
      lines.append("and \(Figures.count(profile.slots.count - shown.count, "more slot"))")
    }
    lines.append(
      ReportText.spaces(13) + PoolSlot.State.allCases.map { "\($0.shade) \($0.words)" }.joined(separator: "  "))
    return lines
  }

  // MARK: Tables

  private func row(_ cells: [String]) -> String {
    ReportText.padded(cells[0], columns: 22)
      + cells.dropFirst().map { ReportText.aligned($0, columns: 14) }.joined()
  }

  private var domains: [String] {
    let ledger = profile.ledger
    let rows = MemoryDomain.allCases.map { domain -> [String] in
      guard let usage = ledger.domains[domain] else { return [domain.words, "none"] }
      let residentBytes = profile.samples.compactMap { $0.resident[domain] }.max()
      return [
        domain.words, Figures.memorySize(usage.peakBytes),
        domain.isHost ? ReportText.size(residentBytes) : "-", "\(usage.allocations)", "\(usage.frees)",
      ]
    }
    return ([["", "peak", "resident", "allocations", "frees"]] + rows).map(row)
  }

  private var files: [String] {
    guard !profile.files.isEmpty else { return ["no file was finished"] }
    let shown = profile.files.sorted { $0.inputBytes > $1.inputBytes }.prefix(Self.filesMax)
    var lines = [row(["", "size", "resident", "allocated", "resident/size"])]
    lines += shown.map { file in
      row([
        ReportText.tail("\(file.name)", columns: 22), Figures.size(file.inputBytes),
        ReportText.size(file.peakResidentBytes),
        ReportText.size(file.peakAllocatedBytes), ratio(file.peakResidentBytes, file.inputBytes),
      ])
    }
    let more = profile.files.count - shown.count + profile.filesLeftOut
    if more > 0 { lines.append("and \(Figures.count(more, "more file")), smaller or later") }
    return lines
  }

  private func ratio(_ byteCount: Int?, _ inputBytes: Int) -> String {
    guard let byteCount, inputBytes > 0 else { return "-" }
    return Figures.fixed(Double(byteCount) / Double(inputBytes), digits: 3)
  }

  private func pair(_ name: String, _ value: String) -> String { ReportText.padded(name, columns: 44) + value }

  private var account: [String] {
    guard let account = profile.account else { return [ReportText.missing] }
    let ledger = MemoryDomain.allCases.compactMap { domain in
      account.ledgerBytes[domain].map { pair("allocated by zmin: \(domain.words)", Figures.memorySize($0)) }
    }
    return [
      pair("time of the sample", ReportText.seconds(account.seconds)),
      pair("files: the program and its libraries", Figures.memorySize(account.fileBytes)),
      pair("shared", Figures.memorySize(account.sharedBytes)),
      pair("private before the run began", Figures.memorySize(account.startAnonymousBytes)),
    ] + ledger + [
      pair("growth of the allocator's heap", Figures.memorySize(account.heapGrowthBytes)),
      pair("unaccounted", Figures.memorySize(account.unaccountedBytes)),
      pair("all resident memory, by the kernel", Figures.memorySize(account.residentBytes)),
    ]
  }

  private var helpers: [String] {
    guard !profile.helpers.isEmpty else { return ["none: the run started no other process"] }
    return profile.helpers.flatMap { helper in
      [
        pair(
          "search for a device",
          "\(ReportText.seconds(helper.startSeconds)) to \(ReportText.seconds(helper.endSeconds))"),
        pair("peak resident", ReportText.size(helper.peakResidentBytes)),
        pair("peak resident together with the run", ReportText.size(helper.peakTotalBytes)),
      ]
    }
  }

  private var kernel: [String] {
    let kernel = profile.kernel
    return [
      pair("peak resident", ReportText.size(kernel.peakResidentBytes)),
      pair("resident at the start", ReportText.size(kernel.startResidentBytes)),
      pair("resident at the end", ReportText.size(kernel.endResidentBytes)),
      pair("page tables", ReportText.size(kernel.pageTableBytes)),
      pair("swapped out", ReportText.size(kernel.swappedBytes)),
      pair(
        "page faults, minor and major",
        "\(ReportText.count(kernel.minorFaults)), \(ReportText.count(kernel.majorFaults))"),
      pair("control group: limit", ReportText.limit(kernel)),
      pair("control group: usage of all processes", ReportText.size(kernel.groupUsageBytes)),
      pair("control group: peak since it was created", ReportText.size(kernel.groupPeakBytes)),
      pair("control group: cached files", ReportText.size(kernel.groupCacheBytes)),
      pair("control group: killed for lack of memory", ReportText.count(kernel.groupKills)),
      pair("stalled for lack of memory", ReportText.stall(kernel)),
    ]
  }

  private var device: [String] {
    guard let device = profile.device else { return ["no device was used"] }
    let usage = profile.ledger.domains[.deviceLocal]?.peakBytes ?? 0
    return [
      ReportText.tail(device.name, columns: 76), ReportText.tail(device.driver, columns: 76),
      pair("kind", device.isSoftware ? "software device" : "hardware"),
      pair("memory", device.sharesHostMemory ? "shared with the host" : "dedicated"),
      pair("peak of allocated device memory", Figures.memorySize(usage)),
    ]
      + device.heaps.enumerated().map { index, heap in
        ReportText.padded(
          "heap \(index)\(heap.isDeviceLocal ? ", device" : ""), \(Figures.memorySize(heap.byteCount))", columns: 32)
          + "used \(ReportText.size(heap.usageBytes)), budget \(ReportText.size(heap.budgetBytes))"
      }
  }

  private var leaks: [String] {
    profile.leaks.isEmpty
      ? ["none: all memory of the run was freed"]
      : profile.leaks.map { leak in
        pair(
          leak.purpose.words,
          "\(Figures.memorySize(leak.byteCount)), since "
            + ReportText.seconds(leak.monotonicSeconds - profile.run.monotonicSeconds))
      }
  }

  private var cost: String {
    let sampler = profile.sampler
    return "\(Figures.count(sampler.samples, "sample")), one every \(ReportText.seconds(sampler.intervalSeconds)), "
      + "\(ReportText.seconds(sampler.processorSeconds)) of processor time"
  }

  private var advice: [String] {
    let advice = MemoryAdvice.advice(for: profile)
    guard !advice.isEmpty else { return [ReportText.noAdvice] }
    return advice.flatMap { ReportText.wrapped($0.line, columns: Self.columns - 4) }
  }
}
