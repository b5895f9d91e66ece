/// A bounded series of samples: the time between them grows with the length of the run.
struct SampleSeries: Sendable {
  /// The bound of the number of samples kept.
  static let samplesMax = 1024

  private(set) var samples: [MemorySample] = []
  /// The number of samples added.
  private(set) var count = 0
  /// The peak device memory over all samples, kept or not.
  private(set) var peakDeviceBytes: Int?
  /// The current time between samples.
  private(set) var intervalSeconds: Double

  init(intervalSeconds: Double) { self.intervalSeconds = intervalSeconds }

  /// Adds a sample. If there are too many, only the larger of each two is kept, so that the peak remains.
  mutating func append(_ sample: MemorySample) {
    samples.append(sample)
    count += 1
    peakDeviceBytes = [peakDeviceBytes, sample.deviceBytes].compactMap(\.self).max()
    guard samples.count >= Self.samplesMax else { return }
    samples = stride(from: 0, to: samples.count, by: 2).map { index in
      // Keeps the first sample, as the start of the run.
      if index == 0 || index + 1 == samples.count { return samples[index] }
      let (one, next) = (samples[index], samples[index + 1])
      return Self.weight(one) >= Self.weight(next) ? one : next
    }
    intervalSeconds *= 2
  }

  private static func weight(_ sample: MemorySample) -> Int { sample.totalBytes ?? sample.allocatedHostBytes }
}
