import ZminCPU
package import ZminCore
package import ZminMemory

/// Minifies one input, given in windows of any size: bytes in, bytes out.
///
/// Nothing is allocated for a window, and the memory used does not depend on the length of the input, only, by one bit a
/// level, on how deep it nests.
package struct Minifier: ~Copyable, Sendable {
  /// What it does.
  package let options: MinifierOptions
  private let kernel: KernelRun
  private var reference: Reference
  private var state: DocumentState
  private var windowStart: DocumentState
  private var unchecked = UncheckedState()

  /// Bytes taken so far.
  private var consumedBytes = 0
  /// How many bytes of a leading byte order mark have come; more than its length once that is decided.
  private var byteOrderMarkBytes = 0
  private var head: [UInt8] = []
  /// Set once ``endValue(into:)`` has ended a value. In `concat`, ``Expectation/start`` then stands after a value whose
  /// LF is written: the same to whatever may come, but for that LF and for the name of a fault.
  private var hasEndedValue = false
  /// Where the string began that is open now, or that the fault is in.
  private(set) var openQuoteOffset: Int?
  private var pending: PendingFailure?
  /// There if something is to be verified.
  private var verifier: WindowVerifier?
  /// What was found to differ from what another path makes of it; nothing of this input may be used then.
  private(set) var difference: VerificationDifference?

  /// A fault that waits for the bytes after it, which may name it better.
  private struct PendingFailure {
    let fault: Fault
    let offset: Int
    var next: [UInt8] = []

    /// Set once no later byte changes the message: all that names foreign content is there, or the line has ended. An
    /// LF beside a NUL may be half of a UTF-16 character, and ends no line.
    var isNamed: Bool {
      next.count == ForeignContent.signatureBytes || next.contains(UInt8(ascii: "\n")) && !next.contains(0)
    }
  }

  /// What a call gave.
  package struct Result {
    /// Bytes written to the output.
    package var writtenBytes = 0
    /// Set once the first error is known and no later byte can name it better; nothing may be given to the minifier
    /// afterwards but ``reset()``.
    package var failure: Failure?
  }

  /// - Throws: ``OutOfMemory``.
  package init(_ options: MinifierOptions, ledger: MemoryLedger) throws(OutOfMemory) {
    let kernel = try KernelRun(options.kernel, ledger: ledger)
    let state = try DocumentState(ledger: ledger)
    let windowStart = try DocumentState(ledger: ledger)
    let verifier = options.verification == .none ? nil : try WindowVerifier(options, ledger: ledger)
    self.options = options
    self.kernel = kernel
    self.state = state
    self.windowStart = windowStart
    self.verifier = verifier
    reference = Reference(format: options.format, depthMax: max(0, options.depthMax))
    head.reserveCapacity(ForeignContent.signatureBytes)
  }

  /// What a minifier takes at most, in bytes: a kernel's workspace, and twice the nesting, which grows by doubling.
  static func bytes(_ options: MinifierOptions) -> Int {
    let verifierBytes = options.verification == .none ? 0 : WindowVerifier.bytes(options)
    return options.kernel.workspaceBytes + 2 * max(NestingStack.usualBytes, options.depthMax / 8 * 2) + verifierBytes
  }

  /// The room that the output needs for an input of `byteCount` bytes and for what ``finish(into:)`` adds.
  package static func outputBytes(forInputBytes byteCount: Int, format: Format) -> Int {
    let kept = format == .concat ? byteCount / 3 * 5 + 5 : byteCount
    return kept + Self.byteOrderMark.count + 1 + KernelRun.outputSlackBytes
  }

  /// Where the first error is, once it is found; the failure itself may come later.
  package var faultOffset: Int? { pending?.offset }

  /// The first error as the bytes so far name it, for when nobody waits for those after it; nil if none is found.
  package var failureSoFar: Failure? {
    guard let pending else { return nil }
    return failure(pending)
  }

  /// Whether the input so far ends in a string.
  var endsInString: Bool { options.checks ? state.lexeme.isInString : unchecked.stringState != .outside }

  /// Forgets the input so far and begins another.
  ///
  /// - Parameter offset: The offset that its first byte is said to have. Past 0 it is a later part of the same input:
  ///   what is known of the input's first bytes stays, and no byte order mark is looked for.
  package mutating func reset(offset: Int = 0) {
    state.reset()
    unchecked = UncheckedState()
    consumedBytes = offset
    byteOrderMarkBytes = offset == 0 ? 0 : Self.byteOrderMark.count
    head.removeLast(max(0, head.count - offset))
    hasEndedValue = false
    openQuoteOffset = nil
    pending = nil
    if offset == 0 { difference = nil }
  }

  /// Minifies the next bytes of the input.
  ///
  /// An error is reported with its line's end or the eighth byte from it on, as these can name it better; who does not
  /// wait for them takes ``failureSoFar``.
  ///
  /// - Parameters:
  ///   - window: The next bytes, of any number.
  ///   - output: Room as ``outputBytes(forInputBytes:format:)`` says. After an error it holds what was kept before it.
  /// - Throws: ``OutOfMemory`` if the nesting is so deep that the memory for it is refused.
  package mutating func minify(
    _ window: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(OutOfMemory) -> Result {
    noteHead(window)
    if pending != nil { return Result(failure: extendPendingFailure(with: window)) }
    var result = Result()
    let rest = takeByteOrderMark(window, into: output, &result)
    guard pending == nil else { return result }
    let room = UnsafeMutableRawBufferPointer(rebasing: output.dropFirst(result.writtenBytes))
    if options.checks {
      try check(rest, into: room, &result)
    } else {
      let start = unchecked
      let written = kernel.unchecked(&unchecked, format: options.format, rest, into: room)
      result.writtenBytes += written
      if isVerified {
        let kept = UnsafeRawBufferPointer(rebasing: room.prefix(written))
        note(verifier?.difference(in: rest, from: start, kept: kept, end: unchecked))
      }
      consumedBytes += rest.count
    }
    return result
  }

  /// Minifies what is the whole rest of the input, in one step and with a kernel alone.
  ///
  /// - Parameters:
  ///   - rest: The rest of an input that is to be checked.
  ///   - output: Room as ``outputBytes(forInputBytes:format:)`` says.
  /// - Returns: Bytes written, nil if the input is not plainly clean; it is then for ``minify(_:into:)`` to say what is
  ///   wrong, after a ``reset(offset:)``.
  /// - Throws: ``OutOfMemory`` as ``minify(_:into:)`` does.
  mutating func minifyIfClean(
    _ rest: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(OutOfMemory) -> Int? {
    noteHead(rest)
    var result = Result()
    let body = takeByteOrderMark(rest, into: output, &result)
    try state.nesting.reserve(body.count)
    if isVerified { try windowStart.assign(from: state) }
    guard pending == nil,
      let writtenBytes = kernel.check(
        &state, format: options.format, depthMax: reference.depthMax, body, into: output)
    else { return nil }
    try verify(body, UnsafeRawBufferPointer(rebasing: output.prefix(writtenBytes)))
    let end = finish(into: UnsafeMutableRawBufferPointer(rebasing: output[writtenBytes...]))
    return end.failure == nil ? writtenBytes + end.writtenBytes : nil
  }

  /// Minifies the next bytes of the input as ``minify(_:into:)`` does, and ends the value that they complete.
  ///
  /// - Throws: As ``minify(_:into:)``.
  package mutating func minifyAtOnce(
    _ window: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(OutOfMemory) -> Result {
    var result = try minify(window, into: output)
    result.writtenBytes += endValue(into: UnsafeMutableRawBufferPointer(rebasing: output[result.writtenBytes...]))
    return result
  }

  /// Ends the value that the input so far completes, in `concat`, whose LF would otherwise come with the next value. To
  /// be called after any window, by whoever must not hold a complete value back; the output as a whole stays the same.
  ///
  /// A number or literal is complete only with the byte after it. After an error this ends the value before it.
  ///
  /// - Parameter output: Room for one byte; what ``outputBytes(forInputBytes:format:)`` gives has it.
  /// - Returns: Bytes written: 1 or 0.
  mutating func endValue(into output: UnsafeMutableRawBufferPointer) -> Int {
    guard options.format == .concat, state.expectation == .end, state.lexeme == .between else { return 0 }
    output[0] = UInt8(ascii: "\n")
    state.expectation = .start
    hasEndedValue = true
    return 1
  }

  /// Ends the input.
  ///
  /// - Parameter output: Room for the LF that ends the last record, or for what looked like a byte order mark.
  package mutating func finish(into output: UnsafeMutableRawBufferPointer) -> Result {
    if let pending { return Result(failure: failure(pending)) }
    var result = Result()
    if options.checks {
      let isCutShort = (1..<Self.byteOrderMark.count).contains(byteOrderMarkBytes)
      if let fault = isCutShort ? .empty : reference.faultAtEnd(state) {
        result.failure = failure(PendingFailure(fault: fault, offset: consumedBytes))
      } else if options.format != .json, state.expectation == .end {
        output[0] = UInt8(ascii: "\n")
        result.writtenBytes = 1
      }
    } else {
      releaseByteOrderMark(into: output, &result)
      if options.format == .ndjson, unchecked.owesLineFeed {
        output[result.writtenBytes] = UInt8(ascii: "\n")
        result.writtenBytes += 1
      }
    }
    return result
  }

  // MARK: Checked windows

  /// A kernel says clean or not; the reference says what is wrong, or that nothing is.
  private mutating func check(
    _ window: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, _ result: inout Result
  ) throws(OutOfMemory) {
    try state.nesting.reserve(window.count)
    // A window closes no more levels than it has bytes: to copy all would make windows as slow as what is open is deep.
    let levels = isVerified ? .max : window.count
    try windowStart.assign(from: state, levels: levels)
    if let written = kernel.check(
      &state, format: options.format, depthMax: reference.depthMax, window, into: output)
    {
      result.writtenBytes += written
      try verify(window, UnsafeRawBufferPointer(rebasing: output.prefix(written)))
      if !state.lexeme.isInString {
        openQuoteOffset = nil
      } else if let index = window.lastOpeningQuote(startingIn: windowStart.lexeme) {
        openQuoteOffset = consumedBytes + index
      }
      consumedBytes += window.count
      return
    }
    try state.assign(from: windowStart, levels: levels)
    let found = runReference(window, into: output, &result)
    if let index = reference.openQuote { openQuoteOffset = consumedBytes + index }
    guard let found else {
      if !state.lexeme.isInString { openQuoteOffset = nil }
      consumedBytes += window.count
      return
    }
    consumedBytes += found.index
    pending = PendingFailure(fault: found.fault, offset: consumedBytes)
    result.failure = extendPendingFailure(with: UnsafeRawBufferPointer(rebasing: window.dropFirst(found.index)))
  }

  /// Has the reference go on from the state, which it is to see as if no LF had been written ahead.
  private mutating func runReference(
    _ window: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, _ result: inout Result
  ) -> (index: Int, fault: Fault)? {
    let isAfterEndedValue = hasEndedValue && state.expectation == .start
    if isAfterEndedValue { state.expectation = .end }
    let found = reference.run(&state, window, into: output)
    result.writtenBytes += reference.written
    guard isAfterEndedValue else { return found }
    if reference.written == 0 {
      state.expectation = .start
    } else {
      // The first byte is the LF that is written already.
      output.copyMemory(from: UnsafeRawBufferPointer(rebasing: output[1..<reference.written]))
      result.writtenBytes -= 1
    }
    return found
  }

  // MARK: Verification

  /// Whether what comes next is to be verified.
  private var isVerified: Bool { difference == nil && options.verification.includes(consumedBytes) }

  /// Verifies what the kernel has made of a window that stands between the two states, if it is to be.
  private mutating func verify(
    _ window: UnsafeRawBufferPointer, _ kept: UnsafeRawBufferPointer
  ) throws(OutOfMemory) {
    guard isVerified else { return }
    note(try verifier?.difference(in: window, from: windowStart, kept: kept, end: state))
  }

  private mutating func note(_ difference: VerificationDifference?) {
    self.difference = difference?.moved(by: consumedBytes)
  }

  // MARK: Slices

  /// Goes on by a slice of the input that was minified apart.
  ///
  /// - Parameters:
  ///   - slice: What was made of it.
  ///   - bytes: Its bytes.
  /// - Returns: Whether an LF comes in the output before the slice's. Nil, and nothing is changed, if it is for
  ///   ``minify(_:into:)`` to take the bytes: they do not start as was assumed, or are not plainly clean.
  /// - Throws: ``OutOfMemory`` if the nesting is so deep that the memory for it is refused.
  mutating func append(
    _ slice: borrowing MinifiedSlice, _ bytes: UnsafeRawBufferPointer
  ) throws(OutOfMemory) -> Bool? {
    guard pending == nil, byteOrderMarkBytes >= Self.byteOrderMark.count else { return nil }
    let isBoundary: Bool
    switch slice.finding {
    case .nothing: return nil
    case .unchecked(let local):
      guard let seam = unchecked.append(local) else { return nil }
      isBoundary = seam
    case .checked(let local):
      guard
        let seam = try state.append(local, slice.nesting, format: options.format, depthMax: reference.depthMax)
      else { return nil }
      isBoundary = seam.isBoundary
      if !local.end.isInString {
        openQuoteOffset = nil
      } else if let index = slice.openQuote {
        openQuoteOffset = consumedBytes + index
      }
    }
    noteHead(bytes)
    consumedBytes += bytes.count
    return isBoundary
  }

  // MARK: Failures

  /// Keeps the first bytes of the input, which may tell what it is.
  private mutating func noteHead(_ window: UnsafeRawBufferPointer) {
    if head.count < ForeignContent.signatureBytes {
      head.append(contentsOf: window.prefix(ForeignContent.signatureBytes - head.count))
    }
  }

  private mutating func extendPendingFailure(with bytes: UnsafeRawBufferPointer) -> Failure? {
    guard var pending else { return nil }
    pending.next.append(contentsOf: bytes.prefix(ForeignContent.signatureBytes - pending.next.count))
    self.pending = pending
    return pending.isNamed ? failure(pending) : nil
  }

  private func failure(_ pending: PendingFailure) -> Failure {
    Failure(
      offset: pending.offset, openQuoteOffset: openQuoteOffset, fault: pending.fault,
      foreignContent: ForeignContent(head: head, fault: pending.fault, at: pending.offset, next: pending.next),
      format: options.format)
  }

  // MARK: Byte order mark

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Takes what the window holds of a leading byte order mark, and gives the rest of the window.
  private mutating func takeByteOrderMark(
    _ window: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, _ result: inout Result
  ) -> UnsafeRawBufferPointer {
    var index = 0
    while byteOrderMarkBytes < Self.byteOrderMark.count, index < window.count {
      guard window[index] == Self.byteOrderMark[byteOrderMarkBytes] else {
        if byteOrderMarkBytes > 0, options.checks {
          pending = PendingFailure(
            fault: .unexpected(window[index], expected: .start), offset: consumedBytes)
          result.failure = extendPendingFailure(with: UnsafeRawBufferPointer(rebasing: window.dropFirst(index)))
          return UnsafeRawBufferPointer(rebasing: window[..<0])
        }
        releaseByteOrderMark(into: output, &result)
        byteOrderMarkBytes = Self.byteOrderMark.count
        break
      }
      byteOrderMarkBytes += 1
      consumedBytes += 1
      index += 1
    }
    return UnsafeRawBufferPointer(rebasing: window.dropFirst(index))
  }

  /// Without a check, the beginning of a byte order mark that does not go on is kept.
  private mutating func releaseByteOrderMark(into output: UnsafeMutableRawBufferPointer, _ result: inout Result) {
    guard byteOrderMarkBytes > 0, byteOrderMarkBytes < Self.byteOrderMark.count else { return }
    for byte in Self.byteOrderMark.prefix(byteOrderMarkBytes) {
      output[result.writtenBytes] = byte
      result.writtenBytes += 1
      _ = unchecked.keeps(byte, format: options.format)
    }
  }
}
