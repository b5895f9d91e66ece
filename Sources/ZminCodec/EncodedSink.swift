package import ZminEngine
package import ZminMemory

/// Sink that compresses what it takes, and writes that to another sink.
///
/// All that it writes has been decoded again and compared.
package struct EncodedSink<Base: ByteSink & ~Copyable>: ByteSink, ~Copyable {
  /// Compressed bytes.
  package var base: Base
  private let encoder: any Encoder

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
    try encoder.encode(bytes) { try writeStored($0) }
  }

  /// Compresses what is held back, and writes the end.
  ///
  /// - Returns: The base, which has it all.
  /// - Throws: As ``write(_:isUnchanged:)``.
  package consuming func finish() throws -> Base {
    try encoder.finish { try writeStored($0) }
    return base
  }

  private mutating func writeStored(_ encoded: UnsafeRawBufferPointer) throws {
    try base.write(encoded, isUnchanged: false)
  }
}
