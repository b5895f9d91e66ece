/// What a slice of a document is, without its bytes: all that it takes to join it to its neighbours.
///
/// A lexical part that any bytes have, and a grammatical part under the start that was assumed: what is local, and what
/// is left of the nesting. Slices may be joined in any grouping, as long as they are joined in order: the operation is
/// associative, and ``identity`` leaves everything as it is.
package struct SliceSummary: Equatable, Sendable {
  /// Where strings, lines and kept bytes are.
  package private(set) var lexical: LexicalSummary
  /// Whether no valid document has the slice after the start that was assumed, or has joined slices of which one was
  /// assumed to start otherwise than it did.
  package private(set) var isDirty = false
  /// What is local; nil if the slice is dirty or has no bytes.
  package private(set) var local: LocalSummary?
  /// What is left of the nesting; of no elements where there is nothing local.
  package private(set) var nesting = UnmatchedBrackets()

  /// Of a slice of which stage 1 has found out this much.
  ///
  /// - Parameters:
  ///   - lexical: Of the same bytes.
  ///   - local: Nil if the slice is dirty.
  ///   - elements: Ignored if the slice is dirty.
  package init(_ lexical: LexicalSummary, _ local: LocalSummary?, elements: some Sequence<Element>) {
    self.lexical = lexical
    // Of no bytes it does not matter what was assumed before them.
    if lexical.byteCount == 0 { return }
    self.local = local
    if local == nil || !elements.allSatisfy({ nesting.append($0) }) { becomeDirty() }
  }

  private init(_ local: LocalSummary?, _ nesting: UnmatchedBrackets) {
    lexical = LexicalSummary()
    self.local = local
    self.nesting = nesting
  }

  /// Of no bytes.
  package static let identity = SliceSummary(nil, UnmatchedBrackets())

  /// What stands before every document.
  package static let documentStart = SliceSummary(
    LocalSummary(start: .between, end: .between, tokens: TokenRun(endingWith: .start)), UnmatchedBrackets(in: .top))

  /// Goes on by the slice that follows.
  ///
  /// - Complexity: O(*n*) for the *n* brackets that are left of `next`.
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

  /// This slice and the one that follows it as one.
  package func combined(with next: SliceSummary, format: Format) -> SliceSummary {
    var both = self
    both.append(next, format: format)
    return both
  }

  /// Whether what begins at the document's start is a whole document, depth apart.
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
