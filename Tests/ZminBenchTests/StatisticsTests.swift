import Testing

@testable import ZminBench

@Suite struct StatisticsTests {
  @Test func theMedianOfAnEvenNumberIsTheMeanOfTheMiddleTwo() {
    #expect(BenchStatistics.median([3, 1, 2]) == 2)
    #expect(BenchStatistics.median([4, 1, 2, 3]) == 2.5)
    #expect(BenchStatistics.median([]).isNaN)
  }

  @Test func oneInterruptedRunDoesNotMoveTheSpread() throws {
    let spread = try #require(BenchStatistics.spread([10, 10.1, 9.9, 10, 500]))
    #expect(abs(spread - 1.4826 * 0.1 / 10) < 1e-9)
    #expect(BenchStatistics.spread([1]) == nil)
  }

  @Test func theNearestSampleToTheMedianIsFound() {
    #expect(BenchStatistics.medianIndex([5, 1, 3]) == 2)
    #expect(BenchStatistics.medianIndex([]) == nil)
  }

  @Test func aLineGoesThroughPointsOnIt() throws {
    let line = try #require(BenchStatistics.line([(0, 1), (10, 3), (1000, 201)]))
    #expect(abs(line.delay - 1) < 1e-9)
    #expect(abs(line.perByte - 0.2) < 1e-9)
    #expect(BenchStatistics.line([(5, 1)]) == nil)
  }

  @Test func twiceAndHalfTheRateCancelOut() {
    #expect(abs(BenchStatistics.geometricMean([2, 0.5]) - 1) < 1e-12)
  }

  @Test func linesCrossAtTheBreakEvenSize() {
    // One second of setup, one nanosecond saved per byte.
    #expect(BreakEven.crossing((0, 1e-9), (0, 2e-9), extraSeconds: 1) == 1_000_000_000)
    #expect(BreakEven.crossing((0, 2e-9), (0, 1e-9), extraSeconds: 0) == nil)
    #expect(BreakEven.crossing((0, 1e-9), (5, 2e-9), extraSeconds: 1) == 0)
  }
}
