import Glibc

/// Statistics of samples.
package enum BenchStatistics {
  /// The median. For an even number of values, the mean of the middle two. NaN if there are none.
  package static func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return .nan }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The geometric mean: twice as fast on one document and half as fast on another cancel out.
  package static func geometricMean(_ values: [Double]) -> Double {
    exp(values.reduce(0) { $0 + log($1) } / Double(values.count))
  }

  /// The median absolute deviation as a share of the median, times 1.4826, which makes it the standard deviation of
  /// normally distributed values. A single outlier hardly changes it. Nil for fewer than two values.
  package static func spread(_ values: [Double]) -> Double? {
    guard values.count > 1 else { return nil }
    let middle = median(values)
    return middle > 0 ? 1.4826 * median(values.map { abs($0 - middle) }) / middle : nil
  }

  /// The standard error of the median as a share of the median, for few samples: 1.2533 is the square root of π/2.
  /// Infinite for fewer than two values.
  package static func medianError(_ values: [Double]) -> Double {
    spread(values).map { $0 * 1.2533 / Double(values.count).squareRoot() } ?? .infinity
  }

  /// The standard errors from which a difference is not noise.
  private static let noiseErrors = 3.0

  /// Returns true if the ratio of two figures may be noise. With a logarithm, half as much is as far from no change as
  /// twice as much.
  ///
  /// - Parameter errors: The standard errors of the two figures, as shares of them.
  package static func isNoise(ratio: Double, errors: (Double, Double)) -> Bool {
    abs(log(ratio)) <= noiseErrors * (errors.0 * errors.0 + errors.1 * errors.1).squareRoot()
  }

  /// The index of the sample nearest to the median, nil if there are none.
  package static func medianIndex(_ values: [Double]) -> Int? {
    let middle = median(values)
    return values.indices.min { abs(values[$0] - middle) < abs(values[$1] - middle) }
  }

  /// The least-squares line by relative error: the seconds at 0 bytes and the seconds a byte. Nil if the points do not
  /// determine a line.
  package static func line(_ points: [(bytes: Double, seconds: Double)]) -> (delay: Double, perByte: Double)? {
    var (weight, sumX, sumY, sumXX, sumXY) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for (x, y) in points where y > 0 {
      let w = 1 / (y * y)
      weight += w
      sumX += w * x
      sumY += w * y
      sumXX += w * x * x
      sumXY += w * x * y
    }
    let determinant = weight * sumXX - sumX * sumX
    guard determinant > 0 else { return nil }
    let perByte = (weight * sumXY - sumX * sumY) / determinant
    return ((sumY - perByte * sumX) / weight, perByte)
  }
}
