import Testing
@testable import ZminMemory
@testable import ZminMemoryProfile
import ZminReport

@Suite("Advice")
struct MemoryAdviceTests {
  /// A run that gets no advice.
  private static func quiet() -> MemoryProfile {
    var profile = MadeUpProfile.full()
    profile.leaks = []
    profile.account = nil
    profile.helpers = []
    return profile
  }

  private static func advisedFigures(_ change: (inout MemoryProfile) -> Void) -> [String] {
    var profile = quiet()
    change(&profile)
    return MemoryAdvice.advice(for: profile).map(\.figure)
  }

  @Test("A quiet run and a run without figures get no advice")
  func none() {
    #expect(Self.advisedFigures { _ in } == [])
    #expect(MemoryAdvice.advice(for: MadeUpProfile.empty()) == [])
  }

  @Test("Each figure leads to its own advice")
  func figures() {
    let mebibyte = MadeUpProfile.mebibyte
    #expect(Self.advisedFigures { $0.leaks = MadeUpProfile.full().leaks } == ["leaked_bytes"])
    #expect(Self.advisedFigures { $0.kernel.groupKills = 1 } == ["kernel.group_kills"])
    #expect(Self.advisedFigures { $0.kernel.stalledSeconds = 0.1 } == ["kernel.stalled_seconds"])
    #expect(Self.advisedFigures { $0.kernel.swappedBytes = 2 * mebibyte } == ["kernel.swapped_bytes"])
    #expect(Self.advisedFigures { $0.kernel.majorFaults = 256 } == ["kernel.major_faults"])
    #expect(Self.advisedFigures { $0.kernel.groupLimitBytes = 50 * mebibyte }.contains("peak_total_bytes"))
    #expect(
      Self.advisedFigures {
        $0.helpers = MadeUpProfile.full().helpers
        $0.device = nil
      } == ["peak_total_bytes"])
    #expect(Self.advisedFigures { $0.kernel.groupUsageBytes = 500 * mebibyte } == [])
    #expect(
      Self.advisedFigures {
        $0.kernel.groupUsageBytes = 500 * mebibyte
        $0.kernel.groupCacheBytes = 400 * mebibyte
      } == ["kernel.group_cache_bytes"])
    for (purpose, name) in [
      (MemoryPurpose.fileList, "file_list"), (.nesting, "nesting"), (.verification, "verification"),
      (.deviceStaging, "device_staging"),
    ] {
      #expect(
        Self.advisedFigures {
          $0.ledger.purposes = [
            purpose: MemoryUsage(currentBytes: 0, peakBytes: 16 * mebibyte, allocations: 1, frees: 1)
          ]
        } == ["ledger.purposes.\(name).peak_bytes"])
    }
    #expect(Self.advisedFigures { $0.account = MadeUpProfile.full().account } == ["account.unaccounted_bytes"])
    #expect(
      Self.advisedFigures { profile in
        for index in profile.samples.indices { profile.samples[index].anonymousBytes = index * 4 * mebibyte }
      } == ["growth_bytes"])
    #expect(
      Self.advisedFigures { $0.poolUse = PoolUse(slots: 4, takes: 3, filledBytes: 1, roomBytes: 3) } == ["pool.takes"])
    #expect(
      Self.advisedFigures { $0.poolUse = PoolUse(slots: 4, takes: 9, filledBytes: 4, roomBytes: 9) }
        == ["pool.fragmentation_ratio"])
    #expect(Self.advisedFigures { $0.predictedPeakBytes = 120 * mebibyte } == ["predicted_peak_bytes"])
  }

  @Test("Unaccounted memory is blamed on a driver only if there is a device")
  func drivers() throws {
    var profile = MadeUpProfile.full()
    func text() throws -> String {
      try #require(MemoryAdvice.advice(for: profile).first { $0.figure == "account.unaccounted_bytes" }).text
    }
    #expect(try text().contains("driver of Made-up device"))
    profile.device = nil
    #expect(try !text().contains("driver"))
  }

  @Test("Each recommendation names a figure of the JSON report and an option")
  func names() throws {
    var profile = MadeUpProfile.full()
    profile.kernel = KernelFacts(
      peakResidentBytes: 49 << 20, swappedBytes: 99 << 20, minorFaults: 0, majorFaults: 999, groupLimitBytes: 50 << 20,
      groupUsageBytes: 50 << 20, groupCacheBytes: 40 << 20, groupKills: 2, stalledSeconds: 2)
    profile.predictedPeakBytes = 500 << 20
    profile.poolUse = PoolUse(slots: 4, takes: 9, filledBytes: 4, roomBytes: 9)
    let advice = MemoryAdvice.advice(for: profile)
    #expect(advice.count == 10)
    let report = ProfileJSON(profile).value
    for one in advice {
      var value: JSONValue? = report
      for key in one.figure.split(separator: ".") { value = value?[String(key)] }
      #expect(value?.double != nil, "\(one.figure)")
      #expect(one.option.hasPrefix("-") && one.text.contains(one.option) || one.option == "--memory-profile", "\(one)")
    }
    // The summary has room for only some of them.
    let summary = ProfileSummary(profile).text
    #expect(summary.contains(" more: see --memory-report=detailed"))
    for one in advice { #expect(DetailedReport(profile).text.contains(one.figure)) }
  }
}
