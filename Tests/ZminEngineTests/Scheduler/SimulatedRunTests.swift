import Testing
import ZminEngine

/// The queue under a simulated clock, with more workers than the machine has cores.
@Suite struct SimulatedRunTests {
  @Test("Many equal workers are nearly always busy") func manyEqualWorkers() {
    #expect(SimulatedRun().efficiency > 0.95)
  }

  @Test("Workers of unequal speed are nearly always busy") func workersOfUnequalSpeed() {
    var run = SimulatedRun(noise: 0.2)
    run.speeds = (0..<64).map { 4_000 + 32 * Double($0) }
    // Noise makes the ideal longer by a tenth on the average.
    #expect(run.efficiency * 1.1 > 0.95)
  }

  @Test("A run takes as long as a writer slower than all workers") func theWriterSetsThePace() {
    var run = SimulatedRun()
    run.writingSpeed = 4_000
    #expect(run.efficiency > 0.95)
    // As fast as the workers, so that one of 64 is always writing.
    run.writingSpeed = 64 * 5_000 * 4
    #expect(run.efficiency > 0.90)
  }

  /// Too few slots do not let workers run ahead of a slow slice, above all one of a much slower worker.
  @Test("Too few slots and slices that stay large slow a run down") func whatStopsThem() {
    var fewSlots = SimulatedRun(slots: 65, noise: 0.5)
    fewSlots.speeds = (0..<64).map { $0 % 2 == 0 ? 7_500 : 2_500 }
    var enoughSlots = fewSlots
    enoughSlots.slots = 4 * 64
    #expect(fewSlots.efficiency < 0.75)
    #expect(enoughSlots.efficiency > fewSlots.efficiency + 0.1)

    var slowWorker = SimulatedRun()
    slowWorker.speeds[0] = 250
    #expect(slowWorker.efficiency < 0.5)

    let byteCount = 1 << 28 + 1 << 24
    let largeToTheEnd = SimulatedRun(
      byteCount: byteCount, sizes: SliceSizes(largestBytes: 2 << 20, smallestBytes: 2 << 20, workers: 64))
    let shrinking = SimulatedRun(
      byteCount: byteCount, sizes: SliceSizes(largestBytes: 2 << 20, smallestBytes: 32 << 10, workers: 64))
    #expect(shrinking.efficiency > 0.95)
    #expect(largeToTheEnd.efficiency < 0.8)
  }
}
