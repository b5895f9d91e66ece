import ZminEngine

/// An input in memory, which can be read in pieces.
package struct MemoryInput: ByteSource {
  package let bytes: [UInt8]
  /// The most bytes that a sequential read returns.
  package var pieceBytes = Int.max
  package let isSeekable: Bool
  private let isSizeKnown: Bool
  package private(set) var offset = 0

  /// Makes an input. If it is seekable, its size is known and bytes can be read at any offset at any time.
  package init(_ bytes: [UInt8], isSeekable: Bool, pieceBytes: Int = .max) {
    self.bytes = bytes
    self.pieceBytes = pieceBytes
    self.isSeekable = isSeekable
    isSizeKnown = isSeekable
  }

  /// Makes an input that is read in order, because its size is not known.
  package init(_ text: String, pieceBytes: Int = .max, isSeekable: Bool = false) {
    bytes = Array(text.utf8)
    isSizeKnown = false
    self.pieceBytes = pieceBytes
    self.isSeekable = isSeekable
  }

  package var seekableSize: Int? { isSizeKnown ? bytes.count : nil }
  package var endedEarlyError: any Error { EndedEarly() }

  package struct EndedEarly: Error {
    package init() {}
  }

  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(pieceBytes)), at: offset)
    offset += count
    return count
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
    let rest = bytes[offset...].prefix(buffer.count)
    buffer.copyBytes(from: rest)
    return rest.count
  }
}

/// A sink that keeps the output in memory.
package struct MemoryOutput: ByteSink {
  package var isFinal = false
  package private(set) var bytes: [UInt8] = []

  package init(isFinal: Bool = false) { self.isFinal = isFinal }

  package mutating func write(_ bytes: UnsafeRawBufferPointer, isUnchanged: Bool) { self.bytes += bytes }
}
