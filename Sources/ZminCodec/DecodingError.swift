/// Compressed data that cannot be decoded.
package struct DecodingError: Error, Sendable, Equatable {
  /// Kind of error, by its name in the log.
  package enum Code: String, Sendable {
    /// The data breaks the rules of its format.
    case syntax
    /// The data ends early.
    case truncated
    /// A checksum or a length does not agree with the decoded bytes.
    case checksum
    /// Bytes follow the end.
    case trailing
    /// The data needs a dictionary.
    case dictionary
    /// The decoder needs more memory, or makes more bytes, than allowed.
    case limit
  }

  package let codec: Codec
  package let code: Code
  /// Offset in the compressed input.
  package let storedOffset: Int
  /// Number of bytes decoded before the error.
  package let plainOffset: Int
  /// Statement of what is wrong, with what to do where something can be done.
  package let message: String
}

extension DecodingError: CustomStringConvertible {
  package var description: String {
    "\(message) (byte \(storedOffset) of the \(codec.rawValue) data, byte \(plainOffset) decoded)"
  }
}
