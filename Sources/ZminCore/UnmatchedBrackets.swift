/// Stage 2: what a run of elements asks of the nesting around it, and does to it.
///
/// Within the run every bracket meets its own. What is left are closers of levels opened before, what the level outside
/// these may be, and openers of levels that the run leaves open. Levels further out need no word: a closer that leaves
/// them names their kind.
package struct UnmatchedBrackets: Equatable, Sendable {
  /// The levels that must be open before the run, innermost first.
  package private(set) var closers = BitStack()
  /// What the level outside the closers may be.
  package private(set) var base = LevelSet.any
  /// The levels left open, outermost first.
  package private(set) var openers = BitStack()
  /// The most levels that are open at once in the run, over those before it.
  package private(set) var depthIncreaseMax = 0

  /// Of no elements.
  package init() {}

  /// Of no elements, where the level is known to be one of these.
  package init(in levels: LevelSet) { base = levels }

  /// Goes on by an element; false, and what is left is of no use, if the nesting cannot be right.
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

  /// Goes on by the residue of the run that follows; false, and what is left is of no use, if the two cannot meet.
  ///
  /// - Complexity: O(*n*) for *n* closers and openers of `next`.
  package mutating func append(_ next: UnmatchedBrackets) -> Bool {
    depthIncreaseMax = max(depthIncreaseMax, openers.count - closers.count + next.depthIncreaseMax)
    guard next.closers.allSatisfy({ narrow(to: LevelSet($0)) && close() }), narrow(to: next.base) else { return false }
    next.openers.forEach { open($0) }
    return true
  }

  /// Takes note that the level at the end is one of these; false if it is not.
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
