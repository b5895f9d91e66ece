import Testing
import ZminEngine

/// The queue under a clock that is made up: what many workers would reach on a machine that has them, and what stops
/// them.
@Suite struct SimulatedRunTests {
  @Test func manyEqualWorkers() {
    #expect(SimulatedRun().efficiency > 0.95)
  }

  @Test func workersOfUnequalSpeed() {
    var run = SimulatedRun(noise: 0.2)
    run.speeds = (0..<64).map { 4_000 + 32 * Double($0) }
    // Noise makes the ideal longer by a tenth on the average.
    #expect(run.efficiency * 1.1 > 0.95)
  }

  /// A writer that is slower than all workers together is what a run then takes as long as.
  @Test func theWriterSetsThePace() {
    var run = SimulatedRun()
    run.writingSpeed = 4_000
    #expect(run.efficiency > 0.95)
    // As fast as the workers are, so that one of 64 is always writing.
    run.writingSpeed = 64 * 5_000 * 4
    #expect(run.efficiency > 0.90)
  }

  /// What would stop them: too few slots to run ahead of a slow slice, above all one of a worker that is slower by far,
  /// and slices that stay large to the end.
  @Test func whatStopsThem() {
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
