package import ZminCore

/// Cuts of a file into parts, so that each part can be minified without looking at another.
///
/// A cut is found in the bytes before a wished offset, and in these alone. So the tasks with the parts on both sides
/// find the same one.
package struct PartCuts: Sendable, Equatable {
  /// Size of the file in bytes.
  package let inputBytes: Int
  /// Number of parts. The last ones of a short file are empty.
  package let count: Int

  /// Smallest wished part, but for the last one that is not empty.
  private static let wishedBytesMin = 4 * SliceBoundary.windowBytes

  /// - Parameter count: At least 1.
  package init(inputBytes: Int, count: Int) {
    precondition(inputBytes >= 0 && count >= 1)
    self.inputBytes = inputBytes
    self.count = count
  }

  /// The wished offset before part `index`, which may be `count`.
  package func wishedOffset(before index: Int) -> Int {
    if index == count { return inputBytes }
    let bytes = max(inputBytes / count + (inputBytes % count == 0 ? 0 : 1), Self.wishedBytesMin)
    let (offset, overflows) = bytes.multipliedReportingOverflow(by: index)
    return overflows ? inputBytes : min(offset, inputBytes)
  }

  /// Range of the bytes in which the cut before part `index` is found. Empty if there is nothing to find: the cut is
  /// the end of the range then.
  package func window(before index: Int) -> Range<Int> {
    let offset = wishedOffset(before: index)
    if offset == 0 || offset == inputBytes { return offset..<offset }
    return offset - SliceBoundary.windowBytes..<offset
  }

  /// Offset of the cut before part `index`.
  ///
  /// - Parameter bytes: The bytes of ``window(before:)``.
  package func cut(before index: Int, in bytes: UnsafeRawBufferPointer, _ format: Format) -> Int {
    let window = window(before: index)
    return window.isEmpty ? window.upperBound : window.lowerBound + SliceBoundary(in: bytes, format).offset
  }

  /// Range of the bytes that a task needs for part `index`, with those in which its cuts are found.
  package func neededRange(ofPart index: Int) -> Range<Int> {
    window(before: index).lowerBound..<wishedOffset(before: index + 1)
  }
}
