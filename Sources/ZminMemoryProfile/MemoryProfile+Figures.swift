package import ZminMemory

/// Figures that follow from others.
extension MemoryProfile {
  /// The most that was resident: by the kernel's mark, which misses no moment but may lag a little behind its counts.
  package var peakResidentBytes: Int? {
    (samples.map(\.residentBytes) + [kernel.peakResidentBytes]).compactMap(\.self).max()
  }

  /// What was resident on average over time; nil without two samples.
  package var averageResidentBytes: Int? {
    var area = 0.0
    var seconds = 0.0
    for (one, next) in zip(samples, samples.dropFirst()) {
      guard let start = one.residentBytes, let end = next.residentBytes else { continue }
      area += Double(start + end) / 2 * (next.seconds - one.seconds)
      seconds += next.seconds - one.seconds
    }
    return seconds > 0 ? Int(area / seconds) : nil
  }

  /// How much more was resident at the end of the work than after its first quarter: what a leak or a growing list
  /// would show. Nil for fewer than eight samples.
  package var growthBytes: Int? {
    let work = samples.compactMap(\.residentBytes)
    guard work.count >= 8 else { return nil }
    return work[work.count - 1] - work[work.count / 4]
  }

  /// A limit for a container that the same run stays under.
  ///
  /// What was resident at most, the making of a report included, the page tables, and room for what the kernel charges besides and for files on their way
  /// to the disk, which it can take back but not at once: a tenth and 8 MiB; in whole MiB.
  package var suggestedLimitBytes: Int? {
    guard let peakResidentBytes else { return nil }
    let neededBytes =
      max(peakResidentBytes, predictedPeakBytes ?? 0, reportPeakResidentBytes ?? 0) + (kernel.pageTableBytes ?? 0)
    let mebibyte = 1 << 20
    return (neededBytes + neededBytes / 10 + 8 * mebibyte + mebibyte - 1) / mebibyte * mebibyte
  }

  /// What was still held when all had to be given back.
  package var leakedBytes: Int { leaks.reduce(0) { $0 + $1.byteCount } }

  /// How long the run was; no less than what is known of it.
  package var spanSeconds: Double {
    max(run.elapsedSeconds, samples.last?.seconds ?? 0, stages.last?.endSeconds ?? 0)
  }
}

extension PeakMoment {
  /// What was held, by domain.
  package var domainBytes: [MemoryDomain: Int] {
    bytes.reduce(into: [:]) { $0[$1.key.domain, default: 0] += $1.value }
  }
}
