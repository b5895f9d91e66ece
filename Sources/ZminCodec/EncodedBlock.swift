import ZminMemory

/// Result of encoding one block: a stretch of a gzip member, one or more members, or a zstd frame.
package struct EncodedBlock: Sendable, Equatable {
  /// Bytes in the output buffer.
  package let storedBytes: Int
  package let plainBytes: Int
  /// CRC-32 of the plain bytes, 0 for forms that do not combine checksums.
  package var checksum: UInt32 = 0
}

/// Encoder of the blocks of one output. Each worker has its own, and makes the same bytes of the same block.
protocol BlockEncoder: AnyObject {
  /// Encodes a block, decodes it again and compares.
  ///
  /// - Parameters:
  ///   - plain: At most ``BlockFormat/plainBytesMax`` bytes.
  ///   - output: At least ``BlockFormat/storedBytesMax`` bytes.
  /// - Throws: ``EncodingError`` if the encoded bytes do not decode to `plain`; ``OutOfMemory``.
  func encode(_ plain: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) throws -> EncodedBlock
}

/// Bytes around the blocks of one output. Only the thread that writes calls it.
protocol BlockFraming: AnyObject {
  /// Bytes before the first block.
  var start: [UInt8] { get }

  /// Notes a block that is written, in order.
  ///
  /// - Throws: ``OutOfMemory``.
  func append(_ block: EncodedBlock) throws(OutOfMemory)

  /// Writes the bytes after the last block.
  ///
  /// - Throws: ``OutOfMemory``, and what `write` throws.
  func writeEnd(_ write: (UnsafeRawBufferPointer) throws -> Void) throws
}

/// Division of an output into blocks.
struct BlockFormat: Sendable {
  /// Size of a block, at which it is cut.
  let plainBytesMax: Int
  /// Size of a buffer that holds any encoded block.
  let storedBytesMax: Int
  /// True if an empty output has a block, false if the framing alone is valid.
  let hasEmptyBlock: Bool
  /// Memory of the encoder of one worker, at most.
  let encoderBytes: Int
  /// Makes the encoder of one worker.
  let makeEncoder: @Sendable (MemoryLedger) throws -> any BlockEncoder
  /// True if a block ends after the last LF in it, if it has one.
  var endsAtLines = false
}
