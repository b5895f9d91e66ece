import ZminCodec
import ZminEngine

/// The rule for an LF after the value of an output in `json`. In other formats every value ends in one.
package enum FinalNewline: String, Sendable, CaseIterable {
  /// The output has one if the last byte of the input is an LF.
  case keep
  case add
  case remove = "none"

  /// Writes the LF that an output is to have after a valid value.
  ///
  /// - Parameter totals: The totals of the run, which count the LF then.
  /// - Throws: Errors of the output.
  func end<Base: ByteSink & ~Copyable>(_ output: inout EncodedSink<Base>, _ totals: inout RunTotals) throws {
    let lineFeed = UInt8(ascii: "\n")
    let isWanted =
      switch self {
      case .keep: totals.lastInputByte == lineFeed
      case .add: true
      case .remove: false
      }
    // Without checks, a string may be open to the end and keep its LF.
    guard isWanted, totals.outputBytes > 0, output.lastPlainByte != lineFeed else { return }
    try output.endLine(isUnchanged: totals.lacksOnlyLineFeed)
    totals.outputBytes += 1
    totals.isUnchanged = totals.lacksOnlyLineFeed
  }
}
