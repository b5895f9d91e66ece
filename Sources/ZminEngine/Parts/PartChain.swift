package import ZminCore
package import ZminMemory

/// Parts of a document, joined in order from its start: the verdict that one run over all of it would reach.
///
/// A part is taken as it is if it was minified from the state that the parts before end in, and fits. Otherwise the
/// caller has it minified again from the right state, or explains the error (``explanation(upTo:in:ledger:)``).
package struct PartChain: Sendable {
  /// Answer to a part.
  package enum Answer: Sendable, Equatable {
    /// The part is joined. If true, an LF stands before its output.
    case joined(isBoundary: Bool)
    /// The part was minified from a wrong start.
    case wrongStart(Lexeme)
    /// No valid document has this part here: perhaps its beginning is joined. Only a document that is allowed to be
    /// very deep may have it all the same.
    case invalid
  }

  private let options: MinifierOptions
  /// Summary of all bytes joined so far.
  package private(set) var summary = SliceSummary.documentStart
  /// Bytes joined so far.
  package private(set) var inputBytes = 0
  /// Offset of the quote that opened the string at the end of these bytes; nil if none is open.
  package private(set) var openQuoteOffset: Int?
  /// Lines before each part and at the end.
  private var lines = [LineCounter()]

  package init(_ options: MinifierOptions) { self.options = options }

  /// State that the next part starts in.
  package var end: Lexeme { summary.local?.end ?? .between }

  /// True if the parts so far are a whole document.
  package var isComplete: Bool { summary.isComplete(options.format) }

  /// True if an LF stands behind the output of all parts.
  package var endsWithLineFeed: Bool { options.format != .json && summary.local?.tokens.ending == .value }

  /// Joins the next part.
  ///
  /// - Parameter partBytes: Size of the part. If fewer bytes were minified, no valid document goes on behind them, and
  ///   only they are joined.
  package mutating func append(_ part: PartFindings, partBytes: Int) -> Answer {
    if partBytes == 0 { return .joined(isBoundary: false) }
    guard part.start == end else { return .wrongStart(end) }
    guard let isBoundary = join(part, depthMax: options.depthMax) else { return .invalid }
    return part.minifiedBytes == partBytes ? .joined(isBoundary: isBoundary) : .invalid
  }

  /// Joins a part that has turned out to be valid, whatever the bound of its depth says.
  ///
  /// - Returns: True if an LF stands before its output; nil if it does not fit.
  package mutating func appendValid(_ part: PartFindings) -> Bool? { join(part, depthMax: .max) }

  private mutating func join(_ part: PartFindings, depthMax: Int) -> Bool? {
    var joined = summary
    guard let seam = joined.append(part.summary, format: options.format), joined.nesting.depthIncreaseMax <= depthMax
    else {
      return nil
    }
    summary = joined
    if !end.isInString {
      openQuoteOffset = nil
    } else if let quote = part.openQuote {
      openQuoteOffset = inputBytes + quote
    }
    lines.append(
      lines[lines.count - 1].advanced(
        by: part.minifiedBytes, lineFeedCount: part.lineFeedCount, lastLineFeed: part.lastLineFeed))
    inputBytes += part.minifiedBytes
    return seam.isBoundary
  }

  // MARK: Errors

  /// Goes on behind the joined bytes until the first error.
  ///
  /// - Parameters:
  ///   - end: Offset at which to stop; the size of the input to judge its end, too.
  ///   - input: The whole input.
  /// - Returns: The error that one run over the input reports, nil if there is none before `end`.
  /// - Throws: Errors of the input, ``OutOfMemory``.
  package func explanation<Input: ByteSource & ~Copyable>(
    upTo end: Int, in input: borrowing Input, ledger: MemoryLedger
  ) throws -> InvalidJSON? {
    let windowBytes = 64 << 10
    let window = try ByteBuffer(byteCount: windowBytes, for: .inputWindow, in: ledger)
    let output = try ByteBuffer(
      byteCount: Minifier.outputBytes(forInputBytes: windowBytes, format: options.format), for: .outputWindow,
      in: ledger)
    var minifier = try Minifier(options, ledger: ledger)
    if inputBytes > 0 {
      let head = Array(try input.bytes(0..<min(inputBytes, ForeignContent.headBytes), window.bytes))
      let recentStart = max(0, inputBytes - RecentBytes.count)
      let recent = Array(try input.bytes(recentStart..<inputBytes, window.bytes))
      try minifier.resume(
        after: summary, at: inputBytes, openQuoteOffset: openQuoteOffset, head: head, recent: recent)
    }
    let size = input.seekableSize ?? end
    var offset = inputBytes
    var failure: Failure?
    // Bytes behind the end may name an error better.
    while failure == nil, offset < (minifier.faultOffset == nil ? end : size) {
      let bytes = try input.bytes(offset..<min(offset + windowBytes, size), window.bytes)
      failure = try minifier.minify(bytes, into: output.bytes).failure
      offset += bytes.count
    }
    if failure == nil, offset == size { failure = minifier.finish(into: output.bytes).failure }
    guard let failure = failure ?? minifier.failureSoFar, failure.offset < end || end == size else { return nil }
    return try failure.located { try position(of: $0, in: input, window.bytes) }
  }

  /// Line and column of an offset. Reads from the start of its part on.
  private func position<Input: ByteSource & ~Copyable>(
    of offset: Int, in input: borrowing Input, _ window: UnsafeMutableRawBufferPointer
  ) throws -> TextPosition {
    var lines = lines.last { $0.offset <= offset } ?? LineCounter()
    while lines.offset < offset {
      lines.advance(over: try input.bytes(lines.offset..<min(offset, lines.offset + window.count), window))
    }
    return lines.position
  }
}

extension ByteSource where Self: ~Copyable {
  /// Reads a range.
  ///
  /// - Parameter room: Room for at least as many bytes.
  fileprivate func bytes(
    _ range: Range<Int>, _ room: UnsafeMutableRawBufferPointer
  ) throws -> UnsafeRawBufferPointer {
    var count = 0
    while count < range.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: room[count..<range.count])
      let readBytes = try read(into: rest, at: range.lowerBound + count)
      if readBytes == 0 { throw endedEarlyError }
      count += readBytes
    }
    return UnsafeRawBufferPointer(rebasing: room[..<range.count])
  }
}

extension LineCounter {
  fileprivate func advanced(by byteCount: Int, lineFeedCount: Int, lastLineFeed: Int?) -> LineCounter {
    let position = position
    return LineCounter(
      offset: offset + byteCount, lineFeedCount: position.line - 1 + lineFeedCount,
      lastLineFeed: lastLineFeed.map { offset + $0 } ?? (position.line > 1 ? offset - position.column : nil))
  }
}
