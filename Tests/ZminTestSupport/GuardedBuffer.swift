import Glibc

/// Memory that ends at an inaccessible page, so that an access past its end crashes the process.
///
/// `@unchecked Sendable` because one thread uses it at a time.
package final class GuardedBuffer: @unchecked Sendable {
  private var start: UnsafeMutableRawPointer?
  private var capacityBytes = 0
  private let pageBytes = sysconf(Int32(_SC_PAGESIZE))

  package init() {}

  deinit { unmap() }

  /// The last `byteCount` bytes before the inaccessible page. Invalidates the memory returned before.
  package func last(_ byteCount: Int) -> UnsafeMutableRawBufferPointer {
    if byteCount > capacityBytes { map(2 * byteCount) }
    guard let start else { return UnsafeMutableRawBufferPointer(start: nil, count: 0) }
    return UnsafeMutableRawBufferPointer(start: start + capacityBytes - byteCount, count: byteCount)
  }

  private func map(_ byteCount: Int) {
    unmap()
    capacityBytes = (byteCount + pageBytes - 1) / pageBytes * pageBytes
    let address = mmap(nil, capacityBytes + pageBytes, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let address, address != MAP_FAILED, mprotect(address, capacityBytes, PROT_READ | PROT_WRITE) == 0 else {
      fatalError("out of memory for a guarded buffer")
    }
    start = address
  }

  private func unmap() {
    if let start { munmap(start, capacityBytes + pageBytes) }
    start = nil
  }
}
