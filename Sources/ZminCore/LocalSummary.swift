/// What stage 1 says of a clean run of bytes besides what it keeps and the elements: all of the rules that need no
/// nesting, from an assumed start.
package struct LocalSummary: Equatable, Sendable {
  /// The state that the run was assumed to start in.
  package var start: Lexeme
  /// The state that it then ends in.
  package var end: Lexeme
  /// The tokens in the run, a rest of one first if the run starts in its midst.
  package var tokens = TokenRun()
  /// Bytes written, with the LFs between values that are known to stand between them.
  package var outputByteCount = 0

  /// Of no bytes yet.
  package init(start: Lexeme) {
    self.init(start: start, end: start, tokens: TokenRun(startingIn: start))
  }

  package init(start: Lexeme, end: Lexeme, tokens: TokenRun = TokenRun(), outputByteCount: Int = 0) {
    self.start = start
    self.end = end
    self.tokens = tokens
    self.outputByteCount = outputByteCount
  }

  /// Goes on by the run that follows, and tells where the two may meet, or nil if that was assumed to start otherwise
  /// than this one ends.
  package mutating func append(_ next: LocalSummary, format: Format) -> TokenRun.Seam? {
    guard end == next.start else { return nil }
    end = next.end
    let seam = tokens.append(next.tokens, format: format)
    outputByteCount += next.outputByteCount + (seam.isBoundary ? 1 : 0)
    return seam
  }
}
