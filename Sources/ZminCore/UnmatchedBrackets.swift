/// Stage 2: the brackets of a run of elements that have no partner in it.
///
///     run        } ] , 5 , [ 6 ] , { "a" : [
///     closers    } ]                             levels opened before the run
///     base       array, by ", 5"                 the level outside these
///     openers                      {       [     levels still open after the run
///
/// The closers give the kinds of all levels up to their own, so only the level outside them is kept as a set.
package struct UnmatchedBrackets: Equatable, Sendable {
  /// The levels that must be open before the run, innermost first.
  package private(set) var closers = BitStack()
  /// The set of possible levels outside the closers.
  package private(set) var base = LevelSet.any
  /// The levels left open, outermost first.
  package private(set) var openers = BitStack()
  /// The most levels open at once in the run beyond those before it.
  package private(set) var depthIncreaseMax = 0

  /// Creates the value of no elements.
  package init() {}

  /// Creates the value of no elements, in one of these levels.
  package init(in levels: LevelSet) { base = levels }

  /// Copies the brackets of a slice out of memory that is reused for the next one.
  package init(_ slice: borrowing SliceNesting) {
    base = slice.base
    depthIncreaseMax = slice.depthIncreaseMax
    _ = slice.closers.allSatisfy {
      closers.push($0)
      return true
    }
    _ = slice.openers.allSatisfy {
      openers.push($0)
      return true
    }
  }

  /// Creates a value of its parts.
  package init(closers: BitStack, base: LevelSet, openers: BitStack, depthIncreaseMax: Int) {
    self.closers = closers
    self.base = base
    self.openers = openers
    self.depthIncreaseMax = depthIncreaseMax
  }

  /// Appends an element. Returns false if the nesting is invalid. The value is then unusable.
  package mutating func append(_ element: Element) -> Bool {
    guard narrow(to: element.levels) else { return false }
    switch element.action {
    case .stay: return true
    case .openArray: open(.array)
    case .openObject: open(.object)
    case .close: return close()
    }
    depthIncreaseMax = max(depthIncreaseMax, openers.count - closers.count)
    return true
  }

  /// Appends the brackets of the run that follows. Returns false if the two do not fit. The value is then unusable.
  ///
  /// - Complexity: O(*n*) for *n* closers and openers of `next`.
  package mutating func append(_ next: UnmatchedBrackets) -> Bool {
    depthIncreaseMax = max(depthIncreaseMax, openers.count - closers.count + next.depthIncreaseMax)
    guard next.closers.allSatisfy({ narrow(to: LevelSet($0)) && close() }), narrow(to: next.base) else { return false }
    next.openers.forEach { open($0) }
    return true
  }

  /// Restricts the level at the end to `levels`. Returns false if that leaves none.
  package mutating func narrow(to levels: LevelSet) -> Bool {
    if let kind = openers.last { return levels.contains(LevelSet(kind)) }
    base.formIntersection(levels)
    return !base.isEmpty
  }

  private mutating func open(_ kind: ContainerKind) { openers.push(kind) }

  private mutating func close() -> Bool {
    if !openers.isEmpty {
      openers.pop()
      return true
    }
    guard let kind = base.onlyContainer else { return false }
    closers.push(kind)
    base = .any
    return true
  }
}
