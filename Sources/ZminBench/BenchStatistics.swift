import Glibc

/// What samples come to.
package enum BenchStatistics {
  /// The value in the middle; of an even number, the mean of the two there.
  package static func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return .nan }
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// What rates of several documents come to: twice as fast on one and half as fast on another is neither.
  package static func geometricMean(_ values: [Double]) -> Double {
    exp(values.reduce(0) { $0 + log($1) } / Double(values.count))
  }

  /// The median absolute deviation as a share of the median, times what makes it a standard deviation where values are
  /// spread normally. One run that was interrupted does not move it.
  package static func spread(_ values: [Double]) -> Double? {
    guard values.count > 1 else { return nil }
    let middle = median(values)
    return middle > 0 ? 1.4826 * median(values.map { abs($0 - middle) }) / middle : nil
  }

  /// The place of the sample that is nearest to the median.
  package static func medianIndex(_ values: [Double]) -> Int? {
    let middle = median(values)
    return values.indices.min { abs(values[$0] - middle) < abs(values[$1] - middle) }
  }

  /// The straight line through points that leaves the least relative error: seconds at no bytes, and for each byte.
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
