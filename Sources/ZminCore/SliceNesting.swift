package import ZminMemory

/// What a slice asks of the nesting around it, and does to it: the ``UnmatchedBrackets`` of a slice, in memory that is
/// used again for the next.
package struct SliceNesting: ~Copyable {
  /// The levels left open, outermost first.
  package var openers: NestingStack
  /// The levels that must be open before the slice, innermost first.
  package var closers: NestingStack
  /// What the level outside the closers may be.
  package var base = LevelSet.any
  /// At most so many levels are open at once in the slice, over those before it.
  package var depthIncreaseMax = 0

  /// What it takes for slices of up to half a mebibyte, in bytes.
  package static let bytes = 2 * NestingStack.usualBytes

  /// Of no slice yet.
  ///
  /// - Throws: ``OutOfMemory``.
  package init(ledger: MemoryLedger) throws(OutOfMemory) {
    let openers = try NestingStack(ledger: ledger)
    let closers = try NestingStack(ledger: ledger)
    self.openers = openers
    self.closers = closers
  }

  /// Begins with another slice, which stands in one of these levels and has at most so many bytes.
  ///
  /// - Throws: ``OutOfMemory`` if there is no room for brackets alone.
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
  /// Applies what a slice does; false, and nothing is changed, if the nesting is not what the slice asks for, or might
  /// become deeper than `depthMax`.
  ///
  /// There must be room for the openers (``reserve(_:)``).
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
