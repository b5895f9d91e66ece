/// Tracks the line and column of each offset that a message may name, for input that cannot be read again.
package struct LineTracker {
  private var counter = LineCounter()
  private var openQuote: (offset: Int, position: TextPosition)?
  private var fault: (offset: Int, position: TextPosition)?

  package init() {}

  /// Notes the offsets in `window`, the bytes that the minifier has just processed.
  package mutating func note(_ window: UnsafeRawBufferPointer, _ minifier: borrowing Minifier) {
    let range = counter.offset..<counter.offset + window.count
    if let offset = minifier.openQuoteOffset, range.contains(offset) {
      openQuote = (offset, counter.position(at: offset, in: window))
    }
    if let offset = minifier.faultOffset, range.contains(offset) {
      fault = (offset, counter.position(at: offset, in: window))
    }
    counter.advance(over: window)
  }

  /// The line and column of an offset that was noted, or else of the end.
  package func position(at offset: Int) -> TextPosition {
    for case let known? in [fault, openQuote] where known.offset == offset { return known.position }
    return counter.position
  }
}
