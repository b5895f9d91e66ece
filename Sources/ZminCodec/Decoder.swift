/// Decoder of one member, frame or stream after another.
///
/// A decoder takes compressed bytes in pieces of any size and gives decoded bytes in pieces of any size. It reports the
/// end of each member, frame or stream, and starts the next one with the call after that.
protocol Decoder: AnyObject {
  /// Decodes as much as input and room allow.
  ///
  /// The bytes made before a fault do not depend on the pieces.
  ///
  /// - Returns: The bytes taken and made. Neither is more than there was room for.
  func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodingStep
}

/// Progress of one call of a decoder.
struct DecodingStep {
  var consumedBytes: Int
  var producedBytes: Int
  /// True if a member, frame or stream ended with the last byte taken.
  var isAtEnd: Bool
  /// Reason why the decoder stopped behind these bytes; nil if it did not.
  var fault: DecoderFault?
}

/// Reason why a decoder stopped.
enum DecoderFault: Error {
  case syntax
  case checksum
  case dictionary
  /// The data needs a larger window than any decoder has.
  case window
  /// The allocator or the system gave no memory.
  case memory
}
