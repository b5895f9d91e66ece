package import ZminMemory

/// The ``UnmatchedBrackets`` of a slice, in memory that is reused for the next slice.
package struct SliceNesting: ~Copyable {
  /// The levels left open, outermost first.
  package var openers: NestingStack
  /// The levels that must be open before the slice, innermost first.
  package var closers: NestingStack
  /// The set of possible levels outside the closers.
  package var base = LevelSet.any
  /// An upper bound on the levels open at once in the slice beyond those before it.
  package var depthIncreaseMax = 0

  /// The memory for slices of up to half a mebibyte, in bytes.
  package static let bytes = 2 * NestingStack.usualBytes

  /// Creates the nesting of an empty slice.
  ///
  /// - Throws: ``OutOfMemory``.
  package init(ledger: MemoryLedger) throws(OutOfMemory) {
    let openers = try NestingStack(ledger: ledger)
    let closers = try NestingStack(ledger: ledger)
    self.openers = openers
    self.closers = closers
  }

  /// Resets for a slice of at most `byteCount` bytes that stands in one of `levels`.
  ///
  /// - Throws: ``OutOfMemory`` if there is no room for a slice of brackets alone.
  package mutating func reset(in levels: LevelSet, byteCount: Int) throws(OutOfMemory) {
    openers.removeAll()
    closers.removeAll()
    try openers.reserve(byteCount)
    try closers.reserve(byteCount)
    base = levels
    depthIncreaseMax = 0
  }
}

extension NestingStack {
  /// Applies the brackets of a slice. Returns false, without a change, if the slice does not fit the open levels or the
  /// nesting might exceed `depthMax`.
  ///
  /// Room for the openers must have been reserved with ``reserve(_:)``.
  package mutating func apply(_ slice: borrowing SliceNesting, depthMax: Int) -> Bool {
    var level = 0
    let closersMatch = slice.closers.allSatisfy {
      defer { level += 1 }
      return kind(levelsOut: level) == $0
    }
    guard closersMatch, slice.base.contains(LevelSet(kind(levelsOut: level))),
      depth + slice.depthIncreaseMax <= depthMax
    else {
      return false
    }
    _ = slice.closers.allSatisfy { close($0) }
    _ = slice.openers.allSatisfy {
      open($0)
      return true
    }
    return true
  }
}
