/// Estimate of the time that slices take workers, or lanes.
///
/// It is a straight line through the times of the last slices, so that the delay of a device and its speed are
/// separate.
package struct SliceTiming: Sendable {
  /// Weight of the past relative to one more slice.
  private let memory: Double
  /// True if a slice that took much longer or shorter than expected discards all earlier ones.
  private let believesChanges: Bool

  // Sums over the slices so far, the older ones with less weight.
  private var weight = 0.0
  private var bytes = 0.0
  private var seconds = 0.0
  private var squares = 0.0
  private var products = 0.0

  /// Time of a slice besides the time of its bytes.
  private var delaySeconds = 0.0
  private var secondsPerByte: Double?
  /// The largest slice so far.
  private(set) var largestBytes = 0

  /// Timing of CPU workers. Their slices take similar times, and one that was interrupted tells nothing about the
  /// others.
  package static let worker = SliceTiming(memory: 0.9, believesChanges: false)
  /// Timing of the lanes of a device, which may become slow at any time.
  package static let lane = SliceTiming(memory: 0.7, believesChanges: true)

  private init(memory: Double, believesChanges: Bool) {
    self.memory = memory
    self.believesChanges = believesChanges
  }

  /// True before the first slice.
  var isUnknown: Bool { secondsPerByte == nil }

  /// Bytes a second for consecutive slices of that size, nil before the first slice.
  func rate(ofSlicesOf byteCount: Int) -> Double? { expectedSeconds(for: byteCount).map { Double(byteCount) / $0 } }

  /// Expected time of a slice of that size, nil before the first slice.
  func expectedSeconds(for byteCount: Int) -> Double? {
    secondsPerByte.map { delaySeconds + $0 * Double(byteCount) }
  }

  /// Size of a slice that takes so long, 0 if any takes longer, nil before the first slice.
  func byteCount(within seconds: Double) -> Int? {
    secondsPerByte.map { Int(min(Double(Int32.max), max(0, seconds - delaySeconds) / $0)) }
  }

  /// Adds the time of a slice.
  mutating func learn(_ byteCount: Int, took seconds: Double) {
    let seconds = max(seconds, 1e-9)
    if believesChanges, let expected = expectedSeconds(for: byteCount),
      seconds > 3 * expected || seconds < expected / 4
    {
      forget()
    }
    let size = Double(max(1, byteCount))
    weight = weight * memory + 1
    bytes = bytes * memory + size
    self.seconds = self.seconds * memory + seconds
    squares = squares * memory + size * size
    products = products * memory + size * seconds
    largestBytes = max(largestBytes, byteCount)
    fit()
  }

  /// Adds a lower bound for the time of a slice that is not finished.
  mutating func learn(_ byteCount: Int, tookAtLeast seconds: Double) {
    if expectedSeconds(for: byteCount).map({ $0 < seconds }) ?? true { learn(byteCount, took: seconds) }
  }

  private mutating func forget() { (weight, bytes, seconds, squares, products) = (0, 0, 0, 0, 0) }

  /// Fits the line to the sums. If all sizes are alike, the delay keeps its last value.
  private mutating func fit() {
    let (meanBytes, meanSeconds) = (bytes / weight, seconds / weight)
    let variance = squares / weight - meanBytes * meanBytes
    let slope = (products / weight - meanBytes * meanSeconds) / variance
    if variance > 0.05 * meanBytes * meanBytes, slope > 0 { delaySeconds = meanSeconds - slope * meanBytes }
    delaySeconds = min(max(0, delaySeconds), 0.9 * meanSeconds)
    secondsPerByte = (meanSeconds - delaySeconds) / meanBytes
  }
}
