import SystemPackage
import ZminIO
@testable import ZminMemory
@testable import ZminMemoryProfile

/// Profiles made up by hand. No two figures are the same, so that a swapped figure fails a test.
enum MadeUpProfile {
  static let mebibyte = 1 << 20
  /// A hostile name: it moves the cursor, breaks the line, changes the writing direction, has a replacement character
  /// for invalid UTF-8, has markup, and has letters of two columns.
  static let badName = "a\u{1B}[2J\n\u{202E}\u{FFFD}\"<b>&日本語"

  /// A run of two files at the same time, with a device, a control group and a leak.
  static func full() -> MemoryProfile {
    var run = MemoryProfile.RunFacts(
      version: "9.8.7", command: ["zmin", "--memory-report=json", badName], mode: "hybrid", kernel: "avx2", workers: 3,
      inputCount: 2, inputBytes: 123_456_789, outputBytes: 98_765_432, exitStatus: 0)
    run.elapsedSeconds = 2.5
    run.unixSeconds = 1_700_000_000
    run.monotonicSeconds = 1000
    return MemoryProfile(
      run: run, ledger: ledger(),
      peak: PeakMoment(
        seconds: 1.25, byteCount: 31 * mebibyte, stage: .largeFiles, file: .path(FilePath(badName)),
        bytes: [.inputWindow: 17 * mebibyte, .deviceStaging: 14 * mebibyte, .deviceWork: 23 * mebibyte]),
      poolUse: PoolUse(slots: 4, takes: 44, filledBytes: 30_000, roomBytes: 40_000),
      pool: [
        PoolSlotFacts(kind: .slice, capacityBytes: 262_144), PoolSlotFacts(kind: .lane, capacityBytes: 1_048_576),
      ],
      slots: slots, samples: (0..<10).map(sample), stages: stages,
      commits: [CommitSpan(fileCount: 3, startSeconds: 1.75, endSeconds: 2)],
      helpers: [
        HelperFacts(
          startSeconds: 0.25, endSeconds: 0.5, peakResidentBytes: 20 * mebibyte, peakTotalBytes: 39 * mebibyte)
      ], files: files, filesLeftOut: 6, events: events, eventsLost: 19,
      account: ResidentAccount(
        seconds: 1.5, residentBytes: 48 * mebibyte, anonymousBytes: 40 * mebibyte, fileBytes: 5 * mebibyte,
        sharedBytes: 3 * mebibyte, startAnonymousBytes: 2 * mebibyte,
        ledgerBytes: [.pool: 16 * mebibyte, .stack: 65_536],
        heapGrowthBytes: 9 * mebibyte, unaccountedBytes: 13 * mebibyte - 65_536),
      kernel: kernel,
      device: DeviceMemoryFacts(
        name: "Made-up device", driver: "made-up driver 1.2", sharesHostMemory: false, isSoftware: true,
        heaps: [
          .init(byteCount: 8 << 30, isDeviceLocal: true, budgetBytes: 7 << 30, usageBytes: 29 * mebibyte),
          .init(byteCount: 4 << 30, isDeviceLocal: false, budgetBytes: nil, usageBytes: nil),
        ]),
      peakDeviceBytes: 6_000_123, predictedPeakBytes: 57 * mebibyte,
      leaks: [LiveAllocation(purpose: .verification, byteCount: 12_345, monotonicSeconds: 1000.5)],
      sampler: SamplerCost(samples: 10, processorSeconds: 0.0625, intervalSeconds: 0.02))
  }

  /// A run of which no figure was reported.
  static func empty() -> MemoryProfile {
    MemoryProfile(
      run: MemoryProfile.RunFacts(
        version: "1", command: [], mode: "standard", kernel: "portable", workers: 1, inputCount: 0, inputBytes: 0,
        outputBytes: 0, exitStatus: 2),
      ledger: MemorySnapshot(), peak: nil, poolUse: PoolUse(), pool: [], samples: [], stages: [], files: [],
      filesLeftOut: 0, events: [], eventsLost: 0, account: nil, kernel: KernelFacts(), device: nil,
      peakDeviceBytes: nil, predictedPeakBytes: nil, leaks: [],
      sampler: SamplerCost(samples: 0, processorSeconds: 0, intervalSeconds: 0.02))
  }

  /// A run that ended before a second sample.
  static func brief() -> MemoryProfile {
    var profile = empty()
    profile.samples = [sample(0)]
    (profile.pool, profile.slots) = (full().pool, full().slots)
    profile.peak = PeakMoment(seconds: 0, byteCount: 7, stage: .minifying, file: nil, bytes: [.nesting: 7])
    return profile
  }

  /// A run with figures near the largest possible.
  static func huge() -> MemoryProfile {
    let most = 1 << 60
    var profile = full()
    profile.predictedPeakBytes = most
    profile.ledger.host.peakBytes = most
    profile.ledger.sizeClasses = [60: most]
    profile.peak = PeakMoment(seconds: 1e9, byteCount: most, stage: .ending, file: nil, bytes: [.inputWindow: most])
    profile.run.elapsedSeconds = 1e9
    (profile.run.inputBytes, profile.run.outputBytes, profile.run.inputCount) = (most, most, most)
    profile.poolUse = PoolUse(slots: most, takes: most, filledBytes: most, roomBytes: most)
    for index in profile.samples.indices {
      profile.samples[index].anonymousBytes = most
      profile.samples[index].allocated = [.pool: most, .heap: most]
    }
    profile.kernel.groupLimitBytes = most
    profile.files[0].inputBytes = most
    profile.device?.heaps = [.init(byteCount: most, isDeviceLocal: true, budgetBytes: most, usageBytes: nil)]
    profile.leaks = [LiveAllocation(purpose: .threadStack, byteCount: most, monotonicSeconds: 2000)]
    return profile
  }

  /// All profiles, with their names.
  static let all: [(name: String, profile: MemoryProfile)] = [
    ("full", full()), ("empty", empty()), ("brief", brief()), ("huge", huge()),
  ]

  // MARK: Parts

  private static func ledger() -> MemorySnapshot {
    var ledger = MemorySnapshot()
    ledger.total = MemoryUsage(currentBytes: 12_345, peakBytes: 54 * mebibyte, allocations: 101, frees: 99)
    ledger.host = MemoryUsage(currentBytes: 12_346, peakBytes: 31 * mebibyte, allocations: 87, frees: 86)
    ledger.domains = [
      .pool: MemoryUsage(currentBytes: 12_347, peakBytes: 17 * mebibyte, allocations: 55, frees: 54),
      .pinnedStaging: MemoryUsage(currentBytes: 0, peakBytes: 14 * mebibyte, allocations: 32, frees: 31),
      .deviceLocal: MemoryUsage(currentBytes: 0, peakBytes: 23 * mebibyte, allocations: 14, frees: 13),
    ]
    ledger.purposes = [
      .inputWindow: MemoryUsage(currentBytes: 12_348, peakBytes: 17 * mebibyte, allocations: 56, frees: 53),
      .deviceStaging: MemoryUsage(currentBytes: 0, peakBytes: 14 * mebibyte, allocations: 33, frees: 30),
      .deviceWork: MemoryUsage(currentBytes: 0, peakBytes: 23 * mebibyte, allocations: 15, frees: 12),
    ]
    ledger.sizeClasses = [14: 3, 18: 77, 24: 21]
    return ledger
  }

  static func sample(_ number: Int) -> MemorySample {
    MemorySample(
      seconds: Double(number) / 4, anonymousBytes: 10_000_000 + number, fileBytes: 5_000_000 + number,
      sharedBytes: 1_000_000 + number, highWaterBytes: 30_000_000 + number,
      helperBytes: number == 1 ? 3_000_000 : 0,
      allocated: [.pool: 8_000_000 + number, .deviceLocal: 4_000_000 + number],
      resident: [.pool: 7_000_000 + number], heapUsedBytes: 300_000 + number, heapHeldBytes: 400_000 + number,
      groupBytes: 20_000_000 + number, groupCacheBytes: 2_000_000 + number, deviceBytes: 6_000_000 + number,
      inputBytes: 100_000_000 * number, filesDone: number / 5,
      slots: number == 0 ? [] : number == 1 ? [.reading] : [.working, .writing])
  }

  /// A slot that is read into, and works from the moment when another one writes.
  private static let slots: [SlotHistory] = {
    var (slice, lane) = (SlotTimeline(), SlotTimeline())
    slice.append(.reading, at: 1000.25)
    slice.append(.working, at: 1000.5)
    lane.append(.writing, at: 1000.5)
    return [
      SlotHistory(kind: .slice, capacityBytes: 262_144, timeline: slice),
      SlotHistory(kind: .lane, capacityBytes: 1_048_576, timeline: lane),
    ]
  }()

  private static let stages = [
    StageSpan(stage: .starting, file: nil, startSeconds: 0, endSeconds: 0.2000004),
    StageSpan(stage: .finding, file: nil, startSeconds: 0.2000004, endSeconds: 0.3),
    StageSpan(stage: .waitingForDevice, file: nil, startSeconds: 0.3, endSeconds: 0.5),
    StageSpan(stage: .minifying, file: .path("one.json"), startSeconds: 0.5, endSeconds: 1),
    StageSpan(stage: .largeFiles, file: .path(FilePath(badName)), startSeconds: 1, endSeconds: 1.5),
    StageSpan(stage: .smallFiles, file: nil, startSeconds: 1.5, endSeconds: 2.25),
    StageSpan(stage: .ending, file: nil, startSeconds: 2.25, endSeconds: 2.5),
  ]

  /// The first two files overlap in time. The third begins when the first ends.
  private static let files = [
    FileMemory(
      name: .path("one.json"), inputBytes: 100_000_000, startSeconds: 0.5, endSeconds: 1.75,
      peakResidentBytes: 50_000_000,
      peakAllocatedBytes: 25_000_000),
    FileMemory(
      name: .path(FilePath(badName)), inputBytes: 20_000_000, startSeconds: 1, endSeconds: 2,
      peakResidentBytes: 15_000_000,
      peakAllocatedBytes: 13_000_000),
    FileMemory(
      name: .path("empty.json"), inputBytes: 0, startSeconds: 1.75, endSeconds: 2.25, peakResidentBytes: nil,
      peakAllocatedBytes: nil),
  ]

  private static let events = [
    LedgerEvent(monotonicSeconds: 1000.25, purpose: .inputWindow, byteCount: 17 * mebibyte),
    LedgerEvent(monotonicSeconds: 1000.5, purpose: .nesting, byteCount: 100),
    LedgerEvent(monotonicSeconds: 1002, purpose: .inputWindow, byteCount: -17 * mebibyte),
  ]

  private static let kernel = KernelFacts(
    peakResidentBytes: 49 * mebibyte, startResidentBytes: 6 * mebibyte, endResidentBytes: 11 * mebibyte,
    pageTableBytes: 204_800, swappedBytes: 8192, minorFaults: 4321, majorFaults: 43, groupLimitBytes: 512 * mebibyte,
    groupUsageBytes: 210 * mebibyte, groupPeakBytes: 310 * mebibyte, groupCacheBytes: 150 * mebibyte, groupKills: 0,
    stalledSeconds: 0.0125)
}
