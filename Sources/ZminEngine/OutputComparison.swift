/// Compares an output with its input, byte for byte, as both grow. Either may be a few bytes ahead of the other: the
/// input by what may be a byte order mark, the output by the LF after a value of `concat`.
struct OutputComparison {
  /// More than a byte order mark; what lags further behind was dropped.
  private static let aheadBytesMax = 8

  /// Bytes that one has and the other does not have yet.
  private var ahead: [UInt8] = []
  private var isOutputAhead = false
  /// Set as long as one of the two is the beginning of the other.
  private(set) var isSameSoFar = true

  /// Set if the output so far is the input so far.
  var isSame: Bool { isSameSoFar && ahead.isEmpty }

  /// Goes on by what went in and what came out.
  mutating func append(_ input: UnsafeRawBufferPointer, _ output: UnsafeRawBufferPointer) {
    guard isSameSoFar else { return }
    let known = isOutputAhead ? input : output
    let new = isOutputAhead ? output : input
    let fromAhead = min(ahead.count, known.count)
    guard known.prefix(fromAhead).elementsEqual(ahead.prefix(fromAhead)) else {
      isSameSoFar = false
      return
    }
    ahead.removeFirst(fromAhead)
    let rest = UnsafeRawBufferPointer(rebasing: known[fromAhead...])
    let common = ahead.isEmpty ? min(rest.count, new.count) : 0
    isSameSoFar = UnsafeRawBufferPointer(rebasing: rest[..<common]).hasSameBytes(
      as: UnsafeRawBufferPointer(rebasing: new[..<common]))
    if rest.count > common { isOutputAhead.toggle() }
    let left = rest.count > common ? rest[common...] : new[common...]
    if ahead.count + left.count > Self.aheadBytesMax { isSameSoFar = false }
    if isSameSoFar { ahead.append(contentsOf: left) }
  }
}
