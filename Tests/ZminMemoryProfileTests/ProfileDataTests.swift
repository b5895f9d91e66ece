import Testing
@testable import ZminMemory
@testable import ZminMemoryProfile
import ZminReport

@Suite("Reports of a made-up profile for programs")
struct ProfileDataTests {
  private static func json(_ profile: MemoryProfile) throws -> JSONValue {
    try JSONValue(reading: Array(ProfileJSON(profile).text.utf8))
  }

  private static func events(_ profile: MemoryProfile) throws -> [JSONValue] {
    try #require(try JSONValue(reading: Array(ProfileTrace(profile).text.utf8))["traceEvents"]?.elements)
  }

  @Test("Reports and traces of every profile are valid JSON")
  func readBack() throws {
    for (name, profile) in MadeUpProfile.all {
      #expect(try Self.json(profile)["schema"]?.string == "zmin-memory/1", "\(name)")
      #expect(try Self.events(profile).count > 2, "\(name)")
    }
  }

  @Test("The JSON report has each figure of the profile")
  func figures() throws {
    let profile = MadeUpProfile.full()
    let report = try Self.json(profile)
    let run = try #require(report["run"])
    #expect(run["command"]?.elements?.last?.string == MadeUpProfile.badName)
    #expect(run["elapsed_seconds"]?.double == 2.5 && run["started_unix_seconds"]?.integer == 1_700_000_000)
    #expect(run["input_bytes"]?.integer == 123_456_789 && run["output_bytes"]?.integer == 98_765_432)
    let derived: [(String, Int?)] = [
      ("peak_resident_bytes", 49 << 20), ("average_resident_bytes", profile.averageResidentBytes),
      ("growth_bytes", profile.growthBytes), ("predicted_peak_bytes", 57 << 20),
      ("suggested_limit_bytes", profile.suggestedLimitBytes), ("peak_device_bytes", 6_000_123),
      ("leaked_bytes", 12_345),
      ("files_left_out", 6), ("events_lost", 19),
    ]
    for (key, value) in derived { #expect(report[key]?.integer == value, "\(key)") }
    #expect(profile.averageResidentBytes != nil && profile.growthBytes == 3 * 7)

    let ledger = try #require(report["ledger"])
    #expect(ledger["total"]?["allocations"]?.integer == 101 && ledger["host"]?["frees"]?.integer == 86)
    #expect(ledger["domains"]?["pinned_staging"]?["peak_bytes"]?.integer == 14 << 20)
    #expect(ledger["purposes"]?["input_window"]?["current_bytes"]?.integer == 12_348)
    #expect(ledger["size_classes"]?.elements?.map { $0["up_to_bytes"]?.integer } == [1 << 14, 1 << 18, 1 << 24])
    #expect(ledger["peak"]?["bytes"]?.integer == 31 << 20 && ledger["peak"]?["stage"]?.string == "large_files")
    #expect(ledger["peak"]?["purpose_bytes"]?["device_work"]?.integer == 23 << 20)

    #expect(report["pool"]?["fragmentation_ratio"]?.double == 0.25 && report["pool"]?["reuses"]?.integer == 40)
    #expect(report["account"]?["unaccounted_bytes"]?.integer == 13 << 20 - 65_536)
    #expect(report["kernel"]?["stalled_seconds"]?.double == 0.0125)
    #expect(report["kernel"]?["group_cache_bytes"]?.integer == 150 << 20)
    #expect(report["device"]?["heaps"]?.elements?.map { $0["usage_bytes"] } == [.integer(29 << 20), .null])
    #expect(report["files"]?.elements?.map { $0["peak_allocated_bytes"] } == [25_000_000, 13_000_000, .null])
    #expect(report["leaks"]?.elements?.first?["seconds"]?.double == 0.5)
    #expect(report["peak_total_bytes"]?.integer == 49 << 20 && report["run"]?["ending"]?.string == "complete")
    let helper = try #require(report["helpers"]?.elements?.first)
    #expect(helper["peak_resident_bytes"]?.integer == 20 << 20 && helper["peak_total_bytes"]?.integer == 39 << 20)
    #expect(report["commits"]?.elements?.map { $0["files"]?.integer } == [3])
    let history = try #require(report["pool"]?["histories"]?.elements?.first)
    #expect(history["states"]?.string == "12" && history["seconds"]?.elements?.map(\.double) == [0.25, 0.5])
    #expect(report["sampler"]?["processor_seconds"]?.double == 0.0625)
    #expect(report["events"]?["bytes"]?.elements == [.integer(17 << 20), 100, .integer(-17 << 20)])
    #expect(report["events"]?["seconds"]?.elements?.map(\.double) == [0.25, 0.5, 2])
  }

  @Test("Samples are columns of the same length")
  func samples() throws {
    let samples = try #require(try Self.json(MadeUpProfile.full())["samples"])
    for (key, start) in [
      ("anonymous_bytes", 10_000_000), ("file_bytes", 5_000_000), ("shared_bytes", 1_000_000),
      ("heap_used_bytes", 300_000), ("heap_held_bytes", 400_000), ("group_bytes", 20_000_000),
      ("group_cache_bytes", 2_000_000), ("device_bytes", 6_000_000),
    ] {
      #expect(samples[key]?.elements?.map(\.integer) == (0..<10).map { start + $0 }, "\(key)")
    }
    #expect(samples["helper_bytes"]?.elements?.prefix(3).map(\.integer) == [0, 3_000_000, 0])
    #expect(samples["seconds"]?.elements?.last?.double == 2.25)
    #expect(samples["allocated_bytes"]?["device_local"]?.elements?.last?.integer == 4_000_009)
    #expect(samples["resident_bytes"]?["pool"]?.elements?.first?.integer == 7_000_000)
    // Each digit is an index into `pool.slot_state_names`.
    #expect(samples["slot_states"]?.elements?.prefix(3).map(\.string) == ["", "1", "24"])
    let names = try Self.json(MadeUpProfile.full())["pool"]?["slot_state_names"]?.elements?.map(\.string)
    #expect(names == ["free", "reading", "working", "waiting", "writing"])
  }

  @Test("A figure that was not reported is null")
  func nulls() throws {
    let report = try Self.json(MadeUpProfile.empty())
    for key in ["peak_resident_bytes", "growth_bytes", "suggested_limit_bytes", "account", "device"] {
      #expect(report[key] == .null, "\(key)")
    }
    #expect(report["kernel"]?.members?.allSatisfy { $0.value == .null } == true)
    #expect(report["ledger"]?["peak"] == .null && report["pool"]?["fragmentation_ratio"] == .null)
  }

  @Test("Times of a trace are in microseconds, and its rows have names")
  func trace() throws {
    let events = try Self.events(MadeUpProfile.full())
    func all(_ phase: String) -> [JSONValue] { events.filter { $0["ph"]?.string == phase } }
    #expect(events.allSatisfy { $0["name"]?.string != nil && $0["pid"]?.integer == 1 && $0["ts"]?.double ?? -1 >= 0 })
    let resident = all("C").filter { $0["name"]?.string == "resident by the kernel" }
    #expect(resident.map { $0["ts"]?.double } == (0..<10).map { Double($0) * 250_000 })
    #expect(resident.map { $0["args"]?["anonymous"]?.integer } == (0..<10).map { 10_000_000 + $0 })
    #expect(all("C").allSatisfy { $0["args"]?.members?.allSatisfy { $0.value.integer != nil } == true })

    let marks = all("i")
    #expect(marks.map { $0["name"]?.string } == ["peak", "allocate input windows", "free input windows"])
    #expect(marks.map { $0["ts"]?.double } == [1_250_000, 250_000, 2_000_000])
    #expect(marks.allSatisfy { ["p", "t"].contains($0["s"]?.string) })

    let names = Set(all("M").compactMap { $0["args"]?["name"]?.string })
    #expect(names.isSuperset(of: ["syncing", "helper processes", "files 1", "files 2", "slice 0", "lane 1"]))
    let works = Set(all("X").compactMap { $0["name"]?.string })
    #expect(works.isSuperset(of: ["sync and name", "reading", "writing"]))
    let helpers = all("C").filter { $0["name"]?.string == "helper processes" }
    #expect(helpers.map { $0["args"]?["resident"]?.integer }.prefix(3) == [0, 3_000_000, 0])

    let named = Set(all("M").filter { $0["name"]?.string == "thread_name" }.compactMap { $0["tid"]?.integer })
    #expect(Set(events.compactMap { $0["tid"]?.integer }) == named)
  }

  @Test("Slices of a row do not overlap, even if files were processed at the same time")
  func rows() throws {
    let slices = try Self.events(MadeUpProfile.full()).filter { $0["ph"]?.string == "X" }
    // Stages, files, a commit, a helper process, and the states of two slots.
    #expect(slices.count == 7 + 3 + 1 + 1 + 2 + 1)
    let rows = Dictionary(grouping: slices) { $0["tid"]?.integer ?? -1 }
    #expect(rows.values.map(\.count).sorted() == [1, 1, 1, 1, 2, 2, 7])
    for row in rows.values {
      let spans = try row.map { slice in
        let start = try #require(slice["ts"]?.double)
        return (start: start, end: start + (try #require(slice["dur"]?.double)))
      }.sorted { $0.start < $1.start }
      for (one, next) in zip(spans, spans.dropFirst()) { #expect(one.end <= next.start) }
    }
  }
}
