/// Samples at a distance that grows with the run, so that there are never too many.
struct SampleSeries: Sendable {
  /// How many are kept.
  static let samplesMax = 1024

  private(set) var samples: [MemorySample] = []
  /// How many there were.
  private(set) var count = 0
  /// The most that the device had in any.
  private(set) var peakDeviceBytes: Int?
  /// The time between samples now.
  private(set) var intervalSeconds: Double

  init(intervalSeconds: Double) { self.intervalSeconds = intervalSeconds }

  /// Adds one. Where there are too many, of each two only the one with more in memory is kept: the peak stays.
  mutating func append(_ sample: MemorySample) {
    samples.append(sample)
    count += 1
    peakDeviceBytes = [peakDeviceBytes, sample.deviceBytes].compactMap(\.self).max()
    guard samples.count >= Self.samplesMax else { return }
    samples = stride(from: 0, to: samples.count, by: 2).map { index in
      // The first tells how it all began.
      if index == 0 || index + 1 == samples.count { return samples[index] }
      let (one, next) = (samples[index], samples[index + 1])
      return Self.weight(one) >= Self.weight(next) ? one : next
    }
    intervalSeconds *= 2
  }

  private static func weight(_ sample: MemorySample) -> Int { sample.residentBytes ?? sample.allocatedHostBytes }
}
