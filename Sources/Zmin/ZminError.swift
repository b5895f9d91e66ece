import ZminEngine

/// An error thrown by the functions of this module.
public enum ZminError: Error, Sendable, Hashable {
  /// The input is not valid, or is nested deeper than ``MinifierOptions/depthMax``. A retry cannot succeed.
  case invalidJSON(InvalidJSON)
  /// The input is longer than `limit` bytes, the value of ``MinifierOptions/inputBytesMax``.
  case inputTooLarge(limit: Int)
  /// The output is longer than the input that it would replace. Thrown only in place, in ``Format/concat``, and in
  /// ``Format/ndjson`` if the LF after the last record is missing.
  case noRoomInPlace
  /// The system refused memory of this size. A retry may succeed.
  case outOfMemory(byteCount: Int)
}

extension ZminError: CustomStringConvertible {
  /// A message of one line for people and logs.
  public var description: String {
    switch self {
    case .invalidJSON(let error): error.description
    case .inputTooLarge(let limit): "input is longer than \(limit) bytes"
    case .noRoomInPlace: "the output is longer than the input that it would replace"
    case .outOfMemory(let byteCount): "out of memory: the system refused \(byteCount) bytes"
    }
  }

  /// The same as ``description``. For an `any Error`, Foundation's property of this name needs the module
  /// `ZminFoundation`.
  public var localizedDescription: String { description }
}

extension ZminError {
  /// Runs `body` and converts its ``OutOfMemory`` error.
  static func whenOutOfMemory<Value: ~Copyable>(
    _ body: () throws(OutOfMemory) -> Value
  ) throws(ZminError) -> Value {
    do { return try body() } catch { throw .outOfMemory(byteCount: error.byteCount) }
  }
}
