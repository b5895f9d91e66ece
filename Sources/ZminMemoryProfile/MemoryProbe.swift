import Glibc
import ZminIO
import ZminMemory

/// Takes single samples of memory from the ledger, the kernel and the allocator.
struct MemoryProbe: Sendable {
  let ledger: MemoryLedger
  let files: FileAccess
  let group: ControlGroupFiles

  init(_ ledger: MemoryLedger, _ files: FileAccess) {
    self.ledger = ledger
    self.files = files
    group = ControlGroupFiles(using: files)
  }

  /// Takes a sample.
  ///
  /// - Parameters:
  ///   - seconds: The time of the sample.
  ///   - progress: The files done and the input bytes read so far.
  ///   - group: The memory charged to the control group. Reading it takes longer than all the rest together.
  ///   - deviceBytes: The device memory in use by the driver's account.
  ///   - slots: The slots of the pools.
  ///   - helperBytes: Resident memory of helper processes.
  func sample(
    at seconds: Double, progress: (files: Int, bytes: Int), group: ControlGroupMemory, deviceBytes: Int?,
    slots: [PoolGauge], helperBytes: Int
  ) -> MemorySample {
    let process = ProcessMemory(using: files)
    let heap = AllocatorHeap()
    return MemorySample(
      seconds: seconds, anonymousBytes: process.anonymousBytes, fileBytes: process.fileBytes,
      sharedBytes: process.sharedBytes, highWaterBytes: process.peakResidentBytes, helperBytes: helperBytes,
      allocated: ledger.snapshot().domains.mapValues(\.currentBytes),
      resident: ledger.residentBytes(), heapUsedBytes: heap.usedBytes, heapHeldBytes: heap.heldBytes,
      groupBytes: group.usageBytes, groupCacheBytes: group.cacheBytes, deviceBytes: deviceBytes,
      inputBytes: progress.bytes, filesDone: progress.files, slots: slots.map(\.state))
  }

  /// Page faults of the process so far, without (minor) and with (major) disk access. Nil if the system does not report
  /// them.
  static func faults() -> (minor: Int, major: Int)? {
    var usage = rusage()
    guard getrusage(RUSAGE_SELF.rawValue, &usage) == 0 else { return nil }
    return (usage.ru_minflt, usage.ru_majflt)
  }

  /// The processor time of this thread so far.
  static func threadSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
