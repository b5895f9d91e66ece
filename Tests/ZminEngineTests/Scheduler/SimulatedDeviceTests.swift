import Testing
import ZminEngine
import ZminTestSupport

/// Workers and a device under a simulated clock.
///
/// Together they are not slower than the workers alone, nor than the device alone, beyond the bounds given here. If
/// their speeds are similar, they nearly reach the sum.
@Suite struct SimulatedDeviceTests {
  /// Bytes a microsecond.
  private static let workerSpeed = 5_000.0

  private struct Comparison {
    /// The times of the workers alone, the device alone and both.
    let workers: Double
    let device: Double
    let both: SimulatedRun.Outcome

    var best: Double { min(workers, device) }
    /// Share of the sum of both speeds that is reached.
    var efficiency: Double { 1 / (1 / workers + 1 / device) / both.time }
    let byteCount: Int
    var laneShare: Double { Double(both.laneBytes) / Double(byteCount) }

    init(workers: Int, byteCount: Int = 1 << 30, _ device: SimulatedRun.Device) {
      var run = SimulatedRun(
        byteCount: byteCount,
        sizes: SliceSizes(largestBytes: 256 << 10, smallestBytes: 32 << 10, workers: workers), slots: 2 * workers + 2,
        speeds: Array(repeating: workerSpeed, count: workers), noise: 0.1)
      self.byteCount = byteCount
      self.workers = run.outcome().time
      run.device = device
      both = run.outcome()
      run.deviceIsAlone = true
      self.device = run.outcome().time
    }
  }

  private static func device(_ factor: Double, delay: Double = 0, noise: Double = 0.2) -> SimulatedRun.Device {
    let speed = factor * workerSpeed
    return SimulatedRun.Device(speed: { _ in speed }, delay: delay, noise: noise)
  }

  /// The device is from a thousandth to a hundred times as fast as a worker. To learn the speed of a fast one costs a
  /// few of its delays.
  @Test(
    "CPU and device together are never slower than either",
    arguments: [1, 2, 8, 64], [0.001, 0.01, 0.05, 0.2, 0.5, 1, 2, 5, 10, 30, 100])
  func bothAreNeverSlowerThanEither(_ workers: Int, _ factor: Double) {
    for delay in [0.0, 200, 2_000] {
      let found = Comparison(workers: workers, Self.device(factor, delay: delay))
      #expect(found.both.time < 1.02 * found.workers, "workers alone, delay \(delay)")
      #expect(found.both.time < 1.02 * found.best + 10 * delay + 500, "the best alone, delay \(delay)")
    }
  }

  @Test("A slow device costs next to nothing") func aSlowDeviceCostsNextToNothing() {
    for workers in [1, 2, 8, 64] {
      for factor in [0.001, 0.003, 0.01, 0.05] {
        for delay in [0.0, 200, 20_000] {
          let found = Comparison(workers: workers, Self.device(factor, delay: delay))
          #expect(found.both.time < 1.003 * found.workers, "\(workers) workers, \(factor)")
        }
      }
    }
  }

  @Test("CPU and device together reach nearly the sum of their speeds", arguments: [1, 2, 8], [0.5, 1, 2, 5, 10])
  func bothTogetherAreNearlyAsFastAsBoth(_ workers: Int, _ factor: Double) {
    let found = Comparison(workers: workers, Self.device(factor))
    #expect(found.efficiency > 0.9)
  }

  @Test("A fast device gets nearly all of the input") func aFastDeviceGetsNearlyEverything() {
    for workers in [1, 2] {
      let found = Comparison(workers: workers, Self.device(100))
      #expect(found.laneShare > 0.95)
      #expect(found.both.returnedSliceCount == 0)
    }
  }

  // MARK: Devices that change

  @Test("A device that becomes slow costs next to nothing", arguments: [1, 2, 8, 64], [0.1, 1, 4, 20])
  func aDeviceThatBecomesSlow(_ workers: Int, _ factor: Double) {
    let speed = factor * Self.workerSpeed
    let (before, after) = (2_000.0, speed / 100)
    let device = SimulatedRun.Device(speed: { $0 < before ? speed : after }, delay: 200, noise: 0.2)
    let found = Comparison(workers: workers, device)
    #expect(found.both.time < 1.02 * found.workers)
  }

  @Test("A device that hangs for a while costs next to nothing", arguments: [1, 2, 8, 64], [0.1, 1, 4, 20])
  func aDeviceThatHangsForAWhile(_ workers: Int, _ factor: Double) {
    for length in [2_000.0, 20_000, 1e9] {
      var device = Self.device(factor, delay: 200)
      device.hang = 2_000..<2_000 + length
      let found = Comparison(workers: workers, device)
      #expect(found.both.time < 1.02 * found.workers, "for \(length)")
      // Afterwards it must show that it is still fast.
      let ever = Comparison(workers: workers, Self.device(factor, delay: 200)).both.time
      #expect(found.both.time < 1.05 * ever + 2.5 * length + 2_000, "for \(length)")
    }
  }

  @Test("A device of unsteady speed costs next to nothing", arguments: [1, 2, 8, 64], [0.1, 1, 4, 20])
  func aDeviceOfUnsteadySpeed(_ workers: Int, _ factor: Double) {
    // Up to four times as long, two and a half times on the average.
    let found = Comparison(workers: workers, Self.device(factor, delay: 200, noise: 3))
    #expect(found.both.time < 1.02 * found.workers)
    #expect(found.both.time < 1.1 * found.device)
  }

  @Test("A device that is ready late costs nothing before, and helps after", arguments: [1, 2, 8], [0.001, 1, 20])
  func aDeviceThatIsReadyLate(_ workers: Int, _ factor: Double) {
    var times: [Double] = []
    for share in [0, 0.25, 0.5, 0.75, 1.5] {
      var device = Self.device(factor, delay: 200)
      device.readyTime = share * Double(1 << 30) / (Double(workers) * Self.workerSpeed)
      let found = Comparison(workers: workers, device)
      #expect(found.both.time < 1.02 * found.workers)
      times.append(found.both.time)
    }
    if factor >= 1 { #expect(zip(times, times.dropFirst()).allSatisfy { $0 < 1.05 * $1 }) }
  }

  @Test("A device with one lane is not slower than the best of both", arguments: [1, 2, 8, 64], [1, 4, 20])
  func oneLane(_ workers: Int, _ factor: Double) {
    var device = Self.device(factor, delay: 200)
    device.lanes = 1
    let found = Comparison(workers: workers, device)
    #expect(found.both.time < 1.02 * found.best)
  }

  @Test("Small inputs take no longer with a device", arguments: [1, 2, 8], [0.1, 1, 4, 20])
  func smallInputs(_ workers: Int, _ factor: Double) {
    for byteCount in [1 << 20, 3 << 20, 20 << 20, 100 << 20] {
      let found = Comparison(workers: workers, byteCount: byteCount, Self.device(factor, delay: 200))
      #expect(found.both.time < 1.02 * found.workers + 50, "\(byteCount) bytes")
    }
  }

  @Test("Workers and lanes never wait for each other forever") func nobodyWaitsForever() {
    var random = SplitMix64(seed: 91)
    for _ in 0..<(Corpora.testsAreLong ? 60_000 : 2_000) {
      let workers = 1 + random.below(5)
      let speed = random.pick([0.001, 0.1, 1, 10, 100])
      var device = SimulatedRun.Device(
        lanes: 1 + random.below(4), smallestBytes: 1 + random.below(50), largestBytes: 1 + random.below(300),
        readyTime: Double(random.below(10)) * 20, speed: { _ in speed }, delay: Double(random.below(5)),
        noise: Double(random.below(4)), uselessOneIn: random.pick([0, 1, 2, 5]))
      if random.once(in: 3) { device.hang = 50..<random.pick([100, 1e6]) }
      var run = SimulatedRun(
        byteCount: random.below(6_000),
        sizes: SliceSizes(
          largestBytes: 1 + random.below(100), smallestBytes: 1 + random.below(50), workers: workers),
        slots: 1 + random.below(2 * workers + 2), speeds: (0..<workers).map { _ in 0.1 + Double(random.below(20)) },
        writingSpeed: random.pick([.infinity, 5]), noise: 1, device: device, deviceIsAlone: random.once(in: 3))
      // The second input begins with the times of the first.
      for _ in 0..<2 {
        let outcome = run.outcome()
        (run.workerTiming, run.laneTiming) = (outcome.workerTiming, outcome.laneTiming)
        #expect(outcome.laneBytes <= run.byteCount)
      }
    }
  }
}
