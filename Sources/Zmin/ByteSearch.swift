import Glibc

extension UnsafeRawBufferPointer {
  /// The index of the last byte of that value in the first `end` bytes.
  func lastIndex(ofByte byte: UInt8, before end: Int) -> Int? {
    var index = end
    while index > 0 {
      index -= 1
      if self[index] == byte { return index }
    }
    return nil
  }

  /// Whether the bytes are those of `other`.
  package func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    guard let first = baseAddress, let second = other.baseAddress else { return true }
    return memcmp(first, second, count) == 0
  }
}
