package import ZminIO
package import ZminMemory

/// The memory of a run: the ledger's account, and beside it the figures of the kernel, the allocator and the driver.
///
/// Times are in seconds since the run began. A figure that was not reported is nil, never 0.
package struct MemoryProfile: Sendable {
  package var run: RunFacts
  /// The ledger's counts at the end of the run.
  package var ledger: MemorySnapshot
  /// The peak of host memory by the ledger.
  package var peak: PeakMoment?
  /// Counts of how the slots of the pools were used.
  package var poolUse: PoolUse
  /// The slots of the pools in the order of ``MemorySample/slots``, from the sample with the most slots.
  package var pool: [PoolSlotFacts]
  /// The first slots of the pools with all their states, in the order in which they were made.
  package var slots: [SlotHistory] = []
  /// The samples, in time order.
  package var samples: [MemorySample]
  /// The stages of the run, in time order.
  package var stages: [StageSpan]
  /// The first commits of outputs in batches, in the order in which they ended.
  package var commits: [CommitSpan] = []
  /// The processes that the run started.
  package var helpers: [HelperFacts] = []
  /// The first files of the run, in the order in which they ended.
  package var files: [FileMemory]
  /// The number of further files.
  package var filesLeftOut: Int
  /// The first allocations and frees, in time order.
  package var events: [LedgerEvent]
  /// The number of further allocations and frees.
  package var eventsLost: Int
  /// The sources of the resident memory, at the sample with the most.
  package var account: ResidentAccount?
  package var kernel: KernelFacts
  package var device: DeviceMemoryFacts?
  /// The peak device memory by the driver's account, over all samples, kept or not.
  package var peakDeviceBytes: Int?
  /// The peak resident memory after a report was made. Nil before that, or if the kernel does not report it.
  package var reportPeakResidentBytes: Int?
  /// The peak resident memory that the plan predicted, nil if there was no plan.
  package var predictedPeakBytes: Int?
  /// Allocations that were not freed by the end of the run.
  package var leaks: [LiveAllocation]
  package var sampler: SamplerCost

  /// Facts about the run other than its memory.
  package struct RunFacts: Sendable {
    package var version: String
    package var command: [String]
    package var mode: String
    package var kernel: String
    package var workers: Int
    package var inputCount: Int
    package var inputBytes: Int
    package var outputBytes: Int
    /// The exit status.
    package var exitStatus: Int
    package var elapsedSeconds = 0.0
    /// The start of the run, in seconds since 1970.
    package var unixSeconds = 0
    /// The start of the run by the monotonic clock, from which the times of this profile count.
    package var monotonicSeconds = 0.0

    /// Facts without the times, which the profiler fills in.
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

/// The moment at which the most host memory was allocated, stacks apart.
package struct PeakMoment: Sendable, Equatable {
  package var seconds: Double
  package var byteCount: Int
  /// The stage of the run, nil before its first stage.
  package var stage: StageSpan.Stage?
  /// The file of that stage, nil if the stage is not about one file.
  package var file: FileName?
  /// The allocated bytes, by purpose.
  package var bytes: [MemoryPurpose: Int]
}

/// An activity of a run, with its start and end.
package struct StageSpan: Sendable, Equatable {
  package enum Stage: String, Sendable, CaseIterable {
    /// Reads the plan and allocates the pools.
    case starting
    /// Walks directories.
    case finding
    /// Waits for a device that the run requires.
    case waitingForDevice
    /// Reads, minifies and writes.
    case minifying
    /// Minifies large files one by one, before the small ones.
    case largeFiles
    /// Minifies many files at once.
    case smallFiles
    /// Syncs an output and gives it its name.
    case committing
    /// Frees its memory and ends.
    case ending
  }

  package var stage: Stage
  /// The file, nil if the stage is not about one file.
  package var file: FileName?
  package var startSeconds: Double
  package var endSeconds: Double
}

/// The time in which a batch of outputs was synced and named.
package struct CommitSpan: Sendable, Equatable {
  package var fileCount: Int
  package var startSeconds: Double
  package var endSeconds: Double
}

/// A process that the run started to search for a device.
package struct HelperFacts: Sendable, Equatable {
  package var startSeconds: Double
  /// Nil while it runs.
  package var endSeconds: Double?
  /// The high-water mark of its resident memory, nil if unknown.
  package var peakResidentBytes: Int?
  /// The peak of the resident memory of the run and the process together, nil if unknown.
  package var peakTotalBytes: Int?
}

/// A slot of a pool and its states over time.
package struct SlotHistory: Sendable, Equatable {
  package var kind: PoolSlot.Kind
  package var capacityBytes: Int
  /// The states, with times of the monotonic clock.
  package var timeline: SlotTimeline
}

/// A slot of a pool.
package struct PoolSlotFacts: Sendable, Equatable {
  package var kind: PoolSlot.Kind
  package var capacityBytes: Int
}

/// The memory at one moment.
package struct MemorySample: Sendable, Equatable {
  package var seconds: Double
  /// Resident private memory, by the kernel.
  package var anonymousBytes: Int?
  /// Resident memory of files, by the kernel.
  package var fileBytes: Int?
  /// Resident shared memory, by the kernel.
  package var sharedBytes: Int?
  /// The high-water mark of resident memory up to this moment, by the kernel.
  package var highWaterBytes: Int?
  /// Resident memory of helper processes, by the kernel. 0 while there are none.
  package var helperBytes = 0
  /// Allocated bytes by domain, by the ledger.
  package var allocated: [MemoryDomain: Int]
  /// The resident part of the allocated bytes by domain, by the ledger and the kernel. Excludes memory of the device.
  package var resident: [MemoryDomain: Int]
  /// Bytes in use on the heap, by the allocator.
  package var heapUsedBytes: Int
  /// Bytes that the heap took from the system, by the allocator.
  package var heapHeldBytes: Int
  /// Memory charged to the control group, by the kernel.
  package var groupBytes: Int?
  /// The part of that which is cached files.
  package var groupCacheBytes: Int?
  /// Memory of all device heaps that this process uses, by the driver.
  package var deviceBytes: Int?
  /// The input bytes read so far.
  package var inputBytes: Int
  /// The number of files done.
  package var filesDone: Int
  /// The states of the slots of the pools.
  package var slots: [PoolSlot.State]

  package var residentBytes: Int? {
    guard let anonymousBytes, let fileBytes, let sharedBytes else { return nil }
    return anonymousBytes + fileBytes + sharedBytes
  }

  /// Resident memory of the run and its helper processes.
  package var totalBytes: Int? { residentBytes.map { $0 + helperBytes } }

  /// Buffers in host memory, by the ledger.
  package var allocatedHostBytes: Int { allocated.reduce(0) { $0 + ($1.key.holdsBuffers ? $1.value : 0) } }
}

/// The memory of a run while it worked on a file.
package struct FileMemory: Sendable, Equatable {
  package var name: FileName
  package var inputBytes: Int
  package var startSeconds: Double
  package var endSeconds: Double
  /// The peak resident memory while the file was processed. If no sample was taken then, of the sample nearest to its
  /// end. Nil if there is none.
  package var peakResidentBytes: Int?
  /// The peak of allocated host memory in the same samples.
  package var peakAllocatedBytes: Int?
}

/// The sources of the resident memory, at the sample with the most.
package struct ResidentAccount: Sendable, Equatable {
  package var seconds: Double
  /// All resident memory, by the kernel: the sum of the next three.
  package var residentBytes: Int
  package var anonymousBytes: Int
  package var fileBytes: Int
  package var sharedBytes: Int
  /// The private part when the run began: memory of the runtime and of the program itself.
  package var startAnonymousBytes: Int
  /// The resident part of the ledger's allocations, by domain.
  package var ledgerBytes: [MemoryDomain: Int]
  /// Growth of the allocator's heap since the run began: the memory that the above leaves unexplained, but at most what
  /// the allocator took from the system since.
  package var heapGrowthBytes: Int
  /// The private memory that none of the above explains. Negative if they explain more than there is.
  package var unaccountedBytes: Int
}

/// The kernel's figures for the whole run.
package struct KernelFacts: Sendable, Equatable {
  /// The high-water mark of resident memory, which misses no moment.
  package var peakResidentBytes: Int?
  /// Resident memory when the run began.
  package var startResidentBytes: Int?
  /// Resident memory when the run had ended.
  package var endResidentBytes: Int?
  package var pageTableBytes: Int?
  package var swappedBytes: Int?
  /// Page faults without disk access during the run.
  package var minorFaults: Int?
  /// Page faults with disk access during the run.
  package var majorFaults: Int?
  package var groupLimitBytes: Int?
  package var groupUsageBytes: Int?
  /// The peak since the group was created, other processes included.
  package var groupPeakBytes: Int?
  package var groupCacheBytes: Int?
  /// The number of processes in the group that were killed for lack of memory during the run.
  package var groupKills: Int?
  /// The time that tasks were stalled for lack of memory during the run.
  package var stalledSeconds: Double?
  /// True if that counts all tasks of the machine, because the group does not report its own.
  package var isStallOfMachine = false
}

/// Facts about the device and its memory.
package struct DeviceMemoryFacts: Sendable, Equatable {
  package struct Heap: Sendable, Equatable {
    package var byteCount: Int
    package var isDeviceLocal: Bool
    /// The bytes that this process may use, nil if the driver does not report them.
    package var budgetBytes: Int?
    /// The bytes that this process uses, nil if the driver does not report them.
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
  /// True if the device works in host memory.
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

/// The cost of sampling.
package struct SamplerCost: Sendable, Equatable {
  /// The number of samples taken. Not all may have been kept.
  package var samples: Int
  /// The processor time of sampling, on all threads.
  package var processorSeconds: Double
  /// The time between samples at the end. It doubles whenever there are too many samples.
  package var intervalSeconds: Double
}
