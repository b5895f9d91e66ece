import Glibc

/// State of a ``LineRun`` within one input: its counts, and the judgement whether the input fails as a whole.
struct LineProgress {
  /// Ends a run whose input fails as a whole.
  struct Refused: Error {
    let refusal: BadLineRefusal
    let error: InvalidJSON
  }

  var totals = RunTotals()
  /// Position of the next line.
  var counter = LineCounter()
  /// Bytes in the output buffer.
  var acceptedBytes = 0
  /// Those of them that come before the first bad line that is not yet recorded.
  var safeBytes = 0
  private var firstError: InvalidJSON?
  private var firstErrorAtNul: InvalidJSON?
  private var nulBytes = 0
  private let limit: BadLineLimit

  init(_ limit: BadLineLimit) { self.limit = limit }

  /// True until a line comes that is not blank.
  var isAtStart: Bool { totals.validLines == 0 && totals.badLines == 0 && acceptedBytes == 0 }

  /// Judges a bad line at the start of the input.
  ///
  /// - Throws: ``Refused`` if the input is not lines of JSON.
  func checkStart(_ failure: Failure?, _ nuls: NulScan, _ error: InvalidJSON) throws(Refused) {
    guard isAtStart else { return }
    if let content = failure?.foreignContent, content.isWholeInput, content != .nulBytes || nuls.startsWithNul {
      throw Refused(refusal: .notLines, error: error)
    }
    if nuls.isBinary { throw Refused(refusal: .notLines, error: error.asBinary) }
  }

  /// Counts a bad line, after it was put into the sink.
  ///
  /// - Throws: ``Refused`` if there are too many.
  mutating func reject(_ nuls: NulScan, _ error: InvalidJSON) throws(Refused) {
    firstError = firstError ?? error
    if nuls.nulBytes > 0 { firstErrorAtNul = firstErrorAtNul ?? error }
    nulBytes += nuls.nulBytes
    totals.badLines += 1
    if case .lines(let count) = limit, totals.badLines > count {
      throw refused(.tooMany, "more lines are not valid than the \(count) allowed")
    }
  }

  /// Judges the input at its end.
  ///
  /// - Throws: ``Refused`` if more than half of it is NULs, if no line is valid, or if too many are bad.
  func finish() throws(Refused) {
    guard totals.badLines > 0 else { return }
    if let firstErrorAtNul, nulBytes > totals.inputBytes / 2 {
      throw Refused(refusal: .notLines, error: firstErrorAtNul.asBinary)
    }
    let lineCount = totals.badLines + totals.validLines
    if totals.validLines == 0 { throw refused(.noneValid, "no valid line") }
    let allowed = limit.allowedLines(of: lineCount)
    if totals.badLines > allowed {
      throw refused(
        .tooMany, "\(totals.badLines) of \(lineCount) lines are not valid, more than the \(allowed) allowed")
    }
  }

  private func refused(_ refusal: BadLineRefusal, _ reason: String) -> Refused {
    guard let firstError else { preconditionFailure("only bad lines are a reason") }
    return Refused(refusal: refusal, error: firstError.saying("\(reason); first error: \(firstError.message)"))
  }
}

/// Count of NUL bytes in a bad line. Text has none. A crash leaves runs of them, and binary data has them from its
/// start.
struct NulScan {
  private static let runMax = 16
  private static let countMax = 8

  private(set) var startsWithNul = false
  private var run = 0
  private var hasLongRun = false
  private(set) var nulBytes = 0
  private var allBytes = 0

  /// Counts the next bytes of the line.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    if allBytes == 0 { startsWithNul = bytes.first == 0 }
    allBytes += bytes.count
    guard let start = bytes.baseAddress, memchr(start, 0, bytes.count) != nil else {
      run = 0
      return
    }
    for byte in bytes {
      run = byte == 0 ? run + 1 : 0
      nulBytes += byte == 0 ? 1 : 0
      if run == Self.runMax { hasLongRun = true }
    }
  }

  /// True if the line begins with a NUL and has a run of 16, or at least eight that are a quarter of its bytes.
  var isBinary: Bool {
    startsWithNul && (hasLongRun || nulBytes >= Self.countMax && nulBytes >= allBytes / 4)
  }
}

extension InvalidJSON {
  /// The same error with another message.
  func saying(_ message: String) -> InvalidJSON {
    InvalidJSON(line: line, column: column, offset: offset, message: message, reason: reason, format: format)
  }

  /// The error of a line of NULs.
  var asBinary: InvalidJSON {
    saying("NUL bytes: binary data, or a file that a crash has torn, not lines of JSON")
  }
}

extension ForeignContent {
  /// True if the content is that of a whole input and not of a line.
  var isWholeInput: Bool {
    switch self {
    case .notANumber, .infinity, .comment, .literal, .singleQuotes, .unquotedKey, .byteOrderMark: false
    default: true
    }
  }
}
