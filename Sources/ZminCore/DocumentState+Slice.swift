package import ZminMemory

extension DocumentState {
  /// Advances the state past a clean slice.
  ///
  /// - Parameters:
  ///   - local: The slice's local summary.
  ///   - sliceNesting: The slice's unmatched brackets.
  ///   - depthMax: The deepest nesting allowed.
  /// - Returns: The seam between the document so far and the slice. If it is a boundary, the caller must write an LF
  ///   there. Nil if the slice cannot follow this state or was scanned from another start state. The state is then
  ///   unchanged.
  /// - Throws: ``OutOfMemory``.
  package mutating func append(
    _ local: LocalSummary, _ sliceNesting: borrowing SliceNesting, format: Format, depthMax: Int
  ) throws(OutOfMemory) -> TokenRun.Seam? {
    guard local.start == lexeme else { return nil }
    var tokens = TokenRun(endingWith: TokenRun.Ending(expectation, in: LevelSet(nesting.innermost)))
    let seam = tokens.append(local.tokens, format: format)
    guard seam.levels.contains(LevelSet(nesting.innermost)) else { return nil }
    try nesting.reserve(sliceNesting.openers.depth)
    guard nesting.apply(sliceNesting, depthMax: depthMax) else { return nil }
    lexeme = local.end
    expectation = expectation(after: tokens.ending)
    return seam
  }

  /// The expectation in the innermost container after tokens with this ending.
  package func expectation(after ending: TokenRun.Ending) -> Expectation {
    switch ending {
    case .nothing, .start: .start
    case .arrayOpener: .firstElement
    case .objectOpener: .firstKey
    case .colon: .value
    case .comma: nesting.innermost == .object ? .key : .value
    case .name: .colon
    case .stringAfterComma: nesting.innermost == .object ? .colon : .afterElement
    case .loneString, .value: expectationAfterValue
    }
  }
}
