import CZminCodec
import ZminMemory

/// Compression context of libzstd with a level and checksums, and memory from the ledger.
final class ZstdContext {
  let pointer: OpaquePointer
  private let allocator: ReserveAllocator

  /// Size of libzstd's structure of a context, with room to spare.
  static let structBytes = 8 << 10

  /// - Parameter reserveBytes: Memory set aside for a library that prepares threads.
  /// - Throws: ``OutOfMemory``.
  init(level: Int, reserveBytes: Int = ZstdContext.structBytes, ledger: MemoryLedger) throws(OutOfMemory) {
    let allocator = try ReserveAllocator(reserveBytes: reserveBytes, ledger: ledger)
    let made = czmin_zstd_encoder(
      { context, byteCount in ReserveAllocator.allocate(byteCount, in: context) },
      { context, pointer in ReserveAllocator.release(pointer, in: context) }, allocator.context)
    guard let made else { throw OutOfMemory(byteCount: 0, purpose: .encoder) }
    pointer = made
    self.allocator = allocator
    set(ZSTD_c_compressionLevel, to: level)
    set(ZSTD_c_checksumFlag, to: 1)
  }

  deinit { ZSTD_freeCCtx(pointer) }

  /// Sets a parameter.
  ///
  /// - Returns: True if the library knows the parameter and the value.
  @discardableResult
  func set(_ parameter: ZSTD_cParameter, to value: Int) -> Bool {
    ZSTD_isError(ZSTD_CCtx_setParameter(pointer, parameter, Int32(value))) == 0
  }

  /// The result of a call of the library, if it is not an error.
  ///
  /// - Throws: ``OutOfMemory``, ``EncodingError``.
  func checked(_ result: Int) throws -> Int {
    guard ZSTD_isError(result) != 0 else { return result }
    if ZSTD_getErrorCode(result) == ZSTD_error_memory_allocation {
      throw OutOfMemory(byteCount: 0, purpose: .encoder)
    }
    throw EncodingError()
  }
}
