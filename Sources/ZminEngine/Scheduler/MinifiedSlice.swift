import ZminCore
import ZminMemory

/// Result of minifying a slice from an assumed start.
struct MinifiedSlice: ~Copyable {
  /// Findings about the slice.
  enum Finding {
    /// The slice was not minified, or is not plainly clean. The joiner minifies it.
    case nothing
    case checked(LocalSummary)
    case unchecked(UncheckedSlice)
  }

  private(set) var finding = Finding.nothing
  /// Effect of a checked slice on the nesting.
  private(set) var nesting: SliceNesting
  /// Index of the quote that opened the string at the end of the slice, nil if that stands before the slice.
  private(set) var openQuote: Int?
  /// Bytes of output.
  private(set) var writtenBytes = 0

  /// - Throws: ``OutOfMemory``.
  init(ledger: MemoryLedger) throws(OutOfMemory) { nesting = try SliceNesting(ledger: ledger) }

  /// True if there are no findings.
  var isNothing: Bool { if case .nothing = finding { true } else { false } }

  /// Clears the findings.
  mutating func forget() { finding = .nothing }

  /// Minifies `bytes` from an assumed start.
  ///
  /// - Parameter output: Room of ``Minifier/outputBytes(forInputBytes:format:)`` bytes.
  /// - Throws: The minifier's error.
  mutating func make(
    of bytes: UnsafeRawBufferPointer, startingIn start: SlicePrefix.Start, _ options: MinifierOptions,
    with minifier: borrowing some SliceMinifier & ~Copyable, into output: UnsafeMutableRawBufferPointer
  ) throws {
    forget()
    guard options.checks else {
      return try makeUnchecked(of: bytes, startingIn: start, options.format, minifier, output)
    }
    // The depth before the slice is not known. The slice may use half of the bound.
    guard
      let local = try minifier.checkSlice(
        &nesting, startingIn: start, format: options.format, depthIncreaseMax: max(0, options.depthMax) / 2, bytes,
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
