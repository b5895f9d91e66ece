import Synchronization

/// What an allocation is for.
public enum MemoryPurpose: String, Sendable, CaseIterable {
  /// Bytes read and not yet minified.
  case inputWindow
  /// Minified bytes not yet written.
  case outputWindow
  /// One bit for each open bracket or brace.
  case nesting
  /// A kernel's working buffers: skeleton, elements, bit planes.
  case kernelWorkspace
  /// Host memory that a device reads and writes.
  case deviceStaging
  /// A device's own memory.
  case deviceWork
  /// The names and sizes of the files of a run.
  case fileList
  /// What is made a second time, to be compared.
  case verification
}

/// Counts of one purpose, in bytes and calls.
public struct MemoryUsage: Sendable, Equatable {
  /// Bytes allocated now.
  public internal(set) var currentBytes = 0
  /// The most that `currentBytes` has been.
  public internal(set) var peakBytes = 0
  /// Allocations made so far.
  public internal(set) var allocations = 0
  /// Allocations given back so far.
  public internal(set) var frees = 0

  mutating func allocate(_ byteCount: Int) {
    currentBytes += byteCount
    peakBytes = max(peakBytes, currentBytes)
    allocations += 1
  }

  mutating func free(_ byteCount: Int) {
    currentBytes -= byteCount
    frees += 1
  }
}

/// What a ledger held at one moment.
public struct MemorySnapshot: Sendable, Equatable {
  /// All purposes together; its peak is the peak of the sum.
  public internal(set) var total = MemoryUsage()
  /// Each purpose by itself; a purpose never used is absent.
  public internal(set) var purposes: [MemoryPurpose: MemoryUsage] = [:]
}

/// The book of every buffer that zmin holds.
///
/// No buffer can be made without a ledger, so what the ledger says is all there is. One ledger may serve any number of
/// tasks at once.
public final class MemoryLedger: Sendable {
  private let state = Mutex(MemorySnapshot())

  /// An empty ledger.
  public init() {}

  /// What is held now, and the peaks so far.
  public func snapshot() -> MemorySnapshot {
    state.withLock { $0 }
  }

  func recordAllocation(_ byteCount: Int, for purpose: MemoryPurpose) {
    state.withLock {
      $0.total.allocate(byteCount)
      $0.purposes[purpose, default: MemoryUsage()].allocate(byteCount)
    }
  }

  func recordFree(_ byteCount: Int, for purpose: MemoryPurpose) {
    state.withLock {
      $0.total.free(byteCount)
      $0.purposes[purpose, default: MemoryUsage()].free(byteCount)
    }
  }
}
