/// The result of minifying a slice of unchecked input from an assumed start state.
package struct UncheckedSlice: Sendable, Equatable {
  /// The assumed state before the slice.
  package let start: StringState
  /// The state after the slice, with ``UncheckedState/owesLineFeed`` by the slice's own kept bytes.
  package let end: UncheckedState
  /// True if the slice keeps any byte.
  package let keepsBytes: Bool
  /// True if an LF comes before all kept bytes. It is kept if the bytes before the slice owe one.
  package let beginsWithLineFeed: Bool

  package init(start: StringState, end: UncheckedState, keepsBytes: Bool, beginsWithLineFeed: Bool) {
    self.start = start
    self.end = end
    self.keepsBytes = keepsBytes
    self.beginsWithLineFeed = beginsWithLineFeed
  }
}

extension UncheckedState {
  /// Advances the state past a slice.
  ///
  /// - Returns: True if an LF must be written before the slice's kept bytes. Nil, without a change, if the slice was
  ///   scanned from another start state.
  package mutating func append(_ slice: UncheckedSlice) -> Bool? {
    guard slice.start == stringState else { return nil }
    let isBoundary = owesLineFeed && slice.beginsWithLineFeed
    let owed = owesLineFeed && !isBoundary
    self = slice.end
    if !slice.keepsBytes { owesLineFeed = owed }
    return isBoundary
  }
}
