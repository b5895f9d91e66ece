public import Foundation
public import Zmin

// Foundation asks an error for its text by this protocol alone. Without it, the text is a number.

extension ZminError: LocalizedError {
  /// The message of ``ZminError/description``.
  public var errorDescription: String? { description }
}

extension InvalidJSON: LocalizedError {
  /// The message of ``InvalidJSON/description``.
  public var errorDescription: String? { description }
}
