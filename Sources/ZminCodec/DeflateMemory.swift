import CZminCodec
import ZminBase

/// Allocator of libdeflate, which has one for the whole process and gives it no context.
///
/// libdeflate allocates only where a compressor or a decompressor is made. So a lock holds the allocator of the
/// one that is being made. A block that is released names its allocator in its header.
enum DeflateMemory {
  /// Set once, before the first compressor.
  private static let isInstalled: Bool = {
    libdeflate_set_memory_allocator({ DeflateMemory.making?.allocate($0) }, { CodecAllocator.release($0) })
    return true
  }()

  private static let lock = Monitor()
  /// Only read within ``withAllocator(_:_:)``, by the thread that holds the lock.
  nonisolated(unsafe) private static var making: CodecAllocator?

  static func withAllocator(_ allocator: CodecAllocator, _ body: () -> OpaquePointer?) -> OpaquePointer? {
    _ = isInstalled
    return lock.withLock {
      making = allocator
      defer { making = nil }
      return body()
    }
  }
}
