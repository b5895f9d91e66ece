import Testing
import ZminCore
import ZminMemory
import ZminTestSupport

/// Joins slices in order, both by their summaries and by a document's state, and compares the two.
struct SummaryJoiner: ~Copyable {
  var random: SplitMix64
  private let format: Format
  private let depthMax: Int
  private var reference: Reference
  /// The state advanced slice by slice.
  private var state: DocumentState
  /// The state set from the summary of all slices so far.
  private var restarted: DocumentState
  private var nesting: SliceNesting

  init(_ format: Format, depthMax: Int = 1 << 20, seed: UInt64) throws {
    self.format = format
    self.depthMax = depthMax
    random = SplitMix64(seed: seed)
    reference = Reference(format: format, depthMax: depthMax)
    // All values are made before one is stored: a partly initialised noncopyable value cannot be destroyed.
    let ledger = MemoryLedger()
    let first = try DocumentState(ledger: ledger)
    let second = try DocumentState(ledger: ledger)
    let nesting = try SliceNesting(ledger: ledger)
    state = first
    restarted = second
    self.nesting = nesting
  }

  /// Joins the slices of `input` between `cuts` and checks the result.
  mutating func expectAgreement(_ input: [UInt8], at cuts: [Int], _ oracle: Oracle) throws {
    let mismatch = try mismatch(input, at: cuts, oracle)
    if let mismatch { Issue.record("\(format): \(readable(input)) at \(cuts): \(mismatch)") }
  }

  /// Describes the first mismatch of the join, nil if there is none.
  private mutating func mismatch(_ input: [UInt8], at cuts: [Int], _ oracle: Oracle) throws -> String? {
    var joined = SliceSummary.documentStart
    var lexical = LexicalSummary()
    var output: [UInt8] = []
    var parts = [joined]
    state.reset()
    for slice in input.slices(at: cuts) {
      guard let start = joined.local?.end else { return "no end" }
      if let mismatch = mismatchAfterWrongStart(slice, insteadOf: start, joined) { return mismatch }
      let scanned = ScannedSlice(slice, from: start, format)
      var next = joined
      next.append(scanned.summary, format: format)
      let fits = !next.isDirty && next.nesting.depthIncreaseMax <= depthMax
      let seam = try append(scanned.summary)
      if (seam != nil) != fits { return "the state and the summaries disagree in \(slice.indices)" }
      guard fits, let seam else { return try mismatchWhereDirty(input, slice, joined, oracle) }
      if seam.isBoundary { output.append(UInt8(ascii: "\n")) }
      output += scanned.output
      joined = next
      lexical.append(scanned.lexical)
      parts.append(scanned.summary)
      try restarted.assign(from: joined)
      guard Self.areEqual(state, restarted) else { return "two states after \(slice.indices)" }
    }
    if random.join(parts, format) != joined { return "another grouping gives another summary" }
    if lexical[.outside].end.isInString, lexical[.outside].openQuote != Self.openQuote(input) {
      return "the open string begins elsewhere"
    }
    let isComplete = joined.isComplete(format)
    if isComplete != (oracle.errorOffset == nil) { return "complete: \(isComplete)" }
    if state.mayEnd(format) != isComplete { return "the state may end: \(!isComplete)" }
    if !isComplete { return oracle.errorOffset == input.count ? nil : "an error is missed" }
    if joined.local?.outputByteCount != output.count { return "wrong count of bytes" }
    if format != .json, state.expectation == .end { output.append(UInt8(ascii: "\n")) }
    return output == oracle.output ? nil : "output \(readable(output))"
  }

  private mutating func append(_ summary: SliceSummary) throws -> TokenRun.Seam? {
    if summary == .identity { return .undecided }
    guard let local = summary.local else { return nil }
    try nesting.assign(from: summary.nesting)
    return try state.append(local, nesting, format: format, depthMax: depthMax)
  }

  /// Checks that a slice scanned from a wrong start state does not join.
  private mutating func mismatchAfterWrongStart(
    _ slice: ArraySlice<UInt8>, insteadOf start: Lexeme, _ joined: SliceSummary
  ) -> String? {
    let wrongStart = random.pick(Lexeme.allCases)
    guard wrongStart != start, !slice.isEmpty else { return nil }
    let summary = ScannedSlice(slice, from: wrongStart, format).summary
    let isDirty = joined.combined(with: summary, format: format).isDirty
    return isDirty ? nil : "\(wrongStart) taken for \(start) before \(slice.indices)"
  }

  /// Checks that a dirty slice contains the error, and that the reference finds it from the state before the slice.
  private mutating func mismatchWhereDirty(
    _ input: [UInt8], _ slice: ArraySlice<UInt8>, _ joined: SliceSummary, _ oracle: Oracle
  ) throws -> String? {
    try restarted.assign(from: joined)
    guard Self.areEqual(state, restarted) else { return "a slice that does not fit has changed the state" }
    try restarted.nesting.reserve(slice.count)
    var room = [UInt8](repeating: 0, count: 2 * slice.count)
    let error = slice.withUnsafeBytes { slice in
      room.withUnsafeMutableBytes { reference.run(&restarted, slice, into: $0) }
    }
    guard let error else { return "no error in the dirty slice \(slice.indices)" }
    let offset = slice.startIndex + error.index
    return offset == oracle.errorOffset ? nil : "error at \(offset), not \(oracle.errorOffset as Any)"
  }

  private static func areEqual(_ first: borrowing DocumentState, _ second: borrowing DocumentState) -> Bool {
    guard first.lexeme == second.lexeme, first.expectation == second.expectation else { return false }
    return kinds(first.nesting) == kinds(second.nesting)
  }

  private static func kinds(_ nesting: borrowing NestingStack) -> [UInt64] {
    // The same levels have two layouts: with `top` equal to 1, or with the last word moved into it.
    let words = Array(nesting.words.prefix(nesting.wordCount))
    return nesting.top == 1 ? words : words + [nesting.top]
  }

  private static func openQuote(_ input: [UInt8]) -> Int? {
    var state = StringState.outside
    var quote: Int?
    for (index, byte) in input.enumerated() {
      let next = state.after(byte)
      if state == .outside, next == .inString { quote = index }
      state = next
    }
    return state == .outside ? nil : quote
  }
}

extension SliceNesting {
  /// Copies `residue`.
  fileprivate mutating func assign(from residue: UnmatchedBrackets) throws {
    try reset(in: residue.base, byteCount: max(residue.openers.count, residue.closers.count))
    residue.openers.forEach { openers.open($0) }
    residue.closers.forEach { closers.open($0) }
    depthIncreaseMax = residue.depthIncreaseMax
  }
}
