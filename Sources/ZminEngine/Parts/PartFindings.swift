package import ZminCore

/// Findings about one part of a document, or about its beginning if it was not minified to its end.
package struct PartFindings: Sendable, Equatable {
  /// State that the part was assumed to start in.
  package var start: Lexeme
  /// Summary of the bytes that were minified.
  package var summary = SliceSummary.identity
  /// Bytes that were minified. Fewer than the part has if no valid document goes on with the bytes that follow, if the
  /// assumed start was right.
  package var minifiedBytes = 0
  package var outputBytes = 0
  /// LFs among the minified bytes.
  package var lineFeedCount = 0
  /// Offset in the part of the last LF; nil if there is none.
  package var lastLineFeed: Int?
  /// Offset in the part of the quote that opened the string at the end of the minified bytes; nil if that stands before
  /// the part, or no string is open.
  package var openQuote: Int?

  package init(start: Lexeme) { self.start = start }
}
