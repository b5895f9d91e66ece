/// Whether an output is its input, byte for byte, though some bytes come out later than they go in: the LF after a value
/// in `concat`, which comes with the next value, and what may be a byte order mark.
struct OutputComparison {
  /// More than a byte order mark; whatever lags further behind was dropped.
  private static let lagBytesMax = 8

  /// What of the input has not come out yet.
  private var lag: [UInt8] = []
  /// Whether the output so far is the beginning of the input.
  private(set) var isSameSoFar = true

  /// Whether the output so far is the input so far.
  var isSame: Bool { isSameSoFar && lag.isEmpty }

  /// Goes on by what went in and what came out.
  mutating func append(_ input: UnsafeRawBufferPointer, _ output: UnsafeRawBufferPointer) {
    guard isSameSoFar else { return }
    let fromLag = min(lag.count, output.count)
    let fromInput = output.count - fromLag
    let left = lag.count - fromLag + input.count - fromInput
    guard fromInput <= input.count, left <= Self.lagBytesMax,
      output.prefix(fromLag).elementsEqual(lag.prefix(fromLag)),
      UnsafeRawBufferPointer(rebasing: output[fromLag...]).hasSameBytes(
        as: UnsafeRawBufferPointer(rebasing: input[..<fromInput]))
    else {
      isSameSoFar = false
      return
    }
    lag.removeFirst(fromLag)
    lag.append(contentsOf: input[fromInput...])
  }
}
