package import ZminEngine
package import ZminMemory

/// Source of the bytes that compressed input decodes to.
///
/// Members of gzip, frames of zstd and streams of bzip2 and xz may follow one another, as `cat` makes them. Zero bytes
/// behind the last one are padding, as on tapes. Anything else behind it is an error.
///
/// It decodes on the thread that reads, and comes in order: it cannot be read a second time.
package struct DecodedSource<Base: ByteSource & ~Copyable>: ByteSource, ~Copyable {
  private enum Phase {
    /// Before a member, frame or stream.
    case start(isFirst: Bool)
    case inUnit
    /// Behind the last member, frame or stream, where only zero bytes may be.
    case padding
    case end
  }

  /// Compressed bytes.
  package var base: Base
  private let codec: Codec
  private let allocator: CodecAllocator
  private let plainBytesMax: Int
  private let window: ByteBuffer
  private var decoder: (any Decoder)?
  private var phase = Phase.start(isFirst: true)
  /// Part of the window that is not decoded yet.
  private var pending = 0..<0
  private var isBaseAtEnd = false
  /// True if the last member must be an empty one, as BGZF wants it.
  private var needsEndMarker = false
  /// Number of zero bytes since the last member, frame or stream.
  private var paddingBytes = 0
  /// Number of bytes that the last member, frame or stream decoded to.
  private var unitPlainBytes = 0
  /// Error that was met behind bytes that were given.
  private var errorBehind: (any Error)?

  /// Number of compressed bytes decoded so far.
  private var storedBytes = 0
  /// Number of decoded bytes given so far.
  package private(set) var decodedBytes = 0

  /// Size of the window of compressed bytes.
  package static var windowBytes: Int { 64 << 10 }

  /// - Parameters:
  ///   - base: Compressed bytes, from their start.
  ///   - codec: Form of the bytes, by their signature.
  ///   - decoderBytesMax: Most memory that the decoder may take. The formats ask for up to 4 GiB.
  ///   - plainBytesMax: Most bytes that the input may decode to.
  ///   - ledger: Ledger of the window and of all that the decoder takes.
  /// - Throws: ``OutOfMemory``.
  package init(
    _ base: consuming Base, _ codec: Codec, decoderBytesMax: Int = .max, plainBytesMax: Int = .max,
    ledger: MemoryLedger
  ) throws {
    self.base = base
    self.codec = codec
    self.plainBytesMax = plainBytesMax
    allocator = CodecAllocator(byteCountMax: decoderBytesMax, for: .decoder, ledger: ledger)
    window = try ByteBuffer(byteCount: Self.windowBytes, for: .decoder, in: ledger)
  }

  package var isSeekable: Bool { false }

  package var seekableSize: Int? { nil }

  package var endedEarlyError: any Error { error(.truncated, "the data ends early") }

  package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
    preconditionFailure("decoded bytes come in order")
  }

  package func isReady(withinMilliseconds milliseconds: Int32) throws -> Bool {
    if errorBehind != nil || !pending.isEmpty || isBaseAtEnd { return true }
    return try base.isReady(withinMilliseconds: milliseconds)
  }

  /// Decodes as many bytes as fit, as far as they come without waiting for more than the first.
  ///
  /// - Returns: The number of bytes, 0 only at the end.
  /// - Throws: ``DecodingError``, and what the base throws.
  package mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if let error = errorBehind.take() { throw error }
    var filled = 0
    do {
      while filled < buffer.count {
        if case .end = phase { break }
        if filled > 0, needsInput, try !base.isReady(withinMilliseconds: 0) { break }
        filled += try step(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
      }
    } catch {
      // The bytes before it may have an error of their own, which is the first then.
      guard filled > 0 else { throw error }
      errorBehind = error
    }
    return filled
  }

  /// True if no step can be made without more compressed bytes.
  private var needsInput: Bool {
    if isBaseAtEnd { return false }
    // No gzip member is shorter than the header of BGZF.
    guard case .start = phase else { return pending.isEmpty }
    return pending.count < (codec == .gzip ? BGZF.headerBytes : Codec.signatureBytes)
  }

  // MARK: Steps

  /// Goes one step on: reads more, passes from one unit to the next, or decodes.
  private mutating func step(into output: UnsafeMutableRawBufferPointer) throws -> Int {
    switch phase {
    case .start(let isFirst):
      try start(isFirst: isFirst)
      return 0
    case .inUnit: return try decode(into: output)
    case .padding:
      try skipPadding()
      return 0
    case .end: return 0
    }
  }

  /// Decides what follows: another unit, padding, or the end.
  private mutating func start(isFirst: Bool) throws {
    while needsInput { try fill() }
    let head = UnsafeRawBufferPointer(rebasing: window.bytes[pending])
    if Codec.recognize(head.prefix(Codec.signatureBytes), isWhole: isBaseAtEnd) == .compressed(codec) {
      needsEndMarker = codec == .gzip && BGZF.isMember(head)
      unitPlainBytes = 0
      phase = .inUnit
    } else if isFirst {
      throw error(.syntax, "the data is not \(codec.rawValue) data")
    } else {
      phase = .padding
    }
  }

  private mutating func skipPadding() throws {
    if pending.isEmpty { try fill() }
    let zeroBytes = window.bytes[pending].prefix { $0 == 0 }.count
    consume(zeroBytes)
    paddingBytes += zeroBytes
    // Between streams of xz there may be padding, in groups of four bytes.
    if !pending.isEmpty, codec == .xz, paddingBytes > 0, paddingBytes.isMultiple(of: 4) {
      paddingBytes = 0
      phase = .start(isFirst: false)
      return
    }
    guard pending.isEmpty else {
      throw error(.trailing, "bytes that are not \(codec.rawValue) data follow the end of the data")
    }
    guard isBaseAtEnd else { return }
    if needsEndMarker, unitPlainBytes > 0 { throw error(.truncated, "the empty member that ends BGZF data is missing") }
    phase = .end
  }

  private mutating func decode(into output: UnsafeMutableRawBufferPointer) throws -> Int {
    // A library may hold decoded bytes back for want of room, so it is asked again before more is read.
    let input = UnsafeRawBufferPointer(rebasing: window.bytes[pending])
    let step: DecodingStep
    do throws(DecoderFault) {
      step = try madeDecoder().decode(input, into: output)
    } catch {
      throw error.asError(
        codec, storedOffset: storedBytes, plainOffset: decodedBytes, refusedBytes: allocator.refusedBytes)
    }
    consume(step.consumedBytes)
    decodedBytes += step.producedBytes
    unitPlainBytes += step.producedBytes
    if decodedBytes > plainBytesMax {
      decodedBytes = plainBytesMax
      throw error(.limit, "the decoded data is longer than \(plainBytesMax) bytes, the size allowed")
    }
    if step.isAtEnd {
      phase = .start(isFirst: false)
    } else if step.consumedBytes == 0, step.producedBytes == 0, !output.isEmpty {
      if isBaseAtEnd { throw error(.truncated, "the data ends early, within a \(codec.unit)") }
      try fill()
    }
    return step.producedBytes
  }

  private mutating func madeDecoder() throws(DecoderFault) -> any Decoder {
    if let decoder { return decoder }
    let made: any Decoder =
      switch codec {
      case .gzip: try GzipDecoder(allocator)
      case .zstd: try ZstdDecoder(allocator)
      case .bzip2: Bzip2Decoder(allocator)
      case .xz: XZDecoder(allocator)
      }
    decoder = made
    return made
  }

  // MARK: Window

  /// Reads more compressed bytes behind those that are pending.
  private mutating func fill() throws {
    let bytes = window.bytes
    if !pending.isEmpty { bytes.copyBytes(from: bytes[pending]) }
    pending = 0..<pending.count
    let room = UnsafeMutableRawBufferPointer(rebasing: bytes[pending.upperBound...])
    let count = try base.read(into: room)
    if count == 0 { isBaseAtEnd = true }
    pending = 0..<pending.upperBound + count
  }

  private mutating func consume(_ byteCount: Int) {
    pending = pending.lowerBound + byteCount..<pending.upperBound
    storedBytes += byteCount
  }

  // MARK: Errors

  private func error(_ code: DecodingError.Code, _ message: String) -> DecodingError {
    DecodingError(codec: codec, code: code, storedOffset: storedBytes, plainOffset: decodedBytes, message: message)
  }
}
