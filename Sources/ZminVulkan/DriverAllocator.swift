internal import CZminVulkan
import Glibc
import Synchronization
import ZminMemory

/// What a driver is given to allocate host memory with, so that it is in the ledger.
///
/// A driver may ask for what it keeps with an object, and need not; most ask for some of it. The memory is the C
/// library's. (Vulkan 1.3, §11.1 "Host Memory".)
///
/// `@unchecked Sendable` because the callbacks never change.
final class DriverAllocator: @unchecked Sendable {
  /// What the calls of Vulkan take. Valid while this lives.
  let callbacks: UnsafePointer<VkAllocationCallbacks>
  private let storage: UnsafeMutablePointer<VkAllocationCallbacks>
  private let ledger: MemoryLedger
  /// By address. Some drivers (lavapipe of Mesa 22.3) give back here what they have of the C library itself, so that
  /// nothing can be kept in front of the memory.
  private let entries = Mutex<[UInt: (number: Int, byteCount: Int)]>([:])

  init(_ ledger: MemoryLedger) {
    self.ledger = ledger
    storage = .allocate(capacity: 1)
    callbacks = UnsafePointer(storage)
    var value = VkAllocationCallbacks()
    value.pUserData = Unmanaged.passUnretained(self).toOpaque()
    value.pfnAllocation = { user, byteCount, alignment, _ in
      DriverAllocator.of(user)?.allocate(byteCount, alignment: alignment)
    }
    value.pfnReallocation = { user, original, byteCount, alignment, _ in
      DriverAllocator.of(user)?.reallocate(original, byteCount, alignment: alignment)
    }
    value.pfnFree = { user, memory in DriverAllocator.of(user)?.free(memory) }
    storage.initialize(to: value)
  }

  deinit { storage.deallocate() }

  private static func of(_ user: UnsafeMutableRawPointer?) -> DriverAllocator? {
    user.map { Unmanaged<DriverAllocator>.fromOpaque($0).takeUnretainedValue() }
  }

  /// - Returns: Nil, which the driver takes for "out of memory", if there is none.
  private func allocate(_ byteCount: Int, alignment: Int) -> UnsafeMutableRawPointer? {
    var memory: UnsafeMutableRawPointer?
    let alignment = max(alignment, MemoryLayout<Int>.alignment)
    guard byteCount > 0, posix_memalign(&memory, alignment, byteCount) == 0, let memory else { return nil }
    let number = ledger.allocate(byteCount, for: .driver)
    entries.withLock { $0[UInt(bitPattern: memory)] = (number, byteCount) }
    return memory
  }

  private func reallocate(
    _ original: UnsafeMutableRawPointer?, _ byteCount: Int, alignment: Int
  ) -> UnsafeMutableRawPointer? {
    guard byteCount > 0 else {
      free(original)
      return nil
    }
    guard let memory = allocate(byteCount, alignment: alignment) else { return nil }
    guard let original else { return memory }
    guard let originalBytes = entries.withLock({ $0[UInt(bitPattern: original)]?.byteCount }) else {
      // The C library alone knows how long that is.
      free(memory)
      return realloc(original, byteCount)
    }
    memory.copyMemory(from: original, byteCount: min(byteCount, originalBytes))
    free(original)
    return memory
  }

  private func free(_ memory: UnsafeMutableRawPointer?) {
    guard let memory else { return }
    if let entry = entries.withLock({ $0.removeValue(forKey: UInt(bitPattern: memory)) }) { ledger.free(entry.number) }
    Glibc.free(memory)
  }
}
