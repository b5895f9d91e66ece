import ZminBase
import ZminMemory
import ZminReport

/// The memory of a run as an HTML page with plots.
package struct MemoryPage {
  private let profile: MemoryProfile

  package init(_ profile: MemoryProfile) { self.profile = profile }

  /// The page, complete in one file.
  package var html: String { page.html }

  /// The page in pieces, which need less memory than one string.
  package var pieces: [String] { page.pieces }

  private var page: Page {
    let run = profile.run
    var page = Page(
      title: "zmin memory report",
      subtitle: "zmin \(run.version), mode \(run.mode), kernel \(run.kernel), \(Figures.count(run.workers, "worker")), "
        + "\(Figures.count(run.inputCount, "input")), \(Figures.size(run.inputBytes)) to "
        + "\(Figures.size(run.outputBytes)) in \(Figures.fixed(run.elapsedSeconds, digits: 3)) s, \(run.ending): "
        + run.command.joined(separator: " "),
      data: ProfileJSON(profile).value)
    page.add(cards: cards)
    page.add(course)
    page.add(shares)
    page.add(sizes)
    page.add(pool)
    addFiles(to: &page)
    page.add(heading: "Where the resident memory comes from")
    page.add(table: ["part", "bytes", "size"], account)
    page.add(heading: "Device")
    addDevice(to: &page)
    page.add(heading: "Advice")
    let advice = MemoryAdvice.advice(for: profile).map(\.line)
    page.add(list: advice.isEmpty ? [ReportText.noAdvice] : advice)
    page.add(heading: "Cost of sampling")
    page.add(
      paragraph: "\(Figures.count(profile.sampler.samples, "sample")), one every "
        + "\(Figures.fixed(profile.sampler.intervalSeconds * 1000, digits: 0)) ms, "
        + "\(Figures.fixed(profile.sampler.processorSeconds * 1000, digits: 1)) ms of processor time.")
    return page
  }

  private var cards: [(name: String, value: String, note: String)] {
    let total = profile.ledger.total
    let when = profile.peak.map { peak in
      "allocated \(Figures.memorySize(peak.byteCount)) at \(Figures.fixed(peak.seconds, digits: 3)) s"
        + (peak.stage.map { ", \($0.words)" } ?? "")
    }
    let helpers =
      profile.helpers.isEmpty
      ? []
      : [
        (
          "Peak with the search for a device", ReportText.size(profile.peakTotalBytes),
          "\(ReportText.size(profile.helpers.compactMap(\.peakResidentBytes).max())) of it in another process"
        )
      ]
    return [
      ("End", profile.run.endingWords, "exit \(profile.run.exitStatus)"),
      ("Peak resident", ReportText.size(profile.peakResidentBytes), when ?? ""),
    ] + helpers + [
      ("Average resident", ReportText.size(profile.averageResidentBytes), "over the run"),
      ("Allocations", "\(total.allocations)", "buffers, stacks, device memory"),
      ("Frees", "\(total.frees)", profile.leaks.isEmpty ? "everything is freed" : "\(profile.leaks.count) not freed"),
      ("Pool reuse", "\(profile.poolUse.reuses)", "times a slot was used again"),
      ("Limit for a container", ReportText.size(profile.suggestedLimitBytes), "suggested_limit_bytes"),
    ]
  }

  // MARK: Plots

  /// The samples, and the moment of the most buffers, which falls between two of them.
  private var moments: [MemorySample] {
    let samples = profile.samples.filter { $0.residentBytes != nil }
    guard let peak = profile.peak, let next = samples.firstIndex(where: { $0.seconds > peak.seconds }), next > 0 else {
      return samples
    }
    var sample = samples[next - 1]
    sample.seconds = peak.seconds
    sample.allocated = peak.domainBytes
    return samples[..<next] + [sample] + samples[next...]
  }

  private var course: Plot {
    var course = Plot.Course()
    let samples = moments
    course.seconds = samples.map(\.seconds)
    let domains = MemoryDomain.allCases.filter { domain in
      domain.isHost && samples.contains { $0.resident[domain, default: 0] > 0 }
    }
    course.areas = [
      Plot.Course.Series(
        "program, allocator, driver",
        samples.map { sample in
          sample.residentBytes.map { Double(max(0, $0 - domains.reduce(0) { $0 + sample.resident[$1, default: 0] })) }
        })
    ]
    course.areas += domains.map { domain in
      Plot.Course.Series(domain.words, samples.map { Double($0.resident[domain, default: 0]) })
    }
    if !profile.helpers.isEmpty {
      course.areas.append(Plot.Course.Series("search for a device", samples.map { Double($0.helperBytes) }))
    }
    course.lines = [
      Plot.Course.Series("allocated by zmin", samples.map { Double($0.allocatedHostBytes) })
    ]
    if samples.contains(where: { $0.deviceBytes != nil }) {
      course.lines.append(Plot.Course.Series("device, by its driver", samples.map { $0.deviceBytes.map(Double.init) }))
    }
    course.bands =
      profile.stages.map { Plot.Course.Band($0.stage.words, startSeconds: $0.startSeconds, endSeconds: $0.endSeconds) }
      + profile.commits.map {
        Plot.Course.Band(StageSpan.Stage.committing.words, startSeconds: $0.startSeconds, endSeconds: $0.endSeconds)
      }
    if let peakBytes = profile.peakResidentBytes, let seconds = profile.residentPeakSeconds {
      course.mark = (seconds, Double(peakBytes), "peak resident: \(Figures.memorySize(peakBytes))")
    }
    return .course(
      "Memory over time",
      "Resident memory by source. Between two samples it may have been higher: the mark is the kernel's. The bands "
        + "below the plot are the stages of the run.", course)
  }

  private var shares: Plot {
    let parts = (profile.peak?.bytes ?? [:]).filter { $0.value > 0 }.sorted { $0.value > $1.value }
    return .bars(
      "Allocated at the peak, by purpose", "Memory allocated by zmin when it had allocated the most host memory.",
      parts.map { .init($0.key.words, [(name: "bytes", value: Double($0.value))]) }, .bytes)
  }

  private var sizes: Plot {
    .histogram(
      "Sizes of allocations", "Number of allocations by size. A bar counts sizes up to its label and above half of it.",
      classes: profile.ledger.sizeClasses, of: "allocations")
  }

  /// The number of columns in the plot of the pool.
  private static let poolColumns = 160

  private var pool: Plot {
    let moments = profile.moments(Self.poolColumns)
    let start = profile.run.monotonicSeconds
    return .heatMap(
      "The pool over time", "State of each slot of the pools: in each column, the one that took the most time.",
      rows: profile.slots.enumerated().map { "\($1.kind.rawValue) \($0)" },
      states: PoolSlot.State.allCases.map(\.words), seconds: moments.map { $0.lowerBound - start },
      cells: moments.map { moment in
        profile.slots.map { $0.timeline.state(from: moment.lowerBound, to: moment.upperBound) }
          .prefix { $0 != nil }.map { Int($0?.rawValue ?? 0) }
      })
  }

  /// Adds plots by the size of files, if there are several files to compare.
  private func addFiles(to page: inout Page) {
    let files = profile.files.filter { $0.peakResidentBytes != nil }
    guard files.count > 1 else { return }
    let leftOut = profile.filesLeftOut > 0 ? " Not shown: \(Figures.count(profile.filesLeftOut, "more file"))." : ""
    let points = { (value: (FileMemory, Int) -> Double?) in
      Plot.Points(
        "files",
        files.compactMap { file in
          file.peakResidentBytes.flatMap { value(file, $0) }
            .map { (x: Double(max(file.inputBytes, 1)), y: $0, name: "\(file.name)") }
        })
    }
    page.add(
      .scatter(
        "Memory of the run by input size",
        "Peak resident memory of the whole run while a file was processed: the program, the pools, and other files "
          + "that were processed at the same time." + leftOut,
        [points { Double($1) }], axes: (x: "input size", y: "peak resident"), .bytes))
    page.add(
      .scatter(
        "Memory of the run per byte of input",
        "The same, divided by the size of the file. With streaming it falls as files grow.",
        [points { file, peakBytes in file.inputBytes > 0 ? Double(peakBytes) / Double(file.inputBytes) : nil }],
        axes: (x: "input size", y: "resident / input"), .plain("×")))
  }

  // MARK: Tables

  private var account: [[String]] {
    guard let account = profile.account else { return [["not reported", "", ""]] }
    var parts: [(String, Int)] = [
      ("files: the program and its libraries", account.fileBytes), ("shared", account.sharedBytes),
      ("private before the run began", account.startAnonymousBytes),
    ]
    parts += MemoryDomain.allCases.compactMap { domain in
      account.ledgerBytes[domain].map { ("allocated by zmin: \(domain.words)", $0) }
    }
    parts += [
      ("growth of the allocator's heap", account.heapGrowthBytes), ("unaccounted", account.unaccountedBytes),
      ("all resident memory, by the kernel", account.residentBytes),
    ]
    return parts.map { [$0.0, "\($0.1)", Figures.memorySize($0.1)] }
  }

  private func addDevice(to page: inout Page) {
    guard let device = profile.device else { return page.add(paragraph: "No device was used.") }
    let shares = device.sharesHostMemory ? ", in host memory" : ""
    page.add(
      paragraph: "\(device.name), \(device.driver)\(device.isSoftware ? ", a software device" : "")\(shares).")
    page.add(
      table: ["heap", "size", "used by this process", "available to this process"],
      device.heaps.enumerated().map { index, heap in
        [
          "\(index)\(heap.isDeviceLocal ? ", device" : "")", Figures.memorySize(heap.byteCount),
          ReportText.size(heap.usageBytes), ReportText.size(heap.budgetBytes),
        ]
      })
  }
}
