import Testing
import ZminBase
import ZminReport

@Suite("Figures")
struct FiguresTests {
  @Test(
    "A number has the given number of digits after the point, rounded half away from zero",
    arguments: [
      (0.0, 1, "0.0"), (1.25, 1, "1.3"), (-0.04, 1, "0.0"), (-1.5, 1, "-1.5"), (12.0, 3, "12.000"),
      (0.0005, 3, "0.001"),
      (99.95, 1, "100.0"), (7.6, 0, "8"), (.infinity, 1, "-"),
    ])
  func fixed(_ value: Double, _ digits: Int, _ text: String) {
    #expect(Figures.fixed(value, digits: digits) == text)
  }

  @Test("Savings, rates and counts are written with their units")
  func words() {
    #expect(Figures.saved(0, 0) == "0.0%")
    #expect(Figures.saved(200, 150) == "25.0%")
    #expect(Figures.saved(6, 9) == "-50.0%")
    #expect(Figures.rate(2_000_000_000, seconds: 1) == "2.000 GB/s")
    #expect(Figures.rate(1, seconds: 0) == "0.000 GB/s")
    #expect(Figures.speed(1.25e9) == "1.25 GB/s" && Figures.speed(350e6) == "350.0 MB/s")
    #expect(Figures.speed(1000) == "1.0 kB/s" && Figures.speed(999) == nil && Figures.speed(.infinity) == nil)
    #expect(Figures.count(1, "file") == "1 file")
    #expect(Figures.count(2, "file") == "2 files")
  }
}
