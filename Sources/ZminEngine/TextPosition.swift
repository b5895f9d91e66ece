import ZminCPU

/// A position in a text, by line and column.
package struct TextPosition: Sendable, Equatable {
  /// Line from 1.
  package var line: Int
  /// Column in bytes, from 1.
  package var column: Int
}

/// Counts lines and columns from the start of a text.
package struct LineCounter: Sendable {
  /// Bytes counted.
  package private(set) var offset = 0
  private var line = 1
  private var lineStartOffset = 0

  package init() {}

  /// Makes a counter that has counted the bytes before `offset`.
  ///
  /// - Parameters:
  ///   - lineFeedCount: LFs among them.
  ///   - lastLineFeed: Offset of the last of these.
  package init(offset: Int, lineFeedCount: Int, lastLineFeed: Int?) {
    self.offset = offset
    line = lineFeedCount + 1
    lineStartOffset = lastLineFeed.map { $0 + 1 } ?? 0
  }

  /// Line and column of the next byte.
  package var position: TextPosition { TextPosition(line: line, column: offset - lineStartOffset + 1) }

  /// Counts the next bytes.
  package mutating func advance(over bytes: UnsafeRawBufferPointer) {
    let lineFeeds = countLineFeeds(bytes)
    if lineFeeds > 0, let last = bytes.lastIndex(ofByte: UInt8(ascii: "\n"), before: bytes.count) {
      line += lineFeeds
      lineStartOffset = offset + last + 1
    }
    offset += bytes.count
  }

  /// Returns the position of the byte at `offset`, which is one of the next bytes or the one after them.
  package func position(at offset: Int, in bytes: UnsafeRawBufferPointer) -> TextPosition {
    var counter = self
    counter.advance(over: UnsafeRawBufferPointer(rebasing: bytes.prefix(offset - self.offset)))
    return counter.position
  }
}
