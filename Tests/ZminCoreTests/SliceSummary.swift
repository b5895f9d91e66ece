@testable import ZminCore

/// Summary of a slice of a document, without its bytes: all that it takes to join it to its neighbours.
///
/// It has a lexical part, which any bytes have, and a grammatical part under the start that was assumed: the local
/// summary and the unmatched brackets. Slices may be joined in any grouping, as long as they are joined in order: the
/// operation is associative, and ``identity`` changes nothing.
///
/// The tests of ZminCore hold slices to these laws. A run joins its slices to the exact state of the document
/// (`DocumentState.append`), which needs no summary of several slices. Parts of one file on several machines would:
/// then this type belongs into ZminCore.
struct SliceSummary: Equatable, Sendable {
  /// Strings, lines and kept bytes.
  private(set) var lexical: LexicalSummary
  /// True if no valid document has the slice after the assumed start, or if a slice was joined whose assumed start was
  /// wrong.
  private(set) var isDirty = false
  /// The local part; nil if the slice is dirty or has no bytes.
  private(set) var local: LocalSummary?
  /// Brackets without a partner in the slice; none where there is no local part.
  private(set) var nesting = UnmatchedBrackets()

  /// Makes the summary of a slice from the findings of stage 1.
  ///
  /// - Parameters:
  ///   - lexical: The summary of the same bytes.
  ///   - local: Nil if the slice is dirty.
  ///   - elements: Ignored if the slice is dirty.
  init(_ lexical: LexicalSummary, _ local: LocalSummary?, elements: some Sequence<Element>) {
    self.lexical = lexical
    // The assumed start of no bytes does not matter.
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
  static let identity = SliceSummary(nil, UnmatchedBrackets())

  /// The summary before every document.
  static let documentStart = SliceSummary(
    LocalSummary(start: .between, end: .between, tokens: TokenRun(endingWith: .start)), UnmatchedBrackets(in: .top))

  /// Appends the slice that follows.
  ///
  /// - Complexity: O(*n*) for the *n* unmatched brackets of `next`.
  mutating func append(_ next: SliceSummary, format: Format) {
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
  func combined(with next: SliceSummary, format: Format) -> SliceSummary {
    var both = self
    both.append(next, format: format)
    return both
  }

  /// True if the summary, joined from the document's start, is that of a whole document, whatever its depth.
  func isComplete(_ format: Format) -> Bool {
    guard let local, local.end.isComplete, nesting.openers.isEmpty else { return false }
    return local.tokens.ending == .value || (local.tokens.ending == .start && format != .json)
  }

  private mutating func becomeDirty() {
    isDirty = true
    local = nil
    nesting = UnmatchedBrackets()
  }
}

extension DocumentState {
  /// Takes the state after a clean beginning of a document, joined from ``SliceSummary/documentStart`` on.
  ///
  /// - Throws: `OutOfMemory`.
  mutating func assign(from summary: SliceSummary) throws {
    guard let local = summary.local else { preconditionFailure("a dirty slice has no end") }
    reset()
    try nesting.reserve(summary.nesting.openers.count)
    summary.nesting.openers.forEach { nesting.open($0) }
    lexeme = local.end
    expectation = expectation(after: local.tokens.ending)
  }
}
