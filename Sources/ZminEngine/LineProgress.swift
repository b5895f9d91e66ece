import Glibc

/// State of a ``LineRun`` within one input: what it has counted, and whether the input may go on.
struct LineProgress {
  /// Ends a run whose input fails as a whole.
  struct Refused: Error {
    let refusal: BadLineRefusal
    let error: InvalidJSON
  }

  var totals = RunTotals()
  /// Where the next line starts.
  var counter = LineCounter()
  /// Bytes in the output buffer.
  var acceptedBytes = 0
  private var firstError: InvalidJSON?
  private let limit: BadLineLimit

  init(_ limit: BadLineLimit) { self.limit = limit }

  /// Counts a bad line.
  ///
  /// - Throws: ``Refused`` if the failure shows that the input is not lines of JSON, or there are too many.
  mutating func reject(_ failure: Failure, _ error: InvalidJSON) throws(Refused) {
    if let content = failure.foreignContent, content.isWholeInput, totals.validLines == 0, acceptedBytes == 0 {
      throw Refused(refusal: .notLines, error: error)
    }
    firstError = firstError ?? error
    totals.badLines += 1
    if case .lines(let count) = limit, totals.badLines > count {
      throw refused(.tooMany, "more lines are not valid than the \(count) allowed")
    }
  }

  /// Judges the input at its end.
  ///
  /// - Throws: ``Refused`` if no line is valid, or too many are not.
  func finish() throws(Refused) {
    guard totals.badLines > 0 else { return }
    let lineCount = totals.badLines + totals.validLines
    if totals.validLines == 0 { throw refused(.noneValid, "no line is valid") }
    let allowed = limit.allowedLines(of: lineCount)
    if totals.badLines > allowed {
      throw refused(
        .tooMany, "\(totals.badLines) of \(lineCount) lines are not valid, more than the \(allowed) allowed")
    }
  }

  private func refused(_ refusal: BadLineRefusal, _ reason: String) -> Refused {
    guard let firstError else { preconditionFailure("only bad lines are a reason") }
    return Refused(refusal: refusal, error: firstError.saying("\(reason), the first here: \(firstError.message)"))
  }
}

/// NUL bytes in a bad line. Text has none: many of them are binary data, UTF-16, or what a crash left of a file.
struct NulScan {
  private static let runMax = 16
  private static let countMax = 8

  private var run = 0
  private var nulBytes = 0
  private var allBytes = 0

  /// Takes the next bytes of the line.
  ///
  /// - Returns: Whether they show that it is not text: a run of 16 NULs, or eight that are a quarter of all bytes.
  mutating func isBinary(after bytes: UnsafeRawBufferPointer) -> Bool {
    allBytes += bytes.count
    guard let start = bytes.baseAddress, memchr(start, 0, bytes.count) != nil else {
      run = 0
      return false
    }
    for byte in bytes {
      run = byte == 0 ? run + 1 : 0
      nulBytes += byte == 0 ? 1 : 0
      if run == Self.runMax { return true }
    }
    return nulBytes >= Self.countMax && nulBytes >= allBytes / 4
  }
}

extension InvalidJSON {
  /// The same place with another message.
  func saying(_ message: String) -> InvalidJSON {
    InvalidJSON(line: line, column: column, offset: offset, message: message, reason: reason, format: format)
  }

  /// NULs in this line.
  var asBinary: InvalidJSON {
    saying("NUL bytes: binary data, or a file that a crash has torn, not lines of JSON")
  }
}

extension ForeignContent {
  /// Whether all of an input is of that kind, and not just a line of it.
  var isWholeInput: Bool {
    switch self {
    case .notANumber, .infinity, .comment, .byteOrderMark: false
    default: true
    }
  }
}
