/// A slice of a document without its bytes: all that is needed to join it to its neighbours.
///
///     lexical   any bytes, from every start state: strings, lines, kept bytes
///     local     stage 1 from the assumed start state
///     nesting   stage 2: brackets without a partner in the slice
///
/// Joining is associative with ``identity`` as its neutral element, so slices may be joined in any grouping that keeps
/// their order.
package struct SliceSummary: Equatable, Sendable {
  /// The lexical part, which exists for any bytes.
  package private(set) var lexical: LexicalSummary
  /// True if no valid document contains the slice after the assumed start state, or if joined slices do not fit
  /// together.
  package private(set) var isDirty = false
  /// The local part. Nil if the slice is dirty or empty.
  package private(set) var local: LocalSummary?
  /// The unmatched brackets. Empty if ``local`` is nil.
  package private(set) var nesting = UnmatchedBrackets()

  /// Creates a summary from the results of stage 1.
  ///
  /// - Parameters:
  ///   - lexical: The lexical summary of the same bytes.
  ///   - local: Nil if the slice is dirty.
  ///   - elements: Ignored if the slice is dirty.
  package init(_ lexical: LexicalSummary, _ local: LocalSummary?, elements: some Sequence<Element>) {
    self.lexical = lexical
    // Without bytes the assumed start state is irrelevant.
    if lexical.byteCount == 0 { return }
    self.local = local
    if local == nil || !elements.allSatisfy({ nesting.append($0) }) { becomeDirty() }
  }

  private init(_ local: LocalSummary?, _ nesting: UnmatchedBrackets) {
    lexical = LexicalSummary()
    self.local = local
    self.nesting = nesting
  }

  /// The summary of no bytes.
  package static let identity = SliceSummary(nil, UnmatchedBrackets())

  /// The summary of the empty beginning of a document.
  package static let documentStart = SliceSummary(
    LocalSummary(start: .between, end: .between, tokens: TokenRun(endingWith: .start)), UnmatchedBrackets(in: .top))

  /// Extends the summary by that of the slice that follows.
  ///
  /// - Complexity: O(*n*) for *n* unmatched brackets of `next`.
  package mutating func append(_ next: SliceSummary, format: Format) {
    lexical.append(next.lexical)
    if isDirty { return }
    if next.isDirty { return becomeDirty() }
    guard let nextLocal = next.local else { return }
    guard local != nil else {
      local = nextLocal
      nesting = next.nesting
      return
    }
    guard let seam = local?.append(nextLocal, format: format), nesting.narrow(to: seam.levels),
      nesting.append(next.nesting)
    else { return becomeDirty() }
  }

  /// Returns the summary of this slice and the one that follows it.
  package func combined(with next: SliceSummary, format: Format) -> SliceSummary {
    var both = self
    both.append(next, format: format)
    return both
  }

  /// True if a summary that begins with ``documentStart`` is a whole document. The depth limit is not checked.
  package func isComplete(_ format: Format) -> Bool {
    guard let local, local.end.isComplete, nesting.openers.isEmpty else { return false }
    return local.tokens.ending == .value || (local.tokens.ending == .start && format != .json)
  }

  private mutating func becomeDirty() {
    isDirty = true
    local = nil
    nesting = UnmatchedBrackets()
  }
}
