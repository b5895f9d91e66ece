/// Seconds that `work` takes, by the monotonic clock.
package func elapsedSeconds(_ work: () throws -> Void) rethrows -> Double {
  let duration = try ContinuousClock().measure(work).components
  return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
}

/// The value in the middle; of an even number, the upper one of the two there.
package func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// With two digits after the point.
package func rounded(_ value: Double) -> String {
  let hundredths = Int((value * 100).rounded())
  return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
}
