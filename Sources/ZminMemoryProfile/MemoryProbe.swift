import Glibc
import ZminIO
import ZminMemory

/// Looks at memory from inside and outside, once each time it is asked.
struct MemoryProbe: Sendable {
  /// How far the run is.
  typealias Progress = @Sendable () -> (files: Int, bytes: Int)

  let ledger: MemoryLedger
  let files: FileAccess
  let group: ControlGroupFiles

  init(_ ledger: MemoryLedger, _ files: FileAccess) {
    self.ledger = ledger
    self.files = files
    group = ControlGroupFiles(using: files)
  }

  /// How things stand.
  ///
  /// - Parameters:
  ///   - seconds: The time.
  ///   - progress: How far the run is.
  ///   - group: What is charged to the control group, which takes longer to find out than all else together.
  ///   - deviceBytes: What the driver said last.
  ///   - slots: The slots of the pools.
  func sample(
    at seconds: Double, progress: (files: Int, bytes: Int), group: ControlGroupMemory, deviceBytes: Int?,
    slots: [PoolGauge]
  ) -> MemorySample {
    let process = ProcessMemory(using: files)
    let heap = AllocatorHeap()
    return MemorySample(
      seconds: seconds, anonymousBytes: process.anonymousBytes, fileBytes: process.fileBytes,
      sharedBytes: process.sharedBytes, allocated: ledger.snapshot().domains.mapValues(\.currentBytes),
      resident: ledger.residentBytes(), heapUsedBytes: heap.usedBytes, heapHeldBytes: heap.heldBytes,
      groupBytes: group.usageBytes, groupCacheBytes: group.cacheBytes, deviceBytes: deviceBytes,
      inputBytes: progress.bytes, filesDone: progress.files, slots: slots.map(\.state))
  }

  /// Pages that the process was given so far, without and with reading a disk; nil if the system does not tell.
  static func faults() -> (minor: Int, major: Int)? {
    var usage = rusage()
    guard getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return nil }
    return (usage.ru_minflt, usage.ru_majflt)
  }

  /// How long this thread was at work so far.
  static func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
