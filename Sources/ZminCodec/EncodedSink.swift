package import ZminEngine
package import ZminMemory

/// Sink that compresses what it takes, and writes that to another sink.
///
/// All that it writes has been decoded again and compared. It writes the end with ``finish()``, and nothing for an
/// output that is not finished.
package struct EncodedSink<Base: ByteSink & ~Copyable>: ByteSink, ~Copyable {
  /// Compressed bytes.
  package var base: Base
  private let encoder: any Encoder
  /// Number of bytes taken so far.
  package private(set) var plainBytes = 0
  /// Number of compressed bytes written so far.
  package private(set) var storedBytes = 0

  /// - Throws: ``OutOfMemory``.
  package init(_ base: consuming Base, _ encoding: Encoding, ledger: MemoryLedger) throws(OutOfMemory) {
    encoder = try encoding.makeEncoder(ledger: ledger)
    self.base = base
  }

  package var isFinal: Bool { base.isFinal }

  package var appearsWhole: Bool { base.appearsWhole }

  /// Compresses the next bytes.
  ///
  /// - Throws: ``EncodingError`` if they do not decode to what they were made of, and what the base throws.
  package mutating func write(_ bytes: UnsafeRawBufferPointer, isUnchanged: Bool) throws {
    plainBytes += bytes.count
    try encoder.encode(bytes) { try writeStored($0) }
  }

  /// Compresses what is held back, and writes the end.
  ///
  /// - Throws: As ``write(_:isUnchanged:)``.
  package mutating func finish() throws {
    try encoder.finish { try writeStored($0) }
  }

  private mutating func writeStored(_ encoded: UnsafeRawBufferPointer) throws {
    storedBytes += encoded.count
    try base.write(encoded, isUnchanged: false)
  }
}
