/// How long slices take of one kind of taker, learnt from those that it has had: a straight line through the last few,
/// so that a device's delay and its speed are told apart.
package struct SliceTiming: Sendable {
  /// How much the past counts beside one slice more.
  private let memory: Double
  /// Whether a slice that took much longer or shorter than expected makes all before it forgotten.
  private let believesChanges: Bool

  // Sums over the slices so far, the older ones with less weight.
  private var weight = 0.0
  private var bytes = 0.0
  private var seconds = 0.0
  private var squares = 0.0
  private var products = 0.0

  /// What a slice takes besides what it takes for each byte.
  private var delaySeconds = 0.0
  private var secondsPerByte: Double?
  /// The largest slice so far.
  private(set) var largestBytes = 0

  /// Of a CPU worker: each slice is as the one before, and one that was interrupted says nothing of the others.
  package static let worker = SliceTiming(memory: 0.9, believesChanges: false)
  /// Of a device, which may become slow at any time.
  package static let lane = SliceTiming(memory: 0.7, believesChanges: true)

  /// Of whom nothing is known.
  private init(memory: Double, believesChanges: Bool) {
    self.memory = memory
    self.believesChanges = believesChanges
  }

  /// Whether nothing is known.
  var isUnknown: Bool { secondsPerByte == nil }

  /// Bytes a second where slices follow one another, each of the same size; nil if nothing is known.
  func rate(ofSlicesOf byteCount: Int) -> Double? { expectedSeconds(for: byteCount).map { Double(byteCount) / $0 } }

  /// How long a slice of that size will take, nil if nothing is known.
  func expectedSeconds(for byteCount: Int) -> Double? {
    secondsPerByte.map { delaySeconds + $0 * Double(byteCount) }
  }

  /// How many bytes a slice may have to take so long, 0 if none; nil if nothing is known.
  func byteCount(within seconds: Double) -> Int? {
    secondsPerByte.map { Int(min(Double(Int32.max), max(0, seconds - delaySeconds) / $0)) }
  }

  /// Learns that a slice took so long.
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

  /// Learns that a slice takes so long at least.
  mutating func learn(_ byteCount: Int, tookAtLeast seconds: Double) {
    if expectedSeconds(for: byteCount).map({ $0 < seconds }) ?? true { learn(byteCount, took: seconds) }
  }

  private mutating func forget() { (weight, bytes, seconds, squares, products) = (0, 0, 0, 0, 0) }

  /// Puts the line through the sums. Where all sizes are alike, the delay stays what it was found to be before.
  private mutating func fit() {
    let (meanBytes, meanSeconds) = (bytes / weight, seconds / weight)
    let variance = squares / weight - meanBytes * meanBytes
    let slope = (products / weight - meanBytes * meanSeconds) / variance
    if variance > 0.05 * meanBytes * meanBytes, slope > 0 { delaySeconds = meanSeconds - slope * meanBytes }
    delaySeconds = min(max(0, delaySeconds), 0.9 * meanSeconds)
    secondsPerByte = (meanSeconds - delaySeconds) / meanBytes
  }
}
