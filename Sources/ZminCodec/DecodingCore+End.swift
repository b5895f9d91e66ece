import ZminEngine

extension DecodingCore where Base: ~Copyable {
  /// Goes on behind the last member, frame or stream.
  ///
  /// - Returns: True if more stored bytes are needed.
  func passTail() throws -> Bool {
    if isFirst { throw error(.syntax, "the data is not \(codec.rawValue) data") }
    let zeroBytes = storedBytes(from: next).prefix { $0 == 0 }.count
    next += zeroBytes
    paddingBytes += zeroBytes
    if next < storedEnd {
      // Between streams of xz there may be padding, in groups of four bytes.
      guard codec == .xz, paddingBytes > 0, paddingBytes.isMultiple(of: 4) else {
        throw error(.trailing, "bytes that are not \(codec.rawValue) data follow the end of the data")
      }
      (paddingBytes, isTail) = (0, false)
      return false
    }
    guard isBaseAtEnd else { return true }
    if givenBytes != nil { throw checksumError }
    if lastUnit.isBGZF, lastUnit.plainBytes > 0 {
      throw error(.truncated, "the empty member that ends BGZF data is missing")
    }
    isAtEnd = true
    return false
  }
}
