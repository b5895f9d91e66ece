package import ZminMemory

/// Summary of a run of slices, without their bytes: all that it takes to join it to its neighbours.
///
/// It holds under the start that was assumed: the local summary and the unmatched brackets. Slices may be joined in any
/// grouping, as long as they are joined in order: the operation is associative, and ``identity`` changes nothing. The
/// tests of ZminCore hold it to these laws.
///
/// A run on one machine joins its slices to the exact state of the document (`DocumentState.append`), which needs no
/// summary of several slices. Parts of one file on several machines need it.
package struct SliceSummary: Equatable, Sendable {
  /// True if no valid document has the slices after the assumed start, or if a slice was joined whose assumed start was
  /// wrong.
  package private(set) var isDirty = false
  /// The local part; nil if the slices are dirty or have no bytes.
  package private(set) var local: LocalSummary?
  /// Brackets without a partner in the slices; none where there is no local part.
  package private(set) var nesting = UnmatchedBrackets()

  /// Makes the summary of a slice of at least one byte from the findings of stage 1.
  ///
  /// - Parameters:
  ///   - local: Nil if the slice is dirty.
  ///   - elements: Ignored if the slice is dirty.
  package init(_ local: LocalSummary?, elements: some Sequence<Element>) {
    self.local = local
    if local == nil || !elements.allSatisfy({ nesting.append($0) }) { becomeDirty() }
  }

  /// Makes a summary that is not dirty of its parts.
  package init(_ local: LocalSummary?, _ nesting: UnmatchedBrackets) {
    self.local = local
    self.nesting = nesting
  }

  /// The summary of no bytes.
  package static let identity = SliceSummary(nil, UnmatchedBrackets())

  /// The summary before every document.
  package static let documentStart = SliceSummary(
    LocalSummary(start: .between, end: .between, tokens: TokenRun(endingWith: .start)), UnmatchedBrackets(in: .top))

  /// Appends the slices that follow.
  ///
  /// - Returns: The seam between the two; nil if they do not fit, or one of them is dirty. The summary is dirty then.
  /// - Complexity: O(*n*) for the *n* unmatched brackets of `next`.
  @discardableResult
  package mutating func append(_ next: SliceSummary, format: Format) -> TokenRun.Seam? {
    if isDirty { return nil }
    if next.isDirty {
      becomeDirty()
      return nil
    }
    guard let nextLocal = next.local else { return .undecided }
    guard local != nil else {
      local = nextLocal
      nesting = next.nesting
      return .undecided
    }
    guard let seam = local?.append(nextLocal, format: format), nesting.narrow(to: seam.levels),
      nesting.append(next.nesting)
    else {
      becomeDirty()
      return nil
    }
    return seam
  }

  /// These slices and the ones that follow them as one.
  package func combined(with next: SliceSummary, format: Format) -> SliceSummary {
    var both = self
    both.append(next, format: format)
    return both
  }

  /// True if the summary, joined from the document's start, is that of a whole document, whatever its depth.
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

extension DocumentState {
  /// Takes the state after a clean beginning of a document, joined from ``SliceSummary/documentStart`` on.
  ///
  /// - Throws: ``OutOfMemory``.
  package mutating func assign(from summary: SliceSummary) throws(OutOfMemory) {
    guard let local = summary.local else { preconditionFailure("a dirty slice has no end") }
    reset()
    try nesting.reserve(summary.nesting.openers.count)
    summary.nesting.openers.forEach { nesting.open($0) }
    lexeme = local.end
    expectation = expectation(after: local.tokens.ending)
  }
}
