import ZminCore
import ZminMemory

/// What a worker has made of a slice, under what it has assumed of its start.
struct MinifiedSlice: ~Copyable {
  /// What was found out.
  enum Finding {
    /// Nothing, or that the slice is not plainly clean: it is for the joiner to take.
    case nothing
    case checked(LocalSummary)
    case unchecked(UncheckedSlice)
  }

  private(set) var finding = Finding.nothing
  /// What a checked slice does to the nesting.
  private(set) var nesting: SliceNesting
  /// Where in the slice the string began that it ends in, nil if before it.
  private(set) var openQuote: Int?
  /// Bytes of output.
  private(set) var writtenBytes = 0

  /// - Throws: ``OutOfMemory``.
  init(ledger: MemoryLedger) throws(OutOfMemory) { nesting = try SliceNesting(ledger: ledger) }

  /// Whether nothing is known.
  var isNothing: Bool { if case .nothing = finding { true } else { false } }

  /// Makes of it that nothing is known.
  mutating func forget() { finding = .nothing }

  /// Minifies `bytes` from an assumed start.
  ///
  /// - Parameter output: Room as ``Minifier/outputBytes(forInputBytes:format:)`` says.
  /// - Throws: What the minifier throws.
  mutating func make(
    of bytes: UnsafeRawBufferPointer, startingIn start: SlicePrefix.Start, _ options: MinifierOptions,
    with minifier: borrowing some SliceMinifier & ~Copyable, into output: UnsafeMutableRawBufferPointer
  ) throws {
    forget()
    guard options.checks else {
      return try makeUnchecked(of: bytes, startingIn: start, options.format, minifier, output)
    }
    // The bound on depth holds for what stands before the slice too, which is not known: half of it may be there.
    guard
      let local = try minifier.checkSlice(
        &nesting, startingIn: start, format: options.format, riseMax: max(0, options.depthMax) / 2, bytes,
        into: output)
    else { return }
    finding = .checked(local)
    writtenBytes = local.outputByteCount
    openQuote = local.end.isInString ? bytes.lastOpeningQuote(startingIn: local.start) : nil
  }

  private mutating func makeUnchecked(
    of bytes: UnsafeRawBufferPointer, startingIn start: SlicePrefix.Start, _ format: Format,
    _ minifier: borrowing some SliceMinifier & ~Copyable, _ output: UnsafeMutableRawBufferPointer
  ) throws {
    let startState: StringState = start == .between ? .outside : .inString
    var state = UncheckedState()
    state.stringState = startState
    writtenBytes = try minifier.unchecked(&state, format: format, bytes, into: output)
    let blanks = bytes.prefix { ByteClass($0) == .whitespace }
    finding = .unchecked(
      UncheckedSlice(
        start: startState, end: state, keepsBytes: writtenBytes > 0,
        beginsWithLineFeed: format == .ndjson && start == .between && blanks.contains(UInt8(ascii: "\n"))))
  }
}
