import CZminCodec
import ZminMemory

/// Encoder of blocks that are whole zstd frames with their plain sizes and checksums, by libzstd.
final class ZstdFramesEncoder: BlockEncoder {
  /// Plain bytes of a frame, at most.
  private static let frameBytes = 4 << 20

  private let context: ZstdContext
  private let prover: ZstdProver
  private let faults: (any EncodingFaults)?

  /// - Throws: ``OutOfMemory``.
  init(level: Int, faults: (any EncodingFaults)?, ledger: MemoryLedger) throws(OutOfMemory) {
    context = try ZstdContext(level: level, ledger: ledger)
    prover = try ZstdProver(ledger: ledger)
    self.faults = faults
  }

  /// Blocks of frames.
  static func format(level: Int, faults: (any EncodingFaults)?) -> BlockFormat {
    BlockFormat(
      plainBytesMax: frameBytes, storedBytesMax: ZSTD_compressBound(frameBytes), hasEmptyBlock: true,
      encoderBytes: memoryBytes(level: level)
    ) { ledger in
      try ZstdFramesEncoder(level: level, faults: faults, ledger: ledger)
    }
  }

  private static func memoryBytes(level: Int) -> Int {
    let parameters = ZSTD_getCParams(Int32(level), UInt64(frameBytes), 0)
    return ZstdContext.structBytes + ZSTD_estimateCCtxSize_usingCParams(parameters)
      + ZstdProver.memoryBytes(windowBytes: min(1 << parameters.windowLog, frameBytes))
  }

  func encode(_ plain: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) throws -> EncodedBlock {
    let byteCount = try context.checked(
      ZSTD_compress2(context.pointer, output.baseAddress, output.count, plain.baseAddress, plain.count))
    let stored = UnsafeMutableRawBufferPointer(rebasing: output[..<byteCount])
    faults?.damage(stored)
    var provedBytes = 0
    let isWhole = try prover.decode(UnsafeRawBufferPointer(stored)) { decoded throws(EncodingError) in
      let expected = plain.dropFirst(provedBytes).prefix(decoded.count)
      guard UnsafeRawBufferPointer(rebasing: expected).isEqual(to: decoded) else { throw EncodingError() }
      provedBytes += decoded.count
    }
    guard isWhole, provedBytes == plain.count else { throw EncodingError() }
    return EncodedBlock(storedBytes: byteCount, plainBytes: plain.count)
  }
}
