import ZminCPU
package import ZminCore
package import ZminMemory

/// Minifies one input, given in windows of any size: bytes in, bytes out.
///
/// It allocates nothing for a window. Its memory does not depend on the length of the input, only on its depth, by one
/// bit a level.
package struct Minifier: ~Copyable, Sendable {
  package let options: MinifierOptions
  private let kernel: KernelRun
  private var reference: Reference
  private var state: DocumentState
  private var windowStart: DocumentState
  private var unchecked = UncheckedState()

  /// Bytes consumed.
  private var consumedBytes = 0
  /// Bytes of a leading byte order mark so far; its length once it is known whether there is one.
  private var byteOrderMarkBytes = 0
  private var head: [UInt8] = []
  private var recent = RecentBytes()
  /// True once ``endValue(into:)`` has ended a value. In `concat`, ``Expectation/start`` then means: after a value
  /// whose LF is written. The same bytes may follow, but without that LF, and a fault may have another name.
  private var hasEndedValue = false
  /// Offset of the quote that opened the current string, or the string with the fault.
  private(set) var openQuoteOffset: Int?
  private var pending: PendingFailure?
  /// Set only if windows are to be verified.
  private var verifier: WindowVerifier?
  /// Difference to the result of another path. If set, no output of this input may be used.
  private(set) var difference: VerificationDifference?

  /// Result of a call.
  package struct Result {
    /// Bytes written to the output.
    package var writtenBytes = 0
    /// Set once the first error is known and no later byte can change its message. Afterwards only ``reset()`` may be
    /// called.
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
    head.reserveCapacity(ForeignContent.headBytes)
  }

  /// Memory of a minifier, at most, in bytes: the kernel's workspace, and twice the nesting, which grows by doubling.
  static func bytes(_ options: MinifierOptions) -> Int {
    let verifierBytes = options.verification == .none ? 0 : WindowVerifier.bytes(options)
    return options.kernel.workspaceBytes + 2 * max(NestingStack.usualBytes, options.depthMax / 8 * 2) + verifierBytes
  }

  /// Room that the output needs for an input of `byteCount` bytes and for ``finish(into:)``.
  package static func outputBytes(forInputBytes byteCount: Int, format: Format) -> Int {
    let kept = format == .concat ? byteCount / 3 * 5 + 5 : byteCount
    return kept + Self.byteOrderMark.count + 1 + KernelRun.outputSlackBytes
  }

  /// Offset of the first error, once it is found. The failure itself may come later.
  package var faultOffset: Int? { pending?.offset }

  /// The first error, with the message that the bytes so far allow; nil if none is found.
  package var failureSoFar: Failure? {
    guard let pending else { return nil }
    return failure(pending)
  }

  /// True if the input so far ends in a string.
  var endsInString: Bool { options.checks ? state.lexeme.isInString : unchecked.stringState != .outside }

  /// Begins another input, or a later part of the same one.
  ///
  /// - Parameter offset: Offset of the next byte. If it is not 0, the first bytes of the input are kept for messages,
  ///   and no byte order mark is expected.
  package mutating func reset(offset: Int = 0) {
    state.reset()
    unchecked = UncheckedState()
    consumedBytes = offset
    byteOrderMarkBytes = offset == 0 ? 0 : Self.byteOrderMark.count
    head.removeLast(max(0, head.count - offset))
    hasEndedValue = false
    recent = RecentBytes()
    openQuoteOffset = nil
    pending = nil
    if offset == 0 { difference = nil }
  }

  /// Begins in the middle of an input.
  ///
  /// - Parameters:
  ///   - summary: Summary of all bytes before, joined from the document's start.
  ///   - offset: Number of these bytes, at least 1.
  ///   - openQuoteOffset: Offset of the quote that opened the string in which they end.
  ///   - head: The first bytes of the input, for messages: ``ForeignContent/headBytes`` of them.
  ///   - recent: The last bytes before the offset, for messages.
  /// - Throws: ``OutOfMemory``.
  package mutating func resume(
    after summary: SliceSummary, at offset: Int, openQuoteOffset: Int?, head: [UInt8], recent: [UInt8]
  ) throws(OutOfMemory) {
    reset(offset: offset)
    try state.assign(from: summary)
    self.openQuoteOffset = openQuoteOffset
    self.head = Array(head.prefix(min(offset, ForeignContent.headBytes)))
    recent.withUnsafeBytes { self.recent.note($0) }
  }

  /// Minifies the next bytes of the input.
  ///
  /// An error is reported at the end of its line or after eight bytes from it on, since these may change its message.
  /// ``failureSoFar`` has it earlier.
  ///
  /// - Parameters:
  ///   - window: The next bytes, of any number.
  ///   - output: Room of ``outputBytes(forInputBytes:format:)`` bytes. After an error it has the bytes kept before it.
  /// - Throws: ``OutOfMemory`` if the memory for deep nesting is refused.
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

  /// Minifies the whole rest of an input in one step, with a kernel alone.
  ///
  /// - Parameters:
  ///   - rest: The rest of an input that is checked.
  ///   - output: Room of ``outputBytes(forInputBytes:format:)`` bytes.
  /// - Returns: Bytes written, nil if the input is not plainly clean. Then call ``reset(offset:)`` and
  ///   ``minify(_:into:)`` for the error.
  /// - Throws: ``OutOfMemory`` as ``minify(_:into:)``.
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

  /// Minifies the next bytes as ``minify(_:into:)`` does, and ends the value that they complete.
  ///
  /// - Throws: Errors of ``minify(_:into:)``.
  package mutating func minifyAtOnce(
    _ window: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(OutOfMemory) -> Result {
    var result = try minify(window, into: output)
    result.writtenBytes += endValue(into: UnsafeMutableRawBufferPointer(rebasing: output[result.writtenBytes...]))
    return result
  }

  /// Ends the value that the input so far completes, in `concat`. Its LF would otherwise come with the next value.
  ///
  /// Callers that must not hold a complete value back call it after any window. The output as a whole stays the same. A
  /// number or literal is complete only with the byte after it. After an error this ends the value before it.
  ///
  /// - Parameter output: Room for one byte, which ``outputBytes(forInputBytes:format:)`` includes.
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
  /// - Parameter output: Room for the LF that ends the last record, or for an incomplete byte order mark.
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

  /// Runs the kernel, which finds the window clean or not. The reference then finds the error, if there is one.
  private mutating func check(
    _ window: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, _ result: inout Result
  ) throws(OutOfMemory) {
    try state.nesting.reserve(window.count)
    // A window closes no more levels than it has bytes. To copy all levels would make windows slow in deep nesting.
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
      recent.note(window)
      consumedBytes += window.count
      return
    }
    try state.assign(from: windowStart, levels: levels)
    let found = runReference(window, into: output, &result)
    if let index = reference.openQuote { openQuoteOffset = consumedBytes + index }
    guard let found else {
      if !state.lexeme.isInString { openQuoteOffset = nil }
      recent.note(window)
      consumedBytes += window.count
      return
    }
    consumedBytes += found.index
    pending = PendingFailure(
      fault: recent.naming(found.fault, after: window.prefix(found.index)), offset: consumedBytes)
    result.failure = extendPendingFailure(with: UnsafeRawBufferPointer(rebasing: window.dropFirst(found.index)))
  }

  /// Runs the reference from the state that there would be without an LF written ahead.
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
      // The first byte is the LF that is already written.
      output.copyMemory(from: UnsafeRawBufferPointer(rebasing: output[1..<reference.written]))
      result.writtenBytes -= 1
    }
    return found
  }

  // MARK: Verification

  /// True if the next bytes are to be verified.
  private var isVerified: Bool { difference == nil && options.verification.includes(consumedBytes) }

  /// Verifies the kernel's result for a window between the two states, if that is to be verified.
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

  /// Appends a slice of the input that was minified separately.
  ///
  /// - Parameters:
  ///   - slice: The result of minifying it.
  ///   - bytes: Its bytes.
  /// - Returns: True if the output needs an LF before the slice. Nil, and nothing changes, if the bytes must go through
  ///   ``minify(_:into:)``: their assumed start was wrong, or they are not plainly clean.
  /// - Throws: ``OutOfMemory`` if the memory for deep nesting is refused.
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
    recent.note(bytes)
    consumedBytes += bytes.count
    return isBoundary
  }

  // MARK: Failures

  /// Keeps the first bytes of the input, which may identify foreign content.
  private mutating func noteHead(_ window: UnsafeRawBufferPointer) {
    if head.count < ForeignContent.headBytes {
      head.append(contentsOf: window.prefix(ForeignContent.headBytes - head.count))
    }
  }

  private mutating func extendPendingFailure(with bytes: UnsafeRawBufferPointer) -> Failure? {
    guard var pending else { return nil }
    pending.next.append(contentsOf: bytes.prefix(ForeignContent.signatureBytes - pending.next.count))
    self.pending = pending
    return pending.isNamed(after: head) ? failure(pending) : nil
  }

  private func failure(_ pending: PendingFailure) -> Failure {
    Failure(
      offset: pending.offset, openQuoteOffset: openQuoteOffset, fault: pending.fault,
      foreignContent: ForeignContent(head: head, fault: pending.fault, at: pending.offset, next: pending.next),
      format: options.format)
  }

  // MARK: Byte order mark

  private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// Consumes the window's part of a leading byte order mark, and returns the rest of the window.
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

  /// Keeps the beginning of an incomplete byte order mark, if the input is not checked.
  private mutating func releaseByteOrderMark(into output: UnsafeMutableRawBufferPointer, _ result: inout Result) {
    guard byteOrderMarkBytes > 0, byteOrderMarkBytes < Self.byteOrderMark.count else { return }
    for byte in Self.byteOrderMark.prefix(byteOrderMarkBytes) {
      output[result.writtenBytes] = byte
      result.writtenBytes += 1
      _ = unchecked.keeps(byte, format: options.format)
    }
  }
}
