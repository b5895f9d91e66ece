package import ZminIO
package import ZminMemory

/// What is known of the memory of a run: the ledger's account, and beside it what kernel, allocator and driver say.
///
/// Times are seconds since the run began. What nobody reported is nil, never 0.
package struct MemoryProfile: Sendable {
  /// The run.
  package var run: RunFacts
  /// What zmin has allocated, by its ledger, when all had to be given back.
  package var ledger: MemorySnapshot
  /// When the ledger's account of the host's memory was at its peak.
  package var peak: PeakMoment?
  /// What came of the pools' slots.
  package var poolUse: PoolUse
  /// The slots of the pools as they were when most were seen, in the order of ``MemorySample/slots``.
  package var pool: [PoolSlotFacts]
  /// The course of it, in time order.
  package var samples: [MemorySample]
  /// What the run was doing when, in time order.
  package var stages: [StageSpan]
  /// The files of the run, in the order in which they ended.
  package var files: [FileMemory]
  /// Files that ended beyond those.
  package var filesLeftOut: Int
  /// Allocations and their ends, in time order.
  package var events: [LedgerEvent]
  package var eventsLost: Int
  /// What is resident, explained at the moment at which most was.
  package var account: ResidentAccount?
  package var kernel: KernelFacts
  package var device: DeviceMemoryFacts?
  /// The most that the device had by its driver's account, also where that sample was not kept.
  package var peakDeviceBytes: Int?
  /// The most that was resident once a report had been made of this; nil before, or if the kernel does not tell.
  package var reportPeakResidentBytes: Int?
  /// What the plan said that the run would have resident at most, nil if there was none.
  package var predictedPeakBytes: Int?
  /// What was still held when all had to be given back.
  package var leaks: [LiveAllocation]
  package var sampler: SamplerCost

  /// A run, apart from its memory.
  package struct RunFacts: Sendable {
    package var version: String
    package var command: [String]
    package var mode: String
    package var kernel: String
    package var workers: Int
    package var inputCount: Int
    package var inputBytes: Int
    package var outputBytes: Int
    /// How it ended, as its exit status.
    package var exitStatus: Int
    package var elapsedSeconds = 0.0
    /// When it began, by the calendar, in seconds since 1970.
    package var unixSeconds = 0
    /// When it began, by the monotonic clock; what times here count from.
    package var monotonicSeconds = 0.0

    /// A run whose times are not known yet.
    package init(
      version: String, command: [String], mode: String, kernel: String, workers: Int, inputCount: Int, inputBytes: Int,
      outputBytes: Int, exitStatus: Int
    ) {
      self.version = version
      self.command = command
      self.mode = mode
      self.kernel = kernel
      self.workers = workers
      self.inputCount = inputCount
      self.inputBytes = inputBytes
      self.outputBytes = outputBytes
      self.exitStatus = exitStatus
    }
  }
}

/// The moment at which most of something was held.
package struct PeakMoment: Sendable, Equatable {
  package var seconds: Double
  package var byteCount: Int
  /// What the run was doing, nil before and after its work.
  package var stage: StageSpan.Stage?
  /// The file that was begun last, nil if none was.
  package var file: FileName?
  /// What was held, by purpose.
  package var bytes: [MemoryPurpose: Int]
}

/// What a run does for a while.
package struct StageSpan: Sendable, Equatable {
  package enum Stage: String, Sendable, CaseIterable {
    /// Reads the plan, makes its pools.
    case starting
    /// Walks directories.
    case finding
    /// Waits for the device without which it does nothing.
    case waitingForDevice
    /// Reads, minifies, writes.
    case minifying
    /// Large files one by one, before the others.
    case largeFiles
    /// Many files at once.
    case smallFiles
    /// Lets go of what it has.
    case ending
  }

  package var stage: Stage
  /// The file it is about, if it is about one.
  package var file: FileName?
  package var startSeconds: Double
  package var endSeconds: Double
}

/// A slot of a pool.
package struct PoolSlotFacts: Sendable, Equatable {
  package var kind: PoolSlot.Kind
  package var capacityBytes: Int
}

/// How things stood at one moment.
package struct MemorySample: Sendable, Equatable {
  package var seconds: Double
  /// By the kernel: private, of files, shared.
  package var anonymousBytes: Int?
  package var fileBytes: Int?
  package var sharedBytes: Int?
  /// By the ledger: allocated, by domain.
  package var allocated: [MemoryDomain: Int]
  /// By the ledger and the kernel: how much of that was in memory, by domain; the device's own is not here.
  package var resident: [MemoryDomain: Int]
  /// By the allocator: what is in use of its heap, and what it holds of the system's.
  package var heapUsedBytes: Int
  package var heapHeldBytes: Int
  /// By the kernel: what is charged to the control group, and what of it is cached files.
  package var groupBytes: Int?
  package var groupCacheBytes: Int?
  /// By the driver: what of the device's heaps this process uses, all heaps together.
  package var deviceBytes: Int?
  /// How many bytes of input were read.
  package var inputBytes: Int
  /// Files that were done.
  package var filesDone: Int
  /// What the pools' slots were doing.
  package var slots: [PoolSlot.State]

  package var residentBytes: Int? {
    guard let anonymousBytes, let fileBytes, let sharedBytes else { return nil }
    return anonymousBytes + fileBytes + sharedBytes
  }

  /// What the ledger has of the host's memory.
  package var allocatedHostBytes: Int { allocated.reduce(0) { $0 + ($1.key.isHost ? $1.value : 0) } }
}

/// A file of the run.
package struct FileMemory: Sendable, Equatable {
  package var name: FileName
  package var inputBytes: Int
  package var startSeconds: Double
  package var endSeconds: Double
  /// The most that was resident while it was at work, or in the sample nearest to it; nil if there is none.
  package var peakResidentBytes: Int?
  /// The most that the ledger had of the host's memory then.
  package var peakAllocatedBytes: Int?
}

/// Where the resident memory comes from, at the sample that had most of it.
package struct ResidentAccount: Sendable, Equatable {
  package var seconds: Double
  /// By the kernel.
  package var residentBytes: Int
  package var anonymousBytes: Int
  package var fileBytes: Int
  package var sharedBytes: Int
  /// What was private and resident when the run began: the runtime's and the program's own.
  package var startAnonymousBytes: Int
  /// The ledger's memory that was in memory, by domain.
  package var ledgerBytes: [MemoryDomain: Int]
  /// How much more of the allocator's heap was in memory than when the run began: what is left after all that is above,
  /// and no more than the allocator has taken of the system since.
  package var heapGrowthBytes: Int
  /// What of the private memory nothing of that explains; less than 0 if it explains more than there is.
  package var unaccountedBytes: Int
}

/// What the kernel says of the whole run.
package struct KernelFacts: Sendable, Equatable {
  /// The most that was resident, by the kernel's own mark, which misses nothing.
  package var peakResidentBytes: Int?
  /// What was resident when the run began and when it had ended.
  package var startResidentBytes: Int?
  package var endResidentBytes: Int?
  package var pageTableBytes: Int?
  package var swappedBytes: Int?
  /// Pages given without and with reading a disk, over the run.
  package var minorFaults: Int?
  package var majorFaults: Int?
  package var groupLimitBytes: Int?
  package var groupUsageBytes: Int?
  /// Since the group was made, other processes included.
  package var groupPeakBytes: Int?
  package var groupCacheBytes: Int?
  /// Processes of the group that were killed for memory during the run.
  package var groupKills: Int?
  /// For how long tasks were stalled for want of memory during the run.
  package var stalledSeconds: Double?
  /// Whose tasks: the group's, or all of the machine where the group does not tell.
  package var isStallOfMachine = false
}

/// What is known of the device's memory.
package struct DeviceMemoryFacts: Sendable, Equatable {
  package struct Heap: Sendable, Equatable {
    package var byteCount: Int
    package var isDeviceLocal: Bool
    /// By the driver: what this process may use of it, and what it uses; nil if the driver does not report it.
    package var budgetBytes: Int?
    package var usageBytes: Int?

    package init(byteCount: Int, isDeviceLocal: Bool, budgetBytes: Int?, usageBytes: Int?) {
      self.byteCount = byteCount
      self.isDeviceLocal = isDeviceLocal
      self.budgetBytes = budgetBytes
      self.usageBytes = usageBytes
    }
  }

  package var name: String
  package var driver: String
  /// Whether the device's memory is the host's.
  package var sharesHostMemory: Bool
  package var isSoftware: Bool
  package var heaps: [Heap]

  package init(name: String, driver: String, sharesHostMemory: Bool, isSoftware: Bool, heaps: [Heap]) {
    self.name = name
    self.driver = driver
    self.sharesHostMemory = sharesHostMemory
    self.isSoftware = isSoftware
    self.heaps = heaps
  }
}

/// What looking cost.
package struct SamplerCost: Sendable, Equatable {
  /// How often it looked; not all samples may have been kept.
  package var samples: Int
  /// How long it was at work, its thread and others.
  package var processorSeconds: Double
  /// How often it looked, at the end: where there are too many samples it keeps every other one.
  package var intervalSeconds: Double
}
