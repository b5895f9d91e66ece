import CZminCodec

/// CRC-32 of bytes in pieces, as gzip has it. `crc32` of Python's zlib gives the same.
package struct CRC32: Sendable, Equatable {
  package private(set) var value: UInt32

  /// - Parameter value: Checksum of the bytes so far.
  package init(_ value: UInt32 = 0) { self.value = value }

  /// Appends bytes.
  package mutating func append(_ bytes: UnsafeRawBufferPointer) {
    value = libdeflate_crc32(value, bytes.baseAddress, bytes.count)
  }

  /// Appends bytes of which only the checksum is known.
  ///
  /// - Complexity: O(log *n*) for *n* bytes.
  package mutating func append(_ next: CRC32, byteCount: Int) {
    value = UInt32(truncatingIfNeeded: crc32_combine(UInt(value), UInt(next.value), byteCount))
  }
}
