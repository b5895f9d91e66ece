package import ZminMemory

extension DocumentState {
  /// Goes on by a clean slice.
  ///
  /// - Parameters:
  ///   - local: What is local in the slice.
  ///   - sliceNesting: What it asks of the nesting and does to it.
  ///   - depthMax: The deepest nesting allowed.
  /// - Returns: Where the document and the slice meet: an LF is to be written there if it is a boundary. Nil, and
  ///   nothing is changed, if the slice cannot come here, or was assumed to start otherwise.
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

  /// The expectation in the innermost container after tokens that end so.
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
