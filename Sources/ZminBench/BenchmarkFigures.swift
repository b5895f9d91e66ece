/// Runs `work` and returns the seconds that it took by the monotonic clock.
package func elapsedSeconds(_ work: () throws -> Void) rethrows -> Double {
  let duration = try ContinuousClock().measure(work).components
  return Double(duration.seconds) + Double(duration.attoseconds) * 1e-18
}

/// The median. For an even number of values, the upper one of the middle two. There must be at least one value.
package func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }

/// A number of at least 0 as text with two digits after the point.
package func rounded(_ value: Double) -> String {
  let hundredths = Int((value * 100).rounded())
  return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
}
