import Testing

@testable import ZminReport

/// Ticks of axes are round, fit, and are drawn at the right coordinates.
@Suite struct AxisTests {
  private static func axis(_ values: [Double], _ unit: Axis.Unit, _ kind: Axis.Kind = .linear) -> Axis {
    Axis(values, unit, kind, start: 0, end: 600, tickSpace: 60)
  }

  private static func texts(_ axis: Axis) -> [String] { axis.ticks.map(axis.text) }

  @Test func ticksAreRoundInTheUnitOfTheAxis() {
    #expect(Self.texts(Self.axis([3], .plain("GB/s"))).prefix(3) == ["0", "0.5 GB/s", "1 GB/s"])
    #expect(Self.texts(Self.axis([1.2], .seconds)).suffix(2) == ["1 s", "1.2 s"])
    #expect(Self.texts(Self.axis([0.04], .seconds)).suffix(2) == ["35 ms", "40 ms"])
    #expect(
      Self.texts(Self.axis([17_300_000], .bytes)) == ["0"] + stride(from: 2, through: 18, by: 2).map { "\($0) MiB" })
    #expect(Self.texts(Self.axis([3], .count)) == ["0", "1", "2", "3"])
    #expect(Self.texts(Self.axis([1_500_000], .sizes, .logarithmic)) == ["1 MB", "10 MB"])
    #expect(Self.texts(Self.axis([20, 4e9], .sizes, .logarithmic)).last == "10 GB")
  }

  /// Any values get at least one tick, no more than fit, in order, and none beyond the axis.
  @Test(arguments: [Axis.Kind.linear, .tight, .logarithmic]) func ticksFit(_ kind: Axis.Kind) throws {
    for exponent in -30..<19 {
      for factor in [1, 1.5, 2, 3.3, 5, 9.99] {
        let value = factor * (try #require(Double("1e\(exponent)")))
        for unit in [Axis.Unit.bytes, .sizes, .seconds, .count, .plain("x")] {
          let axis = Self.axis([value / 7, value], unit, kind)
          #expect((1...11).contains(axis.ticks.count), "\(value) \(kind) \(axis.ticks)")
          #expect(zip(axis.ticks, axis.ticks.dropFirst()).allSatisfy { $0 < $1 })
          #expect(axis.ticks.allSatisfy { $0 <= axis.high * (1 + 1e-9) })
          #expect(axis.high >= value * (1 - 1e-9))
          #expect((0...600).contains(axis.coordinate(of: value)))
        }
      }
    }
  }

  @Test func coordinatesAreProportionalToValuesOrLogarithms() {
    let linear = Self.axis([8], .count)
    #expect(linear.coordinate(of: 0) == 0 && linear.coordinate(of: 4) == 300 && linear.coordinate(of: 8) == 600)
    let logarithmic = Self.axis([1e3, 1e6], .sizes, .logarithmic)
    #expect(abs(logarithmic.coordinate(of: 1e4) - 200) < 0.01 && abs(logarithmic.coordinate(of: 1e6) - 600) < 0.01)
    #expect(logarithmic.coordinate(of: 0) == 0)
    let upwards = Axis([10], .count, start: 200, end: 0, tickSpace: 30)
    #expect(upwards.coordinate(of: 10) == 0 && upwards.coordinate(of: 0) == 200)
  }

  @Test func oddValuesStayOnTheAxis() {
    for values in [[], [0], [0, 0], [.nan], [.infinity], [-5]] {
      for kind in [Axis.Kind.linear, .tight, .logarithmic] {
        let axis = Self.axis(values, .bytes, kind)
        #expect(!axis.ticks.isEmpty && axis.high > axis.low)
        #expect((0...600).contains(axis.coordinate(of: values.first ?? 0)))
      }
    }
    #expect(Axis.Unit.bytes.text(1e300).isEmpty == false)
    #expect(Int(clamping: Double.nan) == 0 && Int(clamping: 1e300) == .max && Int(clamping: -1e300) == .min)
  }
}
