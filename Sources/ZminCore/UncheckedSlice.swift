/// What becomes of a slice of unchecked input, from an assumed start.
package struct UncheckedSlice: Sendable, Equatable {
  /// The state that the slice was assumed to start in.
  package let start: StringState
  /// The state that it then ends in, by what it keeps itself.
  package let end: UncheckedState
  /// Whether it keeps any byte.
  package let keepsBytes: Bool
  /// Whether an LF comes in it before all that it keeps: one that what stands before the slice may be owed.
  package let beginsWithLineFeed: Bool

  package init(start: StringState, end: UncheckedState, keepsBytes: Bool, beginsWithLineFeed: Bool) {
    self.start = start
    self.end = end
    self.keepsBytes = keepsBytes
    self.beginsWithLineFeed = beginsWithLineFeed
  }
}

extension UncheckedState {
  /// Goes on by a slice.
  ///
  /// - Returns: Whether an LF is to be written before what the slice keeps; nil, and nothing is changed, if the slice was
  ///   assumed to start otherwise.
  package mutating func append(_ slice: UncheckedSlice) -> Bool? {
    guard slice.start == stringState else { return nil }
    let isBoundary = owesLineFeed && slice.beginsWithLineFeed
    let owed = owesLineFeed && !isBoundary
    self = slice.end
    if !slice.keepsBytes { owesLineFeed = owed }
    return isBoundary
  }
}
