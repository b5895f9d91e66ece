/// Number of lines of one input that may be bad.
package enum BadLineLimit: Sendable, Equatable {
  /// 1% of the lines, and at least ten lines.
  case usual
  case lines(Int)
  /// A share of the lines, from 0 to 100.
  case percent(Double)
  case all

  /// Returns the number of bad lines allowed among so many lines, blank ones not counted.
  func allowedLines(of lineCount: Int) -> Int {
    switch self {
    case .usual: max(10, lineCount / 100)
    case .lines(let count): count
    case .percent(let share): Int(Double(lineCount) * share / 100)
    case .all: .max
    }
  }
}

/// A line that is not valid JSON.
package struct BadLine: Sendable, Equatable {
  /// Number of the line, from 1.
  package let number: Int
  /// Offset of its first byte in the input.
  package let offset: Int
  /// Its length without its LF.
  package let byteCount: Int
  package let error: InvalidJSON
}

/// Reason for which an input with bad lines fails as a whole.
package enum BadLineRefusal: Sendable, Equatable {
  case tooMany
  case noneValid
  /// Its content is not lines of JSON at all.
  case notLines
}

/// Takes the bad lines of a run.
package protocol BadLineSink: ~Copyable {
  /// Takes the next bytes of a bad line, which may be all of it.
  mutating func write(_ bytes: UnsafeRawBufferPointer) throws
  /// Ends the line.
  mutating func end(_ line: BadLine) throws
  /// Lines of this run that are stored.
  var recordedLines: Int { get }
  /// Stores all lines so far. Called before any output that follows them is written.
  mutating func flush() throws
}
