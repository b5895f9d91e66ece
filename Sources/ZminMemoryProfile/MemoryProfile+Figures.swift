package import ZminMemory

/// Figures derived from others.
extension MemoryProfile {
  /// The peak resident memory of the process itself.
  package var peakResidentBytes: Int? { kernel.peakResidentBytes }

  /// The peak resident memory of the run and its helper processes together.
  package var peakTotalBytes: Int? {
    ([peakResidentBytes] + samples.map(\.totalBytes) + helpers.map(\.peakTotalBytes)).compactMap(\.self).max()
  }

  /// The largest peak of a helper process, 0 if there was none.
  package var peakHelperBytes: Int { helpers.compactMap(\.peakResidentBytes).max() ?? 0 }

  /// The first moment at which resident memory had reached its peak, nil if the kernel does not report it.
  package var residentPeakSeconds: Double? {
    guard let peakResidentBytes else { return nil }
    return samples.first { max($0.residentBytes ?? 0, $0.highWaterBytes ?? 0) >= peakResidentBytes }?.seconds
      ?? samples.last?.seconds
  }

  /// The average resident memory over time, nil for fewer than two samples.
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

  /// The growth of resident memory from the first quarter of the samples to the last one. It shows a leak or a growing
  /// list. Nil for fewer than eight samples.
  package var growthBytes: Int? {
    let work = samples.compactMap(\.residentBytes)
    guard work.count >= 8 else { return nil }
    return work[work.count - 1] - work[work.count / 4]
  }

  /// A memory limit for a container in which the same run succeeds, in whole MiB.
  ///
  /// It is the larger of the predicted and the actual peak of resident memory, making a report included, plus the peak
  /// of a helper process, plus the page tables, plus a tenth and 8 MiB. The reserve is for other memory that the kernel
  /// charges and for files on their way to the disk. The kernel can reclaim these, but not at once.
  package var suggestedLimitBytes: Int? {
    guard let peakResidentBytes else { return nil }
    let neededBytes =
      max(peakResidentBytes, predictedPeakBytes ?? 0, reportPeakResidentBytes ?? 0) + peakHelperBytes
      + (kernel.pageTableBytes ?? 0)
    let mebibyte = 1 << 20
    return (neededBytes + neededBytes / 10 + 8 * mebibyte + mebibyte - 1) / mebibyte * mebibyte
  }

  /// Memory that was not freed by the end of the run.
  package var leakedBytes: Int { leaks.reduce(0) { $0 + $1.byteCount } }

  /// The duration of the run, at least up to the last sample and the last stage.
  package var spanSeconds: Double {
    max(run.elapsedSeconds, samples.last?.seconds ?? 0, stages.last?.endSeconds ?? 0)
  }

  /// The duration of the run in equal parts, by the monotonic clock. Empty if it took no time.
  package func moments(_ count: Int) -> [ClosedRange<Double>] {
    let partSeconds = spanSeconds / Double(count)
    guard partSeconds > 0 else { return [] }
    return (0..<count).map { index in
      let start = run.monotonicSeconds + partSeconds * Double(index)
      return start...start + partSeconds
    }
  }
}

extension PeakMoment {
  /// The allocated bytes, by domain.
  package var domainBytes: [MemoryDomain: Int] {
    bytes.reduce(into: [:]) { $0[$1.key.domain, default: 0] += $1.value }
  }
}
