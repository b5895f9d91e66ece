import Synchronization
import ZminMemory

/// Allocator for a library that does not bear a refusal of its first blocks.
///
/// libzstd 1.5.4 crashes if it gets no memory while it prepares its threads. So what it asks for then comes from a
/// reserve that is there before. Blocks that do not fit there come from a ``CodecAllocator``.
final class ReserveAllocator: Sendable {
  private let reserve: ByteBuffer
  private let usedBytes = Atomic(0)
  private let allocator: CodecAllocator

  private static let alignment = 16

  /// - Parameter reserveBytes: Size of the reserve, at least 1.
  /// - Throws: ``OutOfMemory``.
  init(reserveBytes: Int, ledger: MemoryLedger) throws(OutOfMemory) {
    reserve = try ByteBuffer(byteCount: reserveBytes, for: .encoder, in: ledger)
    allocator = CodecAllocator(for: .encoder, ledger: ledger)
  }

  /// Pointer that the library hands back to the functions below.
  var context: UnsafeMutableRawPointer { Unmanaged.passUnretained(self).toOpaque() }

  /// Memory from the allocator of a context, nil if there is none.
  static func allocate(_ byteCount: Int, in context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let this = Unmanaged<ReserveAllocator>.fromOpaque(context).takeUnretainedValue()
    return this.reserved(byteCount) ?? this.allocator.allocate(byteCount)
  }

  /// Memory of the reserve, nil if not enough of it is left. It is not used again.
  private func reserved(_ byteCount: Int) -> UnsafeMutableRawPointer? {
    let bytes = reserve.bytes
    guard byteCount <= bytes.count - usedBytes.load(ordering: .relaxed) else { return nil }
    let roomBytes = (byteCount + Self.alignment - 1) / Self.alignment * Self.alignment
    let end = usedBytes.add(roomBytes, ordering: .relaxed).newValue
    // Another thread may have taken the rest meanwhile.
    guard end <= bytes.count else { return nil }
    return bytes.baseAddress?.advanced(by: end - roomBytes)
  }

  /// Releases a block, unless it is in the reserve, which goes with the allocator.
  static func release(_ pointer: UnsafeMutableRawPointer?, in context: UnsafeMutableRawPointer?) {
    guard let context, let pointer else { return }
    let this = Unmanaged<ReserveAllocator>.fromOpaque(context).takeUnretainedValue()
    let bytes = this.reserve.bytes
    if let start = bytes.baseAddress, start <= pointer, pointer < start + bytes.count { return }
    CodecAllocator.release(pointer)
  }
}
