package import ZminCore

/// The first error of an input, as a ``Minifier`` finds it, with offsets alone.
///
/// Lines and columns cost a pass over the bytes before, so they are counted only for a message.
package struct Failure: Sendable, Equatable {
  /// Offset from the start of the input, in bytes, of the first byte with which the input is no longer the beginning of
  /// any valid one; the length of the input if it ends too early.
  package let offset: Int
  /// Offset of the opening quote, if the fault is in a string.
  package let openQuoteOffset: Int?
  let fault: Fault
  let foreignContent: ForeignContent?
  /// Format that the input was read in.
  let format: Format

  /// Makes the message, with line and column.
  ///
  /// - Parameter position: The line and column of an offset up to ``offset``.
  package func located(by position: (Int) throws -> TextPosition) rethrows -> InvalidJSON {
    let opened = try openQuoteOffset.map(position)
    let message =
      foreignContent?.message ?? fault.message(opened: opened.map { "line \($0.line), column \($0.column)" } ?? "")
    let position = try position(offset)
    return InvalidJSON(
      line: position.line, column: position.column, offset: offset, message: message,
      reason: reason, format: format)
  }

  private var reason: InvalidJSON.Reason {
    if let foreignContent { return .foreign(foreignContent) }
    return switch fault {
    case .secondValue(.json): .secondValue
    case .tooDeep: .tooDeep
    default: .syntax
    }
  }
}

/// Error of an input that is not valid JSON, with its position.
///
/// It is the first error of the input, at the first byte with which the input is no longer the beginning of any valid
/// one. Position and message do not depend on the CPU, nor on how the input is given. They are those that the program
/// `zmin` prints, without its advice. A message may be less exact if the error is reported before the bytes after it
/// are known: by a ``MinifierStream``, by an ``AsyncMinifiedSequence``, and by the program once its producer is idle.
public struct InvalidJSON: Error, Sendable, Hashable, CustomStringConvertible {
  /// Line of the first error, from 1. Lines end with LF.
  public let line: Int
  /// Column of the first error in bytes, from 1.
  public let column: Int
  /// Offset of the first error in bytes, from 0.
  public let offset: Int
  /// The error in one clause.
  public let message: String
  /// Kind of error, for callers that give advice.
  package let reason: Reason
  /// Format that the input was read in.
  package let format: Format

  /// Kinds of errors with different remedies.
  package enum Reason: Sendable, Hashable {
    /// Known content that is not JSON.
    case foreign(ForeignContent)
    /// A second value in ``Format/json``, which has one.
    case secondValue
    case tooDeep
    case syntax
  }

  /// `LINE:COLUMN: MESSAGE (byte OFFSET)`.
  public var description: String { "\(line):\(column): \(message) (byte \(offset))" }

  /// The same as ``description``. For an `any Error`, Foundation's property of this name needs the module
  /// `ZminFoundation`.
  public var localizedDescription: String { description }
}
