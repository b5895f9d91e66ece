import ZminMemory

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
  /// Statement of what is wrong.
  package let message: String
  /// Memory in bytes that the decoder needs at least, if it was refused more than it has.
  package var neededBytes: Int?
  /// Budget of a run that can decode the data, if one is known.
  package var neededBudgetBytes: Int?
}

extension DecodingError: CustomStringConvertible {
  package var description: String {
    "\(message) (byte \(storedOffset) of the \(codec.rawValue) data, byte \(plainOffset) decoded)"
  }
}

extension DecoderFault {
  /// The error that a user sees.
  ///
  /// - Parameter refusedBytes: Memory that the decoder wanted, if a limit refused it.
  func asError(_ codec: Codec, storedOffset: Int, plainOffset: Int, refusedBytes: Int? = nil) -> any Error {
    let (code, message): (DecodingError.Code, String)
    var neededBytes: Int?
    switch self {
    case .syntax: (code, message) = (.syntax, "the \(codec.rawValue) data is damaged")
    case .checksum: (code, message) = (.checksum, "the decoded data does not match its checksum or its length")
    case .dictionary: (code, message) = (.dictionary, "the data needs a dictionary")
    case .window: (code, message) = (.limit, "the data needs a window of more than 2 GiB")
    case .memory:
      guard let refusedBytes else { return OutOfMemory(byteCount: 0, purpose: .decoder) }
      (code, message) = (.limit, "decoding needs at least \(refusedBytes) bytes of memory, more than allowed")
      neededBytes = refusedBytes
    }
    return DecodingError(
      codec: codec, code: code, storedOffset: storedOffset, plainOffset: plainOffset, message: message,
      neededBytes: neededBytes)
  }
}
