import Testing
import ZminTestSupport

@testable import ZminReport

/// The samples left out of a drawing would not have changed it.
@Suite struct ReductionTests {
  @Test func keepsTheExtremesOfEachColumn() {
    var random = SplitMix64(seed: 8)
    let count = 10_000
    let values: [Double?] = (0..<count).map { _ in random.once(in: 9) ? nil : Double(random.below(1_000_000)) }
    let columns = (0..<count).map { $0 * 100 / count }
    let kept = Reduction.kept(columns, [values])
    #expect(kept.count <= 400 && kept.first == 0 && kept.last == count - 1)
    #expect(zip(kept, kept.dropFirst()).allSatisfy { $0 < $1 })
    for column in 0..<100 {
      let all = columns.indices.filter { columns[$0] == column }.compactMap { values[$0] }
      let some = kept.filter { columns[$0] == column }.compactMap { values[$0] }
      #expect(all.max() == some.max() && all.min() == some.min())
    }
  }

  @Test func keepsAllSamplesIfTheyFit() {
    #expect(Reduction.kept([0, 1, 5, 6], [[1, 2, nil, 3]]) == [0, 1, 2, 3])
    #expect(Reduction.kept([], [[]]).isEmpty)
    #expect(Reduction.kept([3], [[nil]]) == [0])
  }

  /// One peak among ten thousand samples is in the drawn path and in the table.
  @Test func aPeakIsDrawn() throws {
    var course = Plot.Course()
    course.seconds = (0..<10_000).map { Double($0) / 100 }
    course.areas = [Plot.Course.Series("pool", (0..<10_000).map { $0 == 6_543 ? 64e6 : 1e6 })]
    let plot = Plot.course("Memory", "", course)
    #expect(plot.rows.count <= Plot.rowsMax)
    #expect(plot.rows.contains(["65.430000", "64000000"]))
    #expect(plot.notes.contains { $0.contains("10000 samples") })
    var drawing = Drawing(width: 720)
    let draw = try #require(plot.draw)
    draw(&drawing)
    let y = Axis([64e6], .bytes, start: 240, end: 24, tickSpace: 34)
    #expect(drawing.elements.contains(" \(Markup.number(y.coordinate(of: 64e6)))L"))
    #expect(drawing.elements.utf8.count < 200_000)
  }
}
