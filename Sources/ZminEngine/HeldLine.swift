import ZminMemory

/// A line that is held whole, in chunks, until it is known whether it is valid.
struct HeldLine: ~Copyable {
  private final class Chunk {
    let buffer: ByteBuffer

    init(_ buffer: consuming ByteBuffer) { self.buffer = buffer }
  }

  private let chunkBytes: Int
  private let byteCountMax: Int
  private let ledger: MemoryLedger
  private var chunks: [Chunk] = []
  private(set) var byteCount = 0

  init(chunkBytes: Int, byteCountMax: Int, ledger: MemoryLedger) {
    self.chunkBytes = chunkBytes
    self.byteCountMax = byteCountMax
    self.ledger = ledger
  }

  var chunkCount: Int { chunks.count }

  /// Appends the next bytes, unless the line would be longer than may be held.
  ///
  /// - Returns: False if the bytes were not appended.
  /// - Throws: ``OutOfMemory``.
  mutating func append(_ bytes: UnsafeRawBufferPointer) throws(OutOfMemory) -> Bool {
    let chunkCount = (byteCount + bytes.count + chunkBytes - 1) / chunkBytes
    guard chunkCount * chunkBytes <= byteCountMax else { return false }
    var rest = bytes
    while !rest.isEmpty {
      let used = byteCount % chunkBytes
      if byteCount == chunks.count * chunkBytes {
        chunks.append(Chunk(try ByteBuffer(byteCount: chunkBytes, for: .inputWindow, in: ledger)))
      }
      let room = UnsafeMutableRawBufferPointer(rebasing: chunks[chunks.count - 1].buffer.bytes[used...])
      let piece = UnsafeRawBufferPointer(rebasing: rest.prefix(room.count))
      room.copyMemory(from: piece)
      byteCount += piece.count
      rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
    }
    return true
  }

  /// The bytes of a chunk, valid as long as the line is.
  func chunk(_ index: Int) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(
      rebasing: UnsafeRawBufferPointer(chunks[index].buffer.bytes).prefix(byteCount - index * chunkBytes))
  }
}

/// A line is too long to be held until it is known whether it is valid.
package struct LineTooLong: Error, CustomStringConvertible {
  /// Number of the line, from 1.
  package let number: Int
  /// Offset of its first byte.
  package let offset: Int
  /// Bytes of the line that were read. More may follow.
  package let lineBytesMin: Int
  /// Bytes of a line that may be held.
  package let heldBytesMax: Int
  /// Budget of a run that may hold the bytes read so far.
  package let neededBudgetBytesMin: Int

  /// The error in one clause.
  package var message: String {
    "the line is longer than \(heldBytesMax) bytes, which is too long for an input that can be read only once"
  }

  /// `LINE:COLUMN: MESSAGE (byte OFFSET)`.
  package var description: String { "\(number):1: \(message) (byte \(offset))" }
}
