/// Counts of one purpose or domain, in bytes and calls.
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
  /// All that is the host's, together.
  public internal(set) var host = MemoryUsage()
  /// Each domain by itself; one never used is absent.
  public internal(set) var domains: [MemoryDomain: MemoryUsage] = [:]
  /// Each purpose by itself; one never used is absent.
  public internal(set) var purposes: [MemoryPurpose: MemoryUsage] = [:]
  /// When ``host`` was at its peak first, and what there was then.
  public internal(set) var hostPeak = MemoryPeak()
  /// How many allocations there were of each size class: the class `n` has those of `2^(n-1)+1` to `2^n` bytes.
  public internal(set) var sizeClasses: [Int: Int] = [:]
}

/// The moment at which most memory was held.
public struct MemoryPeak: Sendable, Equatable {
  /// When, by the system's monotonic clock, in seconds; 0 if there was nothing yet.
  public internal(set) var monotonicSeconds = 0.0
  /// What was held then, by purpose, in bytes. Of the device's memory too.
  public internal(set) var bytes: [MemoryPurpose: Int] = [:]
}

/// An allocation that was not given back.
package struct LiveAllocation: Sendable, Equatable {
  package let purpose: MemoryPurpose
  package let byteCount: Int
  /// When it was made, by the system's monotonic clock.
  package let monotonicSeconds: Double
}

/// An allocation or its end.
package struct LedgerEvent: Sendable, Equatable {
  /// When, by the system's monotonic clock.
  package let monotonicSeconds: Double
  package let purpose: MemoryPurpose
  /// Bytes allocated, or less than 0 for those given back.
  package let byteCount: Int
}
