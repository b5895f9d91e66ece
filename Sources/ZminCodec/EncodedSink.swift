package import ZminEngine
package import ZminMemory

/// Sink that writes to another sink what it takes: as it is or, once an encoding is begun, compressed.
///
/// All that it compresses has been decoded again and compared when it is written.
package struct EncodedSink<Base: ByteSink & ~Copyable>: ByteSink, ~Copyable {
  /// Sink behind this one.
  package var base: Base
  /// True after ``begin(_:workers:endsBlocksAtLines:storedBytesMax:faults:ledger:)``.
  package private(set) var isBegun = false
  /// Form of the compressed bytes, nil if they are plain.
  package private(set) var encoding: Encoding?
  private var encoder: (any Encoder)?
  private var storedBytesMax = Int.max
  /// First error. Bytes after it would leave a gap.
  private var failure: (any Error)?

  /// Number of bytes taken.
  package private(set) var plainBytes = 0
  /// Number of bytes written to the base.
  package private(set) var storedBytes = 0
  /// Last byte taken.
  package private(set) var lastPlainByte: UInt8?
  /// True if the compressed bytes became more than allowed. They are no longer written then.
  package private(set) var hasOutgrownLimit = false

  /// Makes a sink that passes its bytes on as they are, as long as nothing else is begun.
  package init(_ base: consuming Base) { self.base = base }

  /// Decides the form of all bytes. To be called before the first byte, at most once.
  ///
  /// - Parameters:
  ///   - encoding: Form, level and layout; nil to leave the bytes plain.
  ///   - workers: Number of blocks that are encoded at the same time. With 1 the thread that writes encodes, except for
  ///     one zstd frame. The output does not depend on it. Only 0, which takes the least memory, makes another zstd
  ///     frame.
  ///   - endsBlocksAtLines: True if a block of the layout `blocks` ends after the last LF in it, if it has one.
  ///   - storedBytesMax: Most compressed bytes that are of use. No more than that are written.
  ///   - faults: Damage to encoded bytes before they are proved, for tests.
  ///   - ledger: Ledger of all memory and threads, except for libzstd's own threads.
  /// - Throws: ``OutOfMemory``.
  package mutating func begin(
    _ encoding: Encoding?, workers: Int = 1, endsBlocksAtLines: Bool = false, storedBytesMax: Int = .max,
    faults: (any EncodingFaults)? = nil, ledger: MemoryLedger
  ) throws(OutOfMemory) {
    precondition(!isBegun && plainBytes == 0, "a sink is begun once, and before its first byte")
    isBegun = true
    guard let encoding else { return }
    encoder = try encoding.makeEncoder(
      workers: workers, endsBlocksAtLines: endsBlocksAtLines, faults: faults, ledger: ledger)
    self.encoding = encoding
    self.storedBytesMax = storedBytesMax
  }

  package var isFinal: Bool { base.isFinal }

  package var appearsWhole: Bool { base.appearsWhole }

  package mutating func expect(byteCount: Int64) {
    // The size of compressed bytes cannot be foreseen.
    if encoding == nil { base.expect(byteCount: byteCount) }
  }

  /// Takes the next bytes. Errors of earlier bytes may come late.
  ///
  /// - Throws: ``EncodingError`` if encoded bytes do not decode to what they were made of, ``OutOfMemory``, and what
  ///   the base throws. After an error of compressed bytes, every call throws it again.
  package mutating func write(_ bytes: UnsafeRawBufferPointer, isUnchanged: Bool) throws {
    if let failure { throw failure }
    plainBytes += bytes.count
    lastPlainByte = bytes.last ?? lastPlainByte
    if encoding == nil {
      storedBytes += bytes.count
      return try base.write(bytes, isUnchanged: isUnchanged)
    }
    try withEncoder { encoder, store in try encoder.encode(bytes, write: store) }
  }

  /// Compresses what is held back, and writes the end.
  ///
  /// - Throws: As ``write(_:isUnchanged:)``.
  package mutating func finish() throws {
    if let failure { throw failure }
    try withEncoder { encoder, store in try encoder.finish(write: store) }
    encoder = nil
  }

  /// Returns the base, for its own end.
  package consuming func unwrapped() -> Base { base }

  /// Calls `body` with the encoder and a function that takes its bytes, unless they are of no use any more.
  private mutating func withEncoder(
    _ body: (any Encoder, _ store: (UnsafeRawBufferPointer) throws -> Void) throws -> Void
  ) throws {
    guard let encoder else { return }
    do {
      try body(encoder) { try store($0) }
    } catch is Outgrown {
      hasOutgrownLimit = true
      self.encoder = nil
    } catch {
      failure = error
      throw error
    }
  }

  private mutating func store(_ encoded: UnsafeRawBufferPointer) throws {
    guard encoded.count <= storedBytesMax - storedBytes else { throw Outgrown() }
    try base.write(encoded, isUnchanged: false)
    storedBytes += encoded.count
  }
}

/// Stops an encoder whose output has become too large.
private struct Outgrown: Error {}
