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
    #expect(events.count { $0["ph"]?.string == "X" } == profile.stages.count + profile.files.count)
    #expect(events.contains { $0["ph"]?.string == "i" && $0["name"]?.string == "allocate input windows" })
    #expect(events.contains { $0["ph"]?.string == "C" && $0["args"]?["pool"]?.integer == 4 << 20 })
  }

  @Test("The page draws the figures, names the missing ones, and escapes markup in names")
  func page() throws {
    let profile = try Self.profile()
    let html = MemoryPage(profile).html
    #expect(html.components(of: "<figure class=\"plot\"").count - 1 == 6)
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
