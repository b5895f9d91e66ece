package import ZminEngine
package import ZminMemory

/// Source of the bytes that compressed input decodes to.
///
/// Members of gzip, frames of zstd and streams of bzip2 and xz may follow one another, as `cat` makes them. Zero bytes
/// behind the last one are padding, as on tapes. Anything else behind it is an error.
///
/// It decodes on threads of its own, ahead of the thread that reads: several jobs at once where the data can be cut
/// (see `DecodingCore`), else one. A short input is decoded by the reading thread, which is the one that reads the
/// compressed bytes, too. The decoded bytes come in order: they cannot be read a second time.
///
/// Neither the decoded bytes nor an error depend on the number of threads. Only the stored offset of an error may.
///
/// Large gzip input that can be read again is decoded by ISA-L, if the machine has it. What ISA-L refuses is judged by
/// zlib. ISA-L takes a few codes that zlib refuses, if the bytes match their checksum.
package struct DecodedSource<Base: ByteSource & ~Copyable>: ByteSource, ~Copyable {
  private let core: DecodingCore<Base>

  /// - Parameters:
  ///   - base: Compressed bytes, from their start.
  ///   - codec: Form of the bytes, by their signature.
  ///   - workers: Most threads that decode, at least 1. There are fewer if memory is short.
  ///   - decoderBytesMax: Most memory for decoders and windows. The formats ask for up to 4 GiB. One decoder alone may
  ///     have all of it, and its windows besides.
  ///   - plainBytesMax: Most bytes that the input may decode to.
  ///   - ledger: Ledger of the windows and of all that the decoders take.
  /// - Throws: ``OutOfMemory``.
  package init(
    _ base: consuming Base, _ codec: Codec, workers: Int = 1, decoderBytesMax: Int = .max, plainBytesMax: Int = .max,
    ledger: MemoryLedger
  ) throws {
    let isWorthIgzip = codec == .gzip && (base.seekableSize ?? 0) >= IgzipDecoder.storedBytesMin
    try self.init(
      base, codec, DecodingPlan(codec, workers: workers, limit: decoderBytesMax), decoderBytesMax: decoderBytesMax,
      plainBytesMax: plainBytesMax, ledger: ledger, makeProvisional: isWorthIgzip ? IgzipDecoder.make : nil)
  }

  /// Makes a source that works by a plan.
  ///
  /// - Parameter makeProvisional: Maker of a decoder that is preferred to zlib. Its base must be seekable then.
  init(
    _ base: consuming Base, _ codec: Codec, _ plan: DecodingPlan, decoderBytesMax: Int = .max,
    plainBytesMax: Int = .max, ledger: MemoryLedger, makeProvisional: ProvisionalDecoderMaker? = nil
  ) throws(OutOfMemory) {
    core = try DecodingCore(
      base, codec, plan, decoderBytesMax: decoderBytesMax, plainBytesMax: plainBytesMax, ledger: ledger,
      makeProvisional: makeProvisional)
  }

  /// Compressed bytes. More of them may have been read than are decoded.
  package var base: Base { _read { yield core.base } }

  /// Number of compressed bytes decoded so far, up to the error if there was one.
  package var storedBytes: Int { core.storedBytes }

  /// Number of decoded bytes given so far.
  package var decodedBytes: Int { core.decodedBytes }

  package var isSeekable: Bool { false }

  package var seekableSize: Int? { nil }

  package var endedEarlyError: any Error { core.error(.truncated, "the data ends early") }

  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
    preconditionFailure("decoded bytes come in order")
  }

  /// Waits until there are decoded bytes, an error, or the end. False after the timeout.
  package func isReady(withinMilliseconds milliseconds: Int32) throws -> Bool {
    core.isReady(withinMilliseconds: milliseconds)
  }

  /// Gives as many decoded bytes as fit, as far as they come without waiting for more compressed bytes than the first
  /// needs.
  ///
  /// - Returns: The number of bytes, 0 only at the end.
  /// - Throws: ``DecodingError``, and what the base throws.
  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try core.read(into: buffer)
  }
}
