import Glibc
import Synchronization
import ZminBase
package import ZminIO
package import ZminMemory

/// Watches the memory of a run from its beginning to its end, on a thread of its own.
///
/// Whoever carries the run out says what it does; what it costs in memory is seen. Many threads may tell.
package final class MemoryProfiler: Sendable {
  /// What tells of the device's memory, nil while there is no device.
  package typealias DeviceProbe = @Sendable () -> DeviceMemoryFacts?
  /// Who is shown samples as they come.
  package typealias Watcher = @Sendable (MemorySample) -> Void

  private static let stackBytes = 256 << 10
  private static let intervalSeconds = 0.04
  /// Between looks at what takes long to look at: the control group, the driver.
  private static let slowIntervalSeconds = 0.25
  private static let eventsMax = 4096
  private static let filesMax = 1024
  private static let stagesMax = 2048

  private struct State {
    var series = SampleSeries(intervalSeconds: MemoryProfiler.intervalSeconds)
    var stages: [StageSpan] = []
    var files: [FileMemory] = []
    var filesLeftOut = 0
    var deviceProbe: DeviceProbe?
    var device: DeviceMemoryFacts?
    /// What was charged to the control group when it was looked at last.
    var group: ControlGroupMemory
    var slots: [PoolSlotFacts] = []
    var processorSeconds = 0.0
    var watchers: [(intervalSeconds: Double, nextSeconds: Double, call: Watcher)] = []
  }

  private let ledger: MemoryLedger
  private let probe: MemoryProbe
  private let progress: @Sendable () -> (files: Int, bytes: Int)
  private let state: Mutex<State>
  private let end: Interruption
  private let start: Start

  /// How things were before the run.
  private struct Start {
    let monotonicSeconds: Double
    let unixSeconds: Int
    let process: ProcessMemory
    let heap: AllocatorHeap
    let faults: (minor: Int, major: Int)?
    let group: ControlGroupMemory
    let stalledSeconds: Double?
  }

  /// A profiler for a run that is about to begin.
  ///
  /// - Parameters:
  ///   - ledger: The run's book.
  ///   - files: What the kernel is asked through; its counts of bytes are not the run's.
  ///   - progress: How many files are done, and how many bytes of input were read.
  /// - Throws: The system's error if there is no descriptor left.
  package init(
    _ ledger: MemoryLedger, files: FileAccess = FileAccess(),
    progress: @escaping @Sendable () -> (files: Int, bytes: Int)
  ) throws {
    self.ledger = ledger
    self.progress = progress
    end = try Interruption()
    ledger.keepEvents(max: Self.eventsMax)
    probe = MemoryProbe(ledger, files)
    start = Start(
      monotonicSeconds: MonotonicClock.seconds(), unixSeconds: CalendarClock.unixSeconds(),
      process: ProcessMemory(using: files), heap: AllocatorHeap(), faults: MemoryProbe.faults(),
      group: ControlGroupMemory(reading: probe.group), stalledSeconds: probe.group.stalledSeconds)
    state = Mutex(State(group: start.group))
  }

  // MARK: What the run tells

  /// Seconds since the run began.
  package var seconds: Double { MonotonicClock.seconds() - start.monotonicSeconds }

  /// Says what the run does from now on, and about which file.
  package func begin(_ stage: StageSpan.Stage, file: FileName? = nil) {
    let now = seconds
    state.withLock { state in
      if var last = state.stages.popLast() {
        last.endSeconds = now
        // What took no time is no stage.
        if last.endSeconds > last.startSeconds { state.stages.append(last) }
      }
      // After so many, what follows counts to the last one: the run's end stays right.
      if state.stages.count < Self.stagesMax || stage == .ending {
        state.stages.append(StageSpan(stage: stage, file: file, startSeconds: now, endSeconds: now))
      }
    }
  }

  /// Says that a file is done.
  ///
  /// - Parameters:
  ///   - name: The file.
  ///   - inputBytes: How much was read of it.
  ///   - span: From when to when it was at work, in seconds of the monotonic clock.
  package func endFile(_ name: FileName, inputBytes: Int, span: ClosedRange<Double>) {
    let start = start.monotonicSeconds
    state.withLock { state in
      guard state.files.count < Self.filesMax else { return state.filesLeftOut += 1 }
      state.files.append(
        FileMemory(
          name: name, inputBytes: inputBytes, startSeconds: max(0, span.lowerBound - start),
          endSeconds: span.upperBound - start,
          peakResidentBytes: nil, peakAllocatedBytes: nil))
    }
  }

  /// Has the device's memory looked at from now on.
  package func observe(device probe: @escaping DeviceProbe) {
    state.withLock { $0.deviceProbe = probe }
  }

  /// Shows samples to somebody, on the profiler's thread, at most so often. For before ``watch()``.
  package func show(every intervalSeconds: Double, to watcher: @escaping Watcher) {
    state.withLock { $0.watchers.append((intervalSeconds, 0, watcher)) }
  }

  // MARK: Watching

  /// A profiler at work.
  package struct Watch: Sendable {
    fileprivate let profiler: MemoryProfiler
    fileprivate let thread: SystemThread?

    /// Looks a last time, and no more.
    package func stop() {
      profiler.end.request(.cancelled)
      thread?.join()
      profiler.look(isSlow: true)
      // What it looks at may go now.
      profiler.state.withLock { $0.deviceProbe = nil }
    }
  }

  /// Begins to look, again and again.
  package func watch() -> Watch {
    look(isSlow: false, group: start.group)
    return Watch(
      profiler: self, thread: SystemThread(stackBytes: Self.stackBytes, ledger: ledger) { self.lookOn() })
  }

  private func lookOn() {
    var nextSlowSeconds = seconds + Self.slowIntervalSeconds
    while true {
      let wait = state.withLock { $0.series.intervalSeconds }
      if end.wait(milliseconds: Int32(wait * 1000)) { break }
      let isSlow = seconds >= nextSlowSeconds
      if isSlow { nextSlowSeconds = seconds + Self.slowIntervalSeconds }
      look(isSlow: isSlow)
    }
  }

  /// Takes a sample.
  ///
  /// - Parameters:
  ///   - isSlow: Whether to look at what takes long to look at too.
  ///   - group: What is charged to the control group, if that is known already.
  private func look(isSlow: Bool, group: ControlGroupMemory? = nil) {
    let processorStart = MemoryProbe.threadSeconds()
    var group = group
    var device: DeviceMemoryFacts?
    if isSlow {
      group = ControlGroupMemory(reading: probe.group)
      // The driver takes its time, and others may want to tell something meanwhile.
      let deviceProbe = state.withLock(\.deviceProbe)
      device = deviceProbe?()
    }
    let slots = ledger.poolSlots
    let sample = probe.sample(
      at: seconds, progress: progress(), group: group ?? ControlGroupMemory(), deviceBytes: device?.usedBytes,
      slots: slots)
    let watchers = state.withLock { state in
      state.series.append(sample)
      if let group { state.group = group }
      if slots.count > state.slots.count {
        state.slots = slots.map { PoolSlotFacts(kind: $0.kind, capacityBytes: $0.capacityBytes) }
      }
      if let device { state.device = device }
      var due: [Watcher] = []
      for index in state.watchers.indices where sample.seconds >= state.watchers[index].nextSeconds {
        state.watchers[index].nextSeconds = sample.seconds + state.watchers[index].intervalSeconds
        due.append(state.watchers[index].call)
      }
      return due
    }
    for watcher in watchers { watcher(sample) }
    let processorSeconds = MemoryProbe.threadSeconds() - processorStart
    state.withLock { $0.processorSeconds += processorSeconds }
  }

  // MARK: The end

  /// The most that was resident so far, by the kernel's mark; nil if it does not tell.
  package var peakResidentBytes: Int? { ProcessMemory(using: probe.files).peakResidentBytes }

  /// Whether there was a device when it was looked for last.
  package var hasSeenDevice: Bool { state.withLock { $0.device != nil } }

  /// Waits until all that the run took has been given back, or for so long: threads that a run does not wait for may be
  /// about to end.
  package func settle(seconds: Double) {
    let deadlineSeconds = MonotonicClock.seconds() + seconds
    while !leaks.isEmpty, MonotonicClock.seconds() < deadlineSeconds { usleep(100) }
  }

  /// What is held of what was taken since the run began; what was there before is the process's.
  private var leaks: [LiveAllocation] {
    ledger.liveAllocations().filter { $0.monotonicSeconds > start.monotonicSeconds }
  }

  /// What was seen, for when all memory has been given back that had to be.
  ///
  /// - Parameters:
  ///   - run: The run; its times are filled in here.
  ///   - predictedPeakBytes: What the plan said that it would have resident at most, nil if there was none.
  package func profile(of run: MemoryProfile.RunFacts, predictedPeakBytes: Int?) -> MemoryProfile {
    let now = seconds
    let process = ProcessMemory(using: probe.files)
    let faults = MemoryProbe.faults()
    let (snapshot, events) = (ledger.snapshot(), ledger.events)
    var state = state.withLock { $0 }
    let group = state.group
    if !state.stages.isEmpty { state.stages[state.stages.count - 1].endSeconds = now }
    let samples = state.series.samples
    var run = run
    run.elapsedSeconds = now
    run.unixSeconds = start.unixSeconds
    run.monotonicSeconds = start.monotonicSeconds
    return MemoryProfile(
      run: run, ledger: snapshot, peak: peak(snapshot, state.stages), poolUse: ledger.poolUse, pool: state.slots,
      samples: samples, stages: state.stages, files: state.files.map { $0.measured(by: samples) },
      filesLeftOut: state.filesLeftOut, events: events.kept, eventsLost: events.lost,
      account: ResidentAccount(samples, startAnonymousBytes: start.process.anonymousBytes, start.heap),
      kernel: KernelFacts(
        peakResidentBytes: process.peakResidentBytes, startResidentBytes: start.process.residentBytes,
        endResidentBytes: process.residentBytes, pageTableBytes: process.pageTableBytes,
        swappedBytes: process.swappedBytes, minorFaults: difference(faults?.minor, start.faults?.minor),
        majorFaults: difference(faults?.major, start.faults?.major), groupLimitBytes: group.limitBytes,
        groupUsageBytes: group.usageBytes, groupPeakBytes: group.peakBytes, groupCacheBytes: group.cacheBytes,
        groupKills: difference(group.kills, start.group.kills),
        stalledSeconds: difference(probe.group.stalledSeconds, start.stalledSeconds),
        isStallOfMachine: !probe.group.tellsStalls),
      device: state.device, peakDeviceBytes: state.series.peakDeviceBytes, predictedPeakBytes: predictedPeakBytes,
      leaks: leaks,
      sampler: SamplerCost(
        samples: state.series.count, processorSeconds: state.processorSeconds,
        intervalSeconds: state.series.intervalSeconds))
  }

  private func peak(_ snapshot: MemorySnapshot, _ stages: [StageSpan]) -> PeakMoment? {
    guard snapshot.host.peakBytes > 0 else { return nil }
    let seconds = snapshot.hostPeak.monotonicSeconds - start.monotonicSeconds
    let stage = stages.last { $0.startSeconds <= seconds }
    return PeakMoment(
      seconds: seconds, byteCount: snapshot.host.peakBytes, stage: stage?.stage, file: stage?.file,
      bytes: snapshot.hostPeak.bytes.filter { $0.value > 0 })
  }

  private func difference<Value: AdditiveArithmetic>(_ end: Value?, _ start: Value?) -> Value? {
    guard let end, let start else { return nil }
    return end - start
  }
}

extension DeviceMemoryFacts {
  /// What this process uses of all heaps together, nil if the driver does not report it.
  package var usedBytes: Int? {
    let used = heaps.compactMap(\.usageBytes)
    return used.count == heaps.count && !heaps.isEmpty ? used.reduce(0, +) : nil
  }
}

extension FileMemory {
  /// The same with the peaks that samples saw.
  fileprivate func measured(by samples: [MemorySample]) -> FileMemory {
    var seen = samples.filter { (startSeconds...endSeconds).contains($0.seconds) }
    if seen.isEmpty {
      seen = samples.min { abs($0.seconds - endSeconds) < abs($1.seconds - endSeconds) }.map { [$0] } ?? []
    }
    var file = self
    file.peakResidentBytes = seen.compactMap(\.residentBytes).max()
    file.peakAllocatedBytes = seen.map(\.allocatedHostBytes).max()
    return file
  }
}

extension ResidentAccount {
  /// What is resident at the sample that has most of it, explained; nil if the kernel does not tell.
  fileprivate init?(_ samples: [MemorySample], startAnonymousBytes: Int?, _ startHeap: AllocatorHeap) {
    guard let startAnonymousBytes,
      let sample = samples.max(by: { ($0.residentBytes ?? 0) < ($1.residentBytes ?? 0) }),
      let anonymousBytes = sample.anonymousBytes, let fileBytes = sample.fileBytes,
      let sharedBytes = sample.sharedBytes
    else { return nil }
    // What a driver maps for device and host may be private or shared.
    let stagingBytes = sample.resident[.pinnedStaging] ?? 0
    let ledgerBytes = sample.resident.reduce(0) { $0 + ($1.key.isHost ? $1.value : 0) }
    let restBytes =
      anonymousBytes + min(sharedBytes, stagingBytes) - startAnonymousBytes - ledgerBytes
    // How much of what the allocator holds is in memory nobody tells: what is left is taken for that, as far as it goes.
    let heapGrowthBytes = max(0, min(restBytes, sample.heapHeldBytes - startHeap.heldBytes))
    self.init(
      seconds: sample.seconds, residentBytes: anonymousBytes + fileBytes + sharedBytes, anonymousBytes: anonymousBytes,
      fileBytes: fileBytes, sharedBytes: sharedBytes, startAnonymousBytes: startAnonymousBytes,
      ledgerBytes: sample.resident, heapGrowthBytes: heapGrowthBytes,
      unaccountedBytes: restBytes - heapGrowthBytes)
  }
}
