package import ZminCore

/// The first error of an input, placed by offsets alone: what a ``Minifier`` finds.
///
/// Lines and columns cost a pass over the bytes before, so they are made only when a message is.
package struct Failure: Sendable, Equatable {
  /// Offset from the start of the input, in bytes, of the first byte with which the input is no longer the beginning of
  /// any valid one; the length of the input if it ends too early.
  package let offset: Int
  /// Offset of the opening quote, where the fault is in a string.
  package let openQuoteOffset: Int?
  let fault: Fault
  let foreignContent: ForeignContent?
  /// Format that the input was read in.
  let format: Format

  /// The message and place for people.
  ///
  /// - Parameter position: The line and column of an offset up to ``offset``.
  package func located(by position: (Int) throws -> TextPosition) rethrows -> InvalidJSON {
    let opened = try openQuoteOffset.map(position)
    let message =
      foreignContent?.message ?? fault.message(opened: opened.map { "line \($0.line), column \($0.column)" } ?? "")
    let place = try position(offset)
    return InvalidJSON(
      line: place.line, column: place.column, offset: offset, message: message,
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

/// Input that is not valid JSON: what is wrong and where.
///
/// It is the first error of the input, at the first byte with which the input is no longer the beginning of any valid
/// one. However the input is given, and whatever CPU it is checked on, place and message are those that the program
/// `zmin` prints, without what it says to do about them. A message may say less where an error is
/// reported before the bytes come that would name it better: by a ``MinifierStream``, by an ``AsyncMinifiedSequence``,
/// and by the program once its producer is idle.
public struct InvalidJSON: Error, Sendable, Hashable, CustomStringConvertible {
  /// Line of the first error, from 1. Lines end with LF.
  public let line: Int
  /// Column of the first error in bytes, from 1.
  public let column: Int
  /// Offset of the first error in bytes, from 0.
  public let offset: Int
  /// What is wrong, in one clause.
  public let message: String
  /// Kind of error, for callers that advise people.
  package let reason: Reason
  /// Format that the input was read in.
  package let format: Format

  /// Kinds of errors that call for different measures.
  package enum Reason: Sendable, Hashable {
    /// Known content that is not JSON.
    case foreign(ForeignContent)
    /// A second value where ``Format/json`` has one.
    case secondValue
    case tooDeep
    case syntax
  }

  /// `LINE:COLUMN: MESSAGE (byte OFFSET)`.
  public var description: String { "\(line):\(column): \(message) (byte \(offset))" }
}
