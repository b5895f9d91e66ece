/// Encoded bytes do not decode to what they were made of: memory or a library is broken.
package struct EncodingError: Error, Sendable, Equatable {}

/// Damage to encoded bytes, for tests of the proof.
package protocol EncodingFaults: Sendable {
  /// Called with the bytes that a library has encoded, before they are decoded and compared.
  func damage(_ stored: UnsafeMutableRawBufferPointer)
}
