import ZminCore
import ZminMemory

/// Joins the slices of one part of a document, and writes their output.
///
/// The nesting before the part is not known. So the slices are joined to one summary, which can be joined to that of
/// the bytes before later. A slice that does not fit is scanned again from the state that the one before ends in. If it
/// does not fit then either, the part ends before it.
struct PartJoiner: SliceJoining, ~Copyable {
  /// Thrown before a slice that no valid document has there, if the start of the part was assumed rightly.
  struct Stopped: Error {}

  private let options: MinifierOptions
  private let scanner: SliceScanner
  private let elements: ByteBuffer
  private let beginsDocument: Bool
  private let isStartGiven: Bool
  private let inspect: PartInspector
  private(set) var findings: PartFindings
  private var lines = LineCounter()

  /// - Parameters:
  ///   - start: State that the part is assumed to start in; nil to infer it from its bytes.
  ///   - beginsDocument: True for the first part, which may begin with a byte order mark.
  ///   - inspect: Receives the bytes of each slice and its output.
  /// - Throws: ``OutOfMemory``.
  init(
    _ options: MinifierOptions, sliceBytes: Int, start: Lexeme?, beginsDocument: Bool,
    inspect: @escaping PartInspector, ledger: MemoryLedger
  ) throws(OutOfMemory) {
    elements = try ByteBuffer(
      byteCount: sliceBytes + SliceSlot.inputMarginBytes, for: .inputWindow, in: ledger)
    self.options = options
    scanner = SliceScanner(format: options.format)
    self.beginsDocument = beginsDocument
    self.inspect = inspect
    findings = PartFindings(start: start ?? .between)
    isStartGiven = start != nil || beginsDocument
  }

  var joinedBytes: Int { findings.minifiedBytes }

  /// State at the end of the bytes so far.
  private var end: Lexeme { findings.summary.local?.end ?? findings.start }

  var endsInString: Bool { end.isInString }

  mutating func join<Output: ByteSink & ~Copyable>(
    _ slot: SliceSlot, to output: inout Output, countsLines: Bool
  ) throws -> Failure? {
    if let difference = slot.difference { throw difference.moved(by: findings.minifiedBytes) }
    let bytes = slot.bytes
    if !bytes.isEmpty {
      if findings.minifiedBytes == 0, !isStartGiven, let start = SliceBoundary.start(before: bytes) {
        findings.start = start.lexeme
      }
      guard let joined = joinMinified(slot) ?? joinScanned(slot) else { throw slot.error ?? Stopped() }
      let piece = slot.outputBytes(joined.outputBytes, afterLineFeed: joined.isBoundary)
      note(bytes, piece)
      try output.write(piece, isUnchanged: false)
    }
    if let error = slot.error { throw error }
    return nil
  }

  /// Output of a slice, and whether an LF stands before it.
  private struct Joined {
    let outputBytes: Int
    let isBoundary: Bool
  }

  /// Joins a slice as a worker has minified it; nil if it does not fit.
  private mutating func joinMinified(_ slot: SliceSlot) -> Joined? {
    guard case .checked(let local) = slot.minified.finding else { return nil }
    let summary = SliceSummary(local, UnmatchedBrackets(slot.minified.nesting))
    guard let isBoundary = append(summary) else { return nil }
    noteOpenQuote(slot.minified.openQuote, local)
    return Joined(outputBytes: local.outputByteCount, isBoundary: isBoundary)
  }

  /// Scans a slice from the state at the end of the bytes so far, and joins it; nil if it does not fit.
  private mutating func joinScanned(_ slot: SliceSlot) -> Joined? {
    let bytes = slot.bytes.dropFirst(byteOrderMarkBytes(slot.bytes))
    // The byte order mark is no part of the document.
    if bytes.isEmpty { return Joined(outputBytes: 0, isBoundary: false) }
    var elements = ElementBuffer(self.elements.bytes.bindMemory(to: Element.self))
    let slice = UnsafeRawBufferPointer(rebasing: bytes)
    guard let local = scanner.scan(slice, from: end, into: slot.room, elements: &elements) else { return nil }
    guard let isBoundary = append(SliceSummary(local, elements: elements.elements)) else { return nil }
    let quote = local.end.isInString ? slice.lastOpeningQuote(startingIn: local.start) : nil
    noteOpenQuote(quote.map { $0 + slot.bytes.count - slice.count }, local)
    return Joined(outputBytes: local.outputByteCount, isBoundary: isBoundary)
  }

  private func byteOrderMarkBytes(_ bytes: UnsafeRawBufferPointer) -> Int {
    beginsDocument && findings.minifiedBytes == 0 && bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
  }

  /// Appends a slice to the summary, unless it does not fit, or would make the document too deep.
  ///
  /// - Returns: True if a value ends before it, and another one or a record begins with it.
  private mutating func append(_ slice: SliceSummary) -> Bool? {
    var summary = findings.summary
    // The summary of no bytes takes any start.
    guard slice.local?.start == end, let seam = summary.append(slice, format: options.format),
      max(summary.nesting.openers.count, summary.nesting.closers.count) <= options.depthMax
    else { return nil }
    findings.summary = summary
    return seam.isBoundary
  }

  private mutating func noteOpenQuote(_ quote: Int?, _ local: LocalSummary) {
    if !local.end.isInString {
      findings.openQuote = nil
    } else if let quote {
      findings.openQuote = findings.minifiedBytes + quote
    }
  }

  private mutating func note(_ bytes: UnsafeRawBufferPointer, _ piece: UnsafeRawBufferPointer) {
    inspect(bytes, piece)
    lines.advance(over: bytes)
    let position = lines.position
    findings.minifiedBytes += bytes.count
    findings.outputBytes += piece.count
    findings.lineFeedCount = position.line - 1
    findings.lastLineFeed = position.line > 1 ? findings.minifiedBytes - position.column : nil
  }
}
