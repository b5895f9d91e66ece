import Testing
import Zmin
import ZminTestSupport

/// The queue under a clock that is made up: what many workers would reach on a machine that has them, and what stops
/// them.
@Suite struct SimulatedRunTests {
  /// A run of which only the times are played. Speeds are in bytes a microsecond.
  private struct Simulation {
    var byteCount = 1 << 30
    var sizes = SliceSizes(largestBytes: 256 << 10, smallestBytes: 32 << 10, workers: 64)
    var slots = 130
    /// What each worker makes of a slice in a microsecond.
    var speeds = [Double](repeating: 5_000, count: 64)
    /// What is joined and written in a microsecond, by one worker at a time.
    var writingSpeed = Double.infinity
    /// How much longer than usual a slice may take, at random.
    var noise = 0.0

    /// The shortest time that work and writing can take, with nobody ever idle.
    var idealMicroseconds: Double {
      max(Double(byteCount) / (speeds.reduce(0, +)), Double(byteCount) / writingSpeed)
    }

    /// The time to the last slice joined, by the rules of ``SliceQueue`` and of those who work by it: join if the next
    /// slice is done and nobody joins, else take a slice, else wait.
    func microseconds() -> Double {
      var queue = SliceQueue(byteCount: byteCount, sizes: sizes, slots: slots)
      var random = SplitMix64(seed: 61)
      var lengths = [Int](repeating: 0, count: slots)
      enum Work { case slice(SliceQueue.Slice), join }
      var busy = [(worker: Int, until: Double, work: Work)]()
      var idle = Array(speeds.indices)
      var now = 0.0
      while true {
        while let worker = idle.last {
          if let slot = queue.beginJoin() {
            busy.append((worker, now + Double(lengths[slot]) / writingSpeed, .join))
          } else if let slice = queue.next() {
            lengths[slice.slot] = slice.range?.count ?? 0
            let delay = 1 + noise * Double(random.below(1000)) / 1000
            busy.append((worker, now + Double(lengths[slice.slot]) / speeds[worker] * delay, .slice(slice)))
          } else {
            break
          }
          idle.removeLast()
        }
        guard let next = busy.indices.min(by: { busy[$0].until < busy[$1].until }) else { return now }
        let ended = busy.remove(at: next)
        now = ended.until
        switch ended.work {
        case .slice(let slice): queue.finish(slice)
        case .join: queue.endJoin()
        }
        idle.append(ended.worker)
      }
    }

    /// How much of the ideal speed is reached.
    var efficiency: Double { idealMicroseconds / microseconds() }
  }

  @Test func manyEqualWorkers() {
    #expect(Simulation().efficiency > 0.95)
  }

  @Test func workersOfUnequalSpeed() {
    var simulation = Simulation(noise: 0.2)
    simulation.speeds = (0..<64).map { 4_000 + 32 * Double($0) }
    // Noise makes the ideal longer by a tenth on the average.
    #expect(simulation.efficiency * 1.1 > 0.95)
  }

  /// A writer that is slower than all workers together is what a run then takes as long as.
  @Test func theWriterSetsThePace() {
    var simulation = Simulation()
    simulation.writingSpeed = 4_000
    #expect(simulation.efficiency > 0.95)
    // As fast as the workers are, so that one of 64 is always writing.
    simulation.writingSpeed = 64 * 5_000 * 4
    #expect(simulation.efficiency > 0.90)
  }

  /// What would stop them: too few slots to run ahead of a slow slice, above all one of a worker that is slower by far,
  /// and slices that stay large to the end.
  @Test func whatStopsThem() {
    var fewSlots = Simulation(slots: 65, noise: 0.5)
    fewSlots.speeds = (0..<64).map { $0 % 2 == 0 ? 7_500 : 2_500 }
    var enoughSlots = fewSlots
    enoughSlots.slots = 4 * 64
    #expect(fewSlots.efficiency < 0.75)
    #expect(enoughSlots.efficiency > fewSlots.efficiency + 0.1)

    var slowWorker = Simulation()
    slowWorker.speeds[0] = 250
    #expect(slowWorker.efficiency < 0.5)

    let byteCount = 1 << 28 + 1 << 24
    let largeToTheEnd = Simulation(
      byteCount: byteCount, sizes: SliceSizes(largestBytes: 2 << 20, smallestBytes: 2 << 20, workers: 64))
    let shrinking = Simulation(
      byteCount: byteCount, sizes: SliceSizes(largestBytes: 2 << 20, smallestBytes: 32 << 10, workers: 64))
    #expect(shrinking.efficiency > 0.95)
    #expect(largeToTheEnd.efficiency < 0.8)
  }
}
