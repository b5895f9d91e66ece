import ZminEngine

/// A seekable input in memory.
package struct MemoryInput: ByteSource, ~Copyable {
  private let bytes: UnsafeRawBufferPointer
  private var readBytes = 0

  package init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  package var isSeekable: Bool { true }
  package var seekableSize: Int? { bytes.count }
  package var endedEarlyError: any Error { EndedEarly() }

  struct EndedEarly: Error {}

  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = read(into: buffer, at: readBytes)
    readBytes += count
    return count
  }

  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
    let piece = UnsafeRawBufferPointer(rebasing: bytes[offset...].prefix(buffer.count))
    buffer.copyMemory(from: piece)
    return piece.count
  }
}

/// A sink that copies the output to memory of the caller, which must be large enough.
package struct MemoryOutput: ByteSink, ~Copyable {
  private let buffer: UnsafeMutableRawBufferPointer
  package private(set) var byteCount = 0

  package init(_ buffer: UnsafeMutableRawBufferPointer) { self.buffer = buffer }

  package var isFinal: Bool { false }

  package mutating func write(_ bytes: UnsafeRawBufferPointer, isUnchanged: Bool) {
    UnsafeMutableRawBufferPointer(rebasing: buffer[byteCount...]).copyMemory(from: bytes)
    byteCount += bytes.count
  }
}
