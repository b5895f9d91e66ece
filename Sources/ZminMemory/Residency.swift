import Glibc

/// Resident memory, as told by `mincore`.
enum Residency {
  /// The number of pages in one query.
  private static let pagesAtOnce = 1024

  /// Returns the resident bytes of the pages that a mapped region touches, at most `byteCount`.
  ///
  /// Stops counting at the first query that the kernel refuses.
  static func residentBytes(at address: Int, byteCount: Int) -> Int {
    let pageBytes = sysconf(Int32(_SC_PAGESIZE))
    guard pageBytes > 0, byteCount > 0 else { return 0 }
    var start = address / pageBytes * pageBytes
    let end = address + byteCount
    var pages = 0
    unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: pagesAtOnce) { states in
      guard let states = states.baseAddress else { return }
      while start < end {
        let count = min(pagesAtOnce, (end - start + pageBytes - 1) / pageBytes)
        guard unsafe mincore(UnsafeMutableRawPointer(bitPattern: start), count * pageBytes, states) == 0 else { return }
        for index in 0..<count where unsafe states[index] & 1 != 0 { pages += 1 }
        start += count * pageBytes
      }
    }
    return min(pages * pageBytes, byteCount)
  }
}
