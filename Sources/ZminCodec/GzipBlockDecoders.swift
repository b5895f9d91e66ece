import Synchronization
import ZminMemory

/// Decoders of gzip members, as many as threads read at the same time.
final class GzipBlockDecoders: Sendable {
  private let idle = Mutex<[GzipBlockDecoder]>([])
  private let storedBytesMax: Int
  private let plainBytesMax: Int
  private let allocator: CodecAllocator
  private let ledger: MemoryLedger

  init(for index: GzipBlockIndex, ledger: MemoryLedger) {
    storedBytesMax = index.storedBytesMax
    plainBytesMax = index.plainBytesMax
    allocator = CodecAllocator(for: .decoder, ledger: ledger)
    self.ledger = ledger
  }

  /// Lends a decoder to `body`.
  ///
  /// - Throws: ``OutOfMemory``, and what `body` throws.
  func withDecoder<Result>(_ body: (GzipBlockDecoder) throws -> Result) throws -> Result {
    let decoder = try idle.withLock { $0.popLast() } ?? makeDecoder()
    defer { idle.withLock { $0.append(decoder) } }
    return try body(decoder)
  }

  private func makeDecoder() throws -> GzipBlockDecoder {
    do throws(DecoderFault) {
      return try GzipBlockDecoder(
        storedBytesMax: storedBytesMax, plainBytesMax: plainBytesMax, allocator, ledger: ledger)
    } catch {
      throw OutOfMemory(byteCount: 0, purpose: .decoder)
    }
  }
}
