import Foundation
import SystemPackage
import Testing
import ZminBase
import ZminIO
import ZminMemory
@testable import ZminMemoryProfile
import ZminReport

/// A run that only allocates memory, and its profile.
struct MadeUpRun {
  static let facts = MemoryProfile.RunFacts(
    version: "1", command: ["zmin", "<a&b>.json"], mode: "streaming", kernel: "portable", workers: 2, inputCount: 2,
    inputBytes: 3_000_000, outputBytes: 2_000_000, exitStatus: 0)

  /// Allocates 4 MiB, touches `touchedBytes` of it, holds it for some samples, and frees all but `leaked`.
  static func profile(keeping leaked: inout ByteBuffer?, touching touchedBytes: Int = 1 << 20) throws -> MemoryProfile {
    let ledger = MemoryLedger()
    let before = LedgerEntry(byteCount: 77, for: .fileList, in: ledger)
    let profiler = try MemoryProfiler(ledger) { (1, 1_000_000) }
    profiler.begin(.starting)
    let watch = profiler.watch()
    do {
      profiler.begin(.minifying, file: .path("<a&b>.json"))
      let buffer = try ByteBuffer(byteCount: 4 << 20, for: .inputWindow, in: ledger)
      let slot = PoolSlot(.slice, capacityBytes: 1000, in: ledger)
      slot.setState(.working)
      slot.take(byteCount: 750)
      slot.take(byteCount: 750)
      for offset in stride(from: 0, to: touchedBytes, by: 4096) { buffer.bytes[offset] = 1 }
      _ = (try Interruption()).wait(milliseconds: 120)
      let end = MonotonicClock.seconds()
      profiler.endFile(.path("<a&b>.json"), inputBytes: 3_000_000, span: end - 0.1...end)
      leaked = try ByteBuffer(byteCount: 12_345, for: .verification, in: ledger)
      watch.stop()
      profiler.begin(.ending)
      _ = buffer.bytes.count
      _ = consume slot
    }
    let profile = profiler.profile(of: facts, predictedPeakBytes: 20 << 20)
    _ = consume before
    return profile
  }
}

@Suite("Watching a run's memory")
struct MemoryProfilerTests {
  @Test("A profile has the ledger, the resident pages, the kernel's figures and the pool of its run")
  func figures() throws {
    var kept: ByteBuffer?
    let profile = try MadeUpRun.profile(keeping: &kept)
    let peak = try #require(profile.peak)
    #expect(peak.bytes[.inputWindow] == 4 << 20)
    #expect(peak.stage == .minifying && peak.file == .path("<a&b>.json"))
    #expect(profile.ledger.domains[.pool]?.peakBytes == (4 << 20) + 12_345)
    #expect(profile.ledger.purposes[.inputWindow]?.frees == 1)
    // Size class n holds allocations of up to 2^n bytes and above half of that.
    #expect(profile.ledger.sizeClasses[22] == 1 && profile.ledger.sizeClasses[14] == 1)
    let held = profile.samples.filter { $0.allocated[.pool] == 4 << 20 }
    #expect(!held.isEmpty)
    for sample in held { #expect(sample.resident[.pool] == 1 << 20) }
    #expect(held.contains { $0.slots == [.working] })
    #expect(profile.poolUse.takes == 2 && profile.poolUse.reuses == 1 && profile.poolUse.fragmentation == 0.25)
    #expect(profile.files.map(\.inputBytes) == [3_000_000])
    #expect(try #require(profile.files.first?.peakAllocatedBytes) >= 4 << 20)
    #expect(profile.stages.map(\.stage).contains(.minifying))
    #expect(zip(profile.stages, profile.stages.dropFirst()).allSatisfy { $0.endSeconds == $1.startSeconds })
    let account = try #require(profile.account)
    #expect(account.residentBytes == account.anonymousBytes + account.fileBytes + account.sharedBytes)
    let explained =
      account.startAnonymousBytes + account.ledgerBytes.values.reduce(0, +) + account.heapGrowthBytes
      + account.unaccountedBytes
    #expect(explained == account.anonymousBytes)
  }

  @Test("Only memory that the run allocated and kept is a leak")
  func leaks() throws {
    var kept: ByteBuffer?
    let profile = try MadeUpRun.profile(keeping: &kept)
    #expect(profile.leaks.map(\.purpose) == [.verification])
    #expect(profile.leaks.map(\.byteCount) == [12_345])
    #expect(ProfileSummary(profile).text.contains("verification 12.1 KiB"))
    kept = nil
  }

  @Test("A long series keeps its first sample and its peak")
  func manySamples() throws {
    var series = SampleSeries(intervalSeconds: 1)
    for number in 0..<5000 {
      var sample = Self.sample(seconds: Double(number), residentBytes: number == 3333 ? 1_000_000 : number)
      // Sample 2 is dropped, because the next one has more resident memory.
      sample.deviceBytes = number == 2 ? 77 : 5
      series.append(sample)
    }
    #expect(series.peakDeviceBytes == 77 && !series.samples.contains { $0.deviceBytes == 77 })
    #expect(series.count == 5000)
    #expect(series.samples.count < SampleSeries.samplesMax)
    #expect(series.samples.contains { $0.residentBytes == 1_000_000 })
    #expect(series.samples.first?.seconds == 0)
    #expect(series.intervalSeconds > 4)
    #expect(zip(series.samples, series.samples.dropFirst()).allSatisfy { $0.seconds < $1.seconds })
  }

  static func sample(seconds: Double, residentBytes: Int?) -> MemorySample {
    MemorySample(
      seconds: seconds, anonymousBytes: residentBytes, fileBytes: residentBytes.map { _ in 0 },
      sharedBytes: residentBytes.map { _ in 0 }, allocated: [:], resident: [:], heapUsedBytes: 0, heapHeldBytes: 0,
      groupBytes: nil, groupCacheBytes: nil, deviceBytes: nil, inputBytes: 0, filesDone: 0, slots: [])
  }
}

/// Helper processes, seen by their process number.
@Suite("Helper processes of a run")
struct HelperTests {
  private static func own(_ status: String) -> ProcessMemory {
    var memory = ProcessMemory(of: -1, using: FileAccess())
    let bytes = status.split(separator: " ").compactMap { Int($0) }
    (memory.anonymousBytes, memory.fileBytes, memory.sharedBytes) = (bytes[0], 0, 0)
    memory.peakResidentBytes = bytes[1]
    return memory
  }

  @Test("A helper counts with its peak, also where no sample saw it, and together with the run")
  func peaks() throws {
    var helpers = Helpers()
    helpers.begin(7, at: 1, beside: Self.own("10 12"))
    #expect(helpers.running == [7])
    let sample = MemoryProfilerTests.sample(seconds: 2, residentBytes: 11)
    helpers.note([(7, Self.own("30 40"))], beside: sample)
    #expect(helpers.facts.first?.peakResidentBytes == 40 && helpers.facts.first?.peakTotalBytes == 51)
    helpers.end(7, at: 3, peakBytes: 70, beside: Self.own("13 14"))
    let expected = HelperFacts(startSeconds: 1, endSeconds: 3, peakResidentBytes: 70, peakTotalBytes: 83)
    #expect(helpers.facts == [expected] && helpers.running == [])
  }

  @Test("The peak that a small helper has from its parent does not count")
  func inheritedPeak() throws {
    var helpers = Helpers()
    helpers.begin(7, at: 1, beside: Self.own("100 100"))
    helpers.note([(7, Self.own("5 6"))], beside: MemoryProfilerTests.sample(seconds: 2, residentBytes: 100))
    helpers.end(7, at: 3, peakBytes: 100, beside: Self.own("100 100"))
    #expect(helpers.facts.first?.peakResidentBytes == 6 && helpers.facts.first?.peakTotalBytes == 106)
  }

  @Test("A profiler sees a process of the run, and adds its peak to the limit")
  func realProcess() throws {
    let profiler = try MemoryProfiler(MemoryLedger()) { (0, 0) }
    let watch = profiler.watch()
    do {
      // The shell holds 64 MiB of text.
      let script = "x=$(head -c 67108864 /dev/zero | tr '\\0' a); echo ${#x}"
      var child = try ChildProcess("/bin/sh", ["sh", "-c", script], observer: profiler)
      let outcome = try child.wait(milliseconds: 60_000, orUntil: try Interruption())
      guard case .ended(_, let output) = outcome else {
        Issue.record("\(outcome)")
        return
      }
      #expect(String(decoding: output, as: UTF8.self) == "67108864\n")
    }
    watch.stop()
    let profile = profiler.profile(of: MadeUpRun.facts, predictedPeakBytes: nil)
    let helper = try #require(profile.helpers.first)
    #expect(profile.helpers.count == 1 && helper.endSeconds ?? 0 > helper.startSeconds)
    let own = try #require(profile.peakResidentBytes)
    #expect(helper.peakResidentBytes ?? 0 > 64 << 20 && profile.peakTotalBytes ?? 0 > 64 << 20)
    #expect(profile.suggestedLimitBytes ?? 0 > own + 64 << 20)
  }
}

@Suite("Reports of a run's memory")
struct MemoryReportTests {
  private static func profile() throws -> MemoryProfile {
    var kept: ByteBuffer?
    defer { kept = nil }
    return try MadeUpRun.profile(keeping: &kept)
  }

  /// A run of which no figure was reported.
  private static func emptied() throws -> MemoryProfile {
    var profile = try profile()
    (profile.samples, profile.stages, profile.files, profile.events, profile.leaks) = ([], [], [], [], [])
    (profile.peak, profile.account, profile.device, profile.predictedPeakBytes) = (nil, nil, nil, nil)
    profile.kernel = KernelFacts()
    return profile
  }

  @Test("What was freed is what was allocated, apart from leaks, whatever the process holds besides")
  func counts() throws {
    let total = try Self.profile().ledger.total
    #expect(total.allocations - total.frees == 1 && total.currentBytes == 12_345)
  }

  @Test("The states of slots are recorded between samples")
  func slotStates() throws {
    let profile = try Self.profile()
    #expect(profile.slots.map { $0.timeline.changes.map(\.state) } == [[.free, .working, .free]])
    // A run without samples still has a map.
    var unsampled = profile
    unsampled.samples = []
    #expect(MemoryPage(unsampled).html.contains("The pool over time</h3><p>"))
    #expect(DetailedReport(unsampled).text.contains("window") || DetailedReport(unsampled).text.contains("slice 0"))
  }

  @Test("A page says how a run ended, and has plots by file size only for several files")
  func pageOfOneFile() throws {
    var profile = try Self.profile()
    #expect(MemoryPage(profile).html.contains("complete<small>exit 0") && profile.files.count == 1)
    #expect(!MemoryPage(profile).html.contains("by input size"))
    profile.files += profile.files
    profile.run.exitStatus = 130
    let html = MemoryPage(profile).html
    #expect(html.contains("Memory of the run by input size"))
    #expect(html.contains("interrupted<small>exit 130") && html.contains("interrupted (exit 130): zmin"))
    #expect(ProfileSummary(profile).text.contains("zmin memory profile: interrupted (exit 130), "))
    #expect(DetailedReport(profile).text.contains("\nended: interrupted (exit 130)\n"))
  }

  @Test("All reports have one peak of resident memory, and the line of allocated memory reaches its peak")
  func onePeak() throws {
    let profile = try Self.profile()
    let peakBytes = try #require(profile.peakResidentBytes)
    #expect(profile.kernel.peakResidentBytes == peakBytes)
    #expect(profile.samples.compactMap(\.residentBytes).max() ?? 0 <= peakBytes)
    let html = MemoryPage(profile).html
    #expect(html.contains("peak resident: \(Figures.memorySize(peakBytes))"))
    // The stack of the sampling thread is no allocated memory.
    let peak = try #require(profile.peak)
    #expect(peak.byteCount == (4 << 20) + 12_345 + 77 && peak.bytes[.threadStack] == nil)
    #expect(html.contains("<td>\(peak.byteCount)</td>"))
  }

  @Test("The summary fits a screen")
  func summary() throws {
    for profile in [try Self.profile(), try Self.emptied()] {
      let lines = ProfileSummary(profile).text.split(separator: "\n", omittingEmptySubsequences: false)
      #expect(lines.count <= 25 && lines.allSatisfy { $0.count <= 100 })
      #expect(lines.contains { $0.contains("suggested_limit_bytes: ") })
    }
    #expect(ProfileSummary(try Self.emptied()).text.contains("suggested_limit_bytes: not reported"))
  }

  @Test("The detailed report is at most 80 columns wide")
  func detailed() throws {
    for profile in [try Self.profile(), try Self.emptied()] {
      let body = DetailedReport(profile).text.dropFirst(ProfileSummary(profile).text.count)
      for line in body.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
    }
  }

  @Test("The JSON report has the figures of the profile")
  func json() throws {
    let profile = try Self.profile()
    let value = try JSONValue(reading: Array(ProfileJSON(profile).text.utf8))
    #expect(value["schema"]?.string == "zmin-memory/1")
    #expect(value["suggested_limit_bytes"]?.integer == profile.suggestedLimitBytes)
    #expect(value["ledger"]?["total"]?["allocations"]?.integer == profile.ledger.total.allocations)
    #expect(value["samples"]?["seconds"]?.elements?.count == profile.samples.count)
    #expect(value["leaks"]?.elements?.first?["bytes"]?.integer == 12_345)
    let empty = try JSONValue(reading: Array(ProfileJSON(try Self.emptied()).text.utf8))
    #expect(empty["peak_resident_bytes"] == .null && empty["suggested_limit_bytes"] == .null)
  }

  @Test("The trace has the form that Perfetto reads")
  func trace() throws {
    let profile = try Self.profile()
    let value = try JSONValue(reading: Array(ProfileTrace(profile).text.utf8))
    let events = try #require(value["traceEvents"]?.elements)
    #expect(events.allSatisfy { $0["ph"]?.string != nil && $0["pid"]?.integer == 1 && $0["ts"]?.double ?? -1 >= 0 })
    #expect(events.count { $0["ph"]?.string == "X" } == profile.stages.count + profile.files.count + 1)
    #expect(events.contains { $0["ph"]?.string == "X" && $0["name"]?.string == "working" })
    #expect(events.contains { $0["ph"]?.string == "i" && $0["name"]?.string == "allocate input windows" })
    #expect(events.contains { $0["ph"]?.string == "C" && $0["args"]?["pool"]?.integer == 4 << 20 })
  }

  @Test("The page draws the figures, names the missing ones, and escapes markup in names")
  func page() throws {
    let profile = try Self.profile()
    let html = MemoryPage(profile).html
    #expect(html.components(of: "<figure class=\"plot\"").count - 1 == 4)
    let (start, end) = (try #require(html.range(of: "<script type")), try #require(html.range(of: "<script>")))
    let markup = html[..<start.lowerBound] + html[end.lowerBound...]
    #expect(!markup.contains("<a&b>") && markup.contains("&lt;a&amp;b&gt;.json"))
    #expect(
      !html.contains("http:") && !html.contains("https:") && !markup.contains("\"nan") && !markup.contains("\"inf"))
    let data = html[start.lowerBound..<end.lowerBound].drop { $0 != "{" }.dropLast("</script>\n".count)
    #expect(try JSONValue(reading: String(data)) == JSONValue(reading: ProfileJSON(profile).value.text()))
    for figure in [profile.ledger.total.allocations, profile.ledger.total.frees] {
      #expect(markup.contains("<dd>\(figure)<small>"))
    }
    let empty = MemoryPage(try Self.emptied()).html
    #expect(empty.contains("Not measured.") && empty.contains("not reported"))
  }
}

extension String {
  fileprivate func components(of separator: String) -> [Substring] { split(separator: separator) }
}
