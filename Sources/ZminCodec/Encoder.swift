/// Encoder of one output, piece by piece.
protocol Encoder: AnyObject {
  /// Encodes the next bytes, and gives what is encoded and proved by then.
  ///
  /// - Parameter write: Called with encoded bytes, in order.
  /// - Throws: ``EncodingError``, ``OutOfMemory``, and what `write` throws. The encoder is of no use then.
  func encode(_ plain: UnsafeRawBufferPointer, write: (UnsafeRawBufferPointer) throws -> Void) throws

  /// Encodes what is held back, and the end.
  ///
  /// - Throws: As ``encode(_:write:)``.
  func finish(write: (UnsafeRawBufferPointer) throws -> Void) throws
}
