import Glibc
import Synchronization
import ZminBase
package import ZminIO
package import ZminMemory

/// Samples the memory of a run from beginning to end, on its own thread.
///
/// The code that carries out the run reports stages and files, on any thread. The profiler measures their memory.
package final class MemoryProfiler: HelperObserver {
  /// Returns the state of the device's memory, nil while there is no device.
  package typealias DeviceProbe = @Sendable () -> DeviceMemoryFacts?
  /// Called with new samples.
  package typealias Watcher = @Sendable (MemorySample) -> Void

  private static let stackBytes = 256 << 10
  private static let intervalSeconds = 0.04
  /// The time between samples of the slow sources: the control group and the driver.
  private static let slowIntervalSeconds = 0.25
  private static let eventsMax = 4096
  private static let filesMax = 1024
  private static let stagesMax = 2048
  private static let commitsMax = 2048

  struct State {
    var series = SampleSeries(intervalSeconds: MemoryProfiler.intervalSeconds)
    var stages: [StageSpan] = []
    var commits: [CommitSpan] = []
    var helpers = Helpers()
    var files: [FileMemory] = []
    var filesLeftOut = 0
    var deviceProbe: DeviceProbe?
    var device: DeviceMemoryFacts?
    /// The control group's memory at the last slow sample.
    var group: ControlGroupMemory
    var slots: [PoolSlotFacts] = []
    var processorSeconds = 0.0
    var watchers: [(intervalSeconds: Double, nextSeconds: Double, call: Watcher)] = []
  }

  private let ledger: MemoryLedger
  let probe: MemoryProbe
  private let progress: @Sendable () -> (files: Int, bytes: Int)
  let state: Mutex<State>
  private let end: Interruption
  private let start: Start

  /// Figures from before the run.
  private struct Start {
    let monotonicSeconds: Double
    let unixSeconds: Int
    let process: ProcessMemory
    let heap: AllocatorHeap
    let faults: (minor: Int, major: Int)?
    let group: ControlGroupMemory
    let stalledSeconds: Double?
    let ledger: MemorySnapshot
  }

  /// Makes a profiler for a run that is about to begin.
  ///
  /// - Parameters:
  ///   - ledger: The ledger of the run.
  ///   - files: File access for the kernel's figures, separate from the run's so that its byte counts stay right.
  ///   - progress: Returns the number of files done and of input bytes read.
  /// - Throws: The system's error if no file descriptor is left.
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
      group: ControlGroupMemory(reading: probe.group), stalledSeconds: probe.group.stalledSeconds,
      ledger: ledger.snapshot())
    state = Mutex(State(group: start.group))
  }

  // MARK: Events of the run

  /// Seconds since the run began.
  package var seconds: Double { MonotonicClock.seconds() - start.monotonicSeconds }

  /// Ends the current stage and begins another.
  ///
  /// - Parameters:
  ///   - stage: The new stage.
  ///   - file: The file that the stage is about, if it is about one.
  package func begin(_ stage: StageSpan.Stage, file: FileName? = nil) {
    let now = seconds
    state.withLock { state in
      // The first stage begins with the run.
      let now = state.stages.isEmpty ? 0 : now
      if var last = state.stages.popLast() {
        last.endSeconds = now
        // A stage that took no time is dropped.
        if last.endSeconds > last.startSeconds { state.stages.append(last) }
      }
      // Beyond the maximum, time counts to the last stage that was kept, up to the end of the run.
      if state.stages.count < Self.stagesMax || stage == .ending {
        state.stages.append(StageSpan(stage: stage, file: file, startSeconds: now, endSeconds: now))
      }
    }
  }

  /// Records a file that is done.
  ///
  /// - Parameters:
  ///   - name: The file.
  ///   - inputBytes: The number of bytes read from it.
  ///   - span: The start and end of its processing, in seconds of the monotonic clock.
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

  /// Records that a batch of outputs was synced and named.
  ///
  /// - Parameters:
  ///   - fileCount: The number of outputs.
  ///   - span: The start and end, in seconds of the monotonic clock.
  package func endCommit(fileCount: Int, span: ClosedRange<Double>) {
    let start = start.monotonicSeconds
    state.withLock { state in
      guard state.commits.count < Self.commitsMax else { return }
      state.commits.append(
        CommitSpan(
          fileCount: fileCount, startSeconds: max(0, span.lowerBound - start), endSeconds: span.upperBound - start))
    }
  }

  /// Samples the device's memory from now on, with `probe`.
  package func observe(device probe: @escaping DeviceProbe) {
    state.withLock { $0.deviceProbe = probe }
  }

  /// Calls `watcher` with samples, on the profiler's thread, at most once in `intervalSeconds`. Call it before
  /// ``watch()``.
  package func show(every intervalSeconds: Double, to watcher: @escaping Watcher) {
    state.withLock { $0.watchers.append((intervalSeconds, 0, watcher)) }
  }

  // MARK: Watching

  /// A profiler that is sampling.
  package struct Watch: Sendable {
    fileprivate let profiler: MemoryProfiler
    fileprivate let thread: SystemThread?

    /// Takes a last sample and ends the thread.
    package func stop() {
      profiler.end.request(.cancelled)
      thread?.join()
      profiler.takeSample(includesSlowSources: true)
      // Releases the device.
      profiler.state.withLock { $0.deviceProbe = nil }
    }
  }

  /// Takes the first sample and starts the sampling thread.
  package func watch() -> Watch {
    takeSample(includesSlowSources: false, group: start.group)
    return Watch(
      profiler: self, thread: SystemThread(stackBytes: Self.stackBytes, ledger: ledger) { self.sampleUntilStopped() })
  }

  private func sampleUntilStopped() {
    var nextSlowSeconds = seconds + Self.slowIntervalSeconds
    while true {
      let wait = state.withLock { $0.series.intervalSeconds }
      if end.wait(milliseconds: Int32(wait * 1000)) { break }
      let includesSlowSources = seconds >= nextSlowSeconds
      if includesSlowSources { nextSlowSeconds = seconds + Self.slowIntervalSeconds }
      takeSample(includesSlowSources: includesSlowSources)
    }
  }

  /// Takes a sample.
  ///
  /// - Parameters:
  ///   - includesSlowSources: True to sample the slow sources as well.
  ///   - group: The control group's memory, if it was read already.
  private func takeSample(includesSlowSources: Bool, group: ControlGroupMemory? = nil) {
    let processorStart = MemoryProbe.threadSeconds()
    var group = group
    var device: DeviceMemoryFacts?
    if includesSlowSources {
      group = ControlGroupMemory(reading: probe.group)
      // The driver may be slow: it is called without the lock, so that other threads can report events meanwhile.
      let deviceProbe = state.withLock(\.deviceProbe)
      device = deviceProbe?()
    }
    let slots = ledger.poolSlots
    let helpers = state.withLock(\.helpers.running).map { ($0, ProcessMemory(of: $0, using: probe.files)) }
    let sample = probe.sample(
      at: seconds, progress: progress(), group: group ?? ControlGroupMemory(), deviceBytes: device?.usedBytes,
      slots: slots, helperBytes: helpers.reduce(0) { $0 + ($1.1.residentBytes ?? 0) })
    let watchers = state.withLock { state in
      state.series.append(sample)
      state.helpers.note(helpers, beside: sample)
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

  /// The peak resident memory so far, nil if the kernel does not report it.
  package var peakResidentBytes: Int? { ProcessMemory(using: probe.files).peakResidentBytes }

  /// True if a sample has seen a device.
  package var hasSeenDevice: Bool { state.withLock { $0.device != nil } }

  /// Waits until all memory of the run is freed, for at most `timeoutSeconds`. A run does not wait for some of its
  /// threads, which may still be about to end.
  package func waitUntilFreed(timeoutSeconds: Double) {
    let deadlineSeconds = MonotonicClock.seconds() + timeoutSeconds
    while !leaks.isEmpty, MonotonicClock.seconds() < deadlineSeconds { usleep(100) }
  }

  /// Live allocations that were made since the run began. Earlier ones belong to the process.
  private var leaks: [LiveAllocation] {
    ledger.liveAllocations().filter { $0.monotonicSeconds > start.monotonicSeconds }
  }

  /// Makes the profile. Call it when the memory of the run is freed: live allocations count as leaks.
  ///
  /// - Parameters:
  ///   - run: Facts about the run. The times are filled in here.
  ///   - predictedPeakBytes: The peak resident memory that the plan predicted, nil if there was no plan.
  package func profile(of run: MemoryProfile.RunFacts, predictedPeakBytes: Int?) -> MemoryProfile {
    let now = seconds
    let process = ProcessMemory(using: probe.files)
    let faults = MemoryProbe.faults()
    let (snapshot, events) = (ledger.snapshot().since(start.ledger), ledger.events)
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
      slots: ledger.recordedSlots.map {
        SlotHistory(kind: $0.kind, capacityBytes: $0.capacityBytes, timeline: $0.timeline)
      }, samples: samples, stages: state.stages, commits: state.commits, helpers: state.helpers.facts,
      files: state.files.map { $0.measured(by: samples) },
      filesLeftOut: state.filesLeftOut, events: events.kept, eventsLost: events.lost,
      account: ResidentAccount(samples, startAnonymousBytes: start.process.anonymousBytes, start.heap),
      kernel: KernelFacts(
        // The mark may lag a little behind the current counts.
        peakResidentBytes: ([process.peakResidentBytes] + samples.map(\.residentBytes)).compactMap(\.self).max(),
        startResidentBytes: start.process.residentBytes,
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
  /// The memory of all heaps that this process uses, nil if the driver does not report it.
  package var usedBytes: Int? {
    let used = heaps.compactMap(\.usageBytes)
    return used.count == heaps.count && !heaps.isEmpty ? used.reduce(0, +) : nil
  }
}

extension FileMemory {
  /// The file with its peaks filled in from `samples`.
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
  /// Explains the sample with the most resident memory. Nil if the kernel does not report it.
  fileprivate init?(_ samples: [MemorySample], startAnonymousBytes: Int?, _ startHeap: AllocatorHeap) {
    guard let startAnonymousBytes,
      let sample = samples.max(by: { ($0.residentBytes ?? 0) < ($1.residentBytes ?? 0) }),
      let anonymousBytes = sample.anonymousBytes, let fileBytes = sample.fileBytes,
      let sharedBytes = sample.sharedBytes
    else { return nil }
    // A driver may map pinned staging as private or as shared memory.
    let stagingBytes = sample.resident[.pinnedStaging] ?? 0
    let ledgerBytes = sample.resident.reduce(0) { $0 + ($1.key.isHost ? $1.value : 0) }
    let restBytes =
      anonymousBytes + min(sharedBytes, stagingBytes) - startAnonymousBytes - ledgerBytes
    // Nothing reports how much of the allocator's heap is resident. The unexplained rest is taken for it, up to the
    // growth of the heap.
    let heapGrowthBytes = max(0, min(restBytes, sample.heapHeldBytes - startHeap.heldBytes))
    self.init(
      seconds: sample.seconds, residentBytes: anonymousBytes + fileBytes + sharedBytes, anonymousBytes: anonymousBytes,
      fileBytes: fileBytes, sharedBytes: sharedBytes, startAnonymousBytes: startAnonymousBytes,
      ledgerBytes: sample.resident, heapGrowthBytes: heapGrowthBytes,
      unaccountedBytes: restBytes - heapGrowthBytes)
  }
}
