/// Memory figures of a purpose or domain, in bytes and calls.
public struct MemoryUsage: Sendable, Equatable {
  /// Bytes allocated now.
  public internal(set) var currentBytes = 0
  /// The maximum of ``currentBytes`` so far.
  public internal(set) var peakBytes = 0
  /// Allocations made so far.
  public internal(set) var allocations = 0
  /// Allocations freed so far.
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

  fileprivate func since(_ start: MemoryUsage) -> MemoryUsage {
    MemoryUsage(
      currentBytes: currentBytes - start.currentBytes, peakBytes: peakBytes,
      allocations: allocations - start.allocations, frees: frees - start.frees)
  }
}

/// The figures of a ``MemoryLedger`` at one moment.
public struct MemorySnapshot: Sendable, Equatable {
  /// All purposes together. The peak is that of the sum.
  public internal(set) var total = MemoryUsage()
  /// All host memory together, apart from thread stacks, whose size is only a bound.
  public internal(set) var host = MemoryUsage()
  /// Figures by domain. Unused domains are absent.
  public internal(set) var domains: [MemoryDomain: MemoryUsage] = [:]
  /// Figures by purpose. Unused purposes are absent.
  public internal(set) var purposes: [MemoryPurpose: MemoryUsage] = [:]
  /// The first moment at which ``host`` was at its peak.
  public internal(set) var hostPeak = MemoryPeak()
  /// The number of allocations by size class: class `n` holds those of `2^(n-1)+1` to `2^n` bytes.
  public internal(set) var sizeClasses: [Int: Int] = [:]

  /// The figures without allocations that were made before `start` and are held since. Peaks are those of all memory.
  package func since(_ start: MemorySnapshot) -> MemorySnapshot {
    var snapshot = self
    snapshot.total = total.since(start.total)
    snapshot.host = host.since(start.host)
    snapshot.domains = domains.merging(start.domains) { $0.since($1) }
    snapshot.purposes = purposes.merging(start.purposes) { $0.since($1) }
    snapshot.sizeClasses = sizeClasses.merging(start.sizeClasses, uniquingKeysWith: -).filter { $0.value > 0 }
    return snapshot
  }
}

/// The moment of peak host memory.
public struct MemoryPeak: Sendable, Equatable {
  /// The time by the system's monotonic clock in seconds, 0 before the first allocation.
  public internal(set) var monotonicSeconds = 0.0
  /// The memory held at that time by purpose, in bytes, including device memory, without thread stacks.
  public internal(set) var bytes: [MemoryPurpose: Int] = [:]
}

/// An allocation not yet freed.
package struct LiveAllocation: Sendable, Equatable {
  package let purpose: MemoryPurpose
  package let byteCount: Int
  /// The time of the allocation, by the system's monotonic clock.
  package let monotonicSeconds: Double
}

/// An allocation or a release.
package struct LedgerEvent: Sendable, Equatable {
  /// The time, by the system's monotonic clock.
  package let monotonicSeconds: Double
  package let purpose: MemoryPurpose
  /// Bytes allocated, negative for a release.
  package let byteCount: Int
}
