/// The result of stage 1 for a clean run of bytes, apart from kept bytes and elements: the rules that need no nesting,
/// checked from an assumed start state.
package struct LocalSummary: Equatable, Sendable {
  /// The assumed state before the run.
  package var start: Lexeme
  /// The state after the run.
  package var end: Lexeme
  /// The tokens of the run. If the run starts inside a token, the rest of that token is the first.
  package var tokens = TokenRun()
  /// Bytes written, including LFs between values that both lie in the run.
  package var outputByteCount = 0

  /// Creates the summary of no bytes.
  package init(start: Lexeme) {
    self.init(start: start, end: start, tokens: TokenRun(startingIn: start))
  }

  package init(start: Lexeme, end: Lexeme, tokens: TokenRun = TokenRun(), outputByteCount: Int = 0) {
    self.start = start
    self.end = end
    self.tokens = tokens
    self.outputByteCount = outputByteCount
  }

  /// Extends the summary by that of the run that follows.
  ///
  /// - Returns: The seam between the two. Nil if `next` was scanned from another state than this run ends in. The
  ///   summary is then unchanged.
  package mutating func append(_ next: LocalSummary, format: Format) -> TokenRun.Seam? {
    guard end == next.start else { return nil }
    end = next.end
    let seam = tokens.append(next.tokens, format: format)
    outputByteCount += next.outputByteCount + (seam.isBoundary ? 1 : 0)
    return seam
  }
}
