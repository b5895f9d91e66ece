import ZminEngine

/// Why zmin did not do what it was asked: all that its public functions throw.
public enum ZminError: Error, Sendable, Hashable {
  /// The input is not valid, or nests deeper than ``MinifierOptions/depthMax``. Trying again will not help.
  case invalidJSON(InvalidJSON)
  /// The input has more bytes than ``MinifierOptions/inputBytesMax``, the `limit`.
  case inputTooLarge(limit: Int)
  /// In place only: the output is longer than the bytes that it is to replace, as it can be for ``Format/concat``, and
  /// for ``Format/ndjson`` by the LF that ends the last record.
  case noRoomInPlace
  /// The system refused this many bytes. Trying again may help.
  case outOfMemory(byteCount: Int)
}

extension ZminError: CustomStringConvertible {
  /// One line for people and logs.
  public var description: String {
    switch self {
    case .invalidJSON(let error): error.description
    case .inputTooLarge(let limit): "input is longer than \(limit) bytes"
    case .noRoomInPlace: "the output does not fit in the place of the input"
    case .outOfMemory(let byteCount): "out of memory: the system refused \(byteCount) bytes"
    }
  }
}

extension ZminError {
  /// Does what may run out of memory.
  static func whenOutOfMemory<Value: ~Copyable>(
    _ body: () throws(OutOfMemory) -> Value
  ) throws(ZminError) -> Value {
    do { return try body() } catch { throw .outOfMemory(byteCount: error.byteCount) }
  }
}
