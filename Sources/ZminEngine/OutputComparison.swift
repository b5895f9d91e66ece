/// Compares an output with its input, byte for byte, as both grow.
///
/// Either may be a few bytes ahead: the input by a possible byte order mark, the output by the LF after a value of
/// `concat`.
struct OutputComparison {
  /// More bytes than a byte order mark has. If one of the two is further ahead, bytes were dropped.
  private static let aheadBytesMax = 8

  /// Bytes that one of the two has and the other does not have yet.
  private var ahead: [UInt8] = []
  private var isOutputAhead = false
  /// True as long as one of the two is the beginning of the other.
  private(set) var isSameSoFar = true

  /// True if the output so far equals the input so far.
  var isSame: Bool { isSameSoFar && ahead.isEmpty }

  /// True if the input so far equals the output so far and an LF after it.
  var lacksOnlyLineFeed: Bool { isSameSoFar && !isOutputAhead && ahead == [UInt8(ascii: "\n")] }

  /// Appends bytes to input and output.
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
