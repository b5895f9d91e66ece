import CZminSIMD
package import ZminCore
package import ZminMemory

/// A kernel together with its workspace.
package struct KernelRun: ~Copyable {
  package let kernel: Kernel
  private let buffer: ByteBuffer?

  /// Allocates the workspace.
  ///
  /// - Throws: ``OutOfMemory``.
  package init(_ kernel: Kernel, ledger: MemoryLedger) throws(OutOfMemory) {
    self.kernel = kernel
    buffer =
      kernel.workspaceBytes == 0
      ? nil : try ByteBuffer(byteCount: kernel.workspaceBytes, for: .kernelWorkspace, in: ledger)
  }

  /// The number of bytes that a kernel may write past the last output byte.
  package static let outputSlackBytes = Int(ZMIN_OUTPUT_SLACK)

  var workspace: UnsafeMutableRawPointer? {
    switch buffer {
    case .some(let buffer): unsafe buffer.bytes.baseAddress
    case .none: nil
    }
  }

  /// Minifies and checks `input`.
  ///
  /// A nil result means that the kernel could not prove the input clean. The input may still be valid: the caller must
  /// let ``Reference`` decide.
  ///
  /// - Parameters:
  ///   - state: The document's state. Room for `input.count` levels must be reserved in its nesting. Undefined after
  ///     nil.
  ///   - output: Room for `input.count` bytes, in `concat` 5 bytes for 3 of the input, plus ``outputSlackBytes``.
  /// - Returns: The number of bytes written, nil if the input was not proved clean.
  package func check(
    _ state: inout DocumentState, format: Format, depthMax: Int, _ input: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) -> Int? {
    guard unsafe !input.isEmpty else { return 0 }
    var shared = unsafe zmin_state(
      nesting: zmin_nesting(
        open: state.nesting.forKernels, closed: .none, depth_increase_max: 0, base: LevelSet.top.rawValue),
      depth_max: depthMax, lexeme: state.lexeme.rawValue, expectation: state.expectation.rawValue)
    guard let end = unsafe check(&shared, format, input, into: output) else { return nil }
    state.lexeme = end.lexeme
    state.expectation = end.expectation
    unsafe state.nesting.assign(fromKernels: shared.nesting.open)
    return end.writtenBytes
  }

  /// Minifies and checks a slice of a document without knowing the bytes before it.
  ///
  /// - Parameters:
  ///   - nesting: Set to the slice's unmatched brackets.
  ///   - start: The assumed position of the slice's start within a token.
  ///   - depthIncreaseMax: The most levels that the slice may open beyond those before it.
  ///   - output: Room as for ``check(_:format:depthMax:_:into:)``. An LF before the first token is not written, since
  ///     it depends on the bytes before the slice.
  /// - Returns: The slice's local summary, nil if the slice was not proved clean after that start.
  /// - Throws: ``OutOfMemory``.
  package func checkSlice(
    _ nesting: inout SliceNesting, startingIn start: SlicePrefix.Start, format: Format, depthIncreaseMax: Int,
    _ slice: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws(OutOfMemory) -> LocalSummary? {
    let prefix = unsafe SlicePrefix(slice, startingIn: start, format)
    try nesting.reset(in: prefix.levels, byteCount: slice.count)
    guard let first = prefix.first, prefix.blankByteCount < slice.count else {
      return prefix.summaryOfBlanks(after: start)
    }
    var state = unsafe nesting.stateForKernels(after: prefix, startingIn: start, depthIncreaseMax: depthIncreaseMax)
    let rest = unsafe UnsafeRawBufferPointer(rebasing: slice[prefix.blankByteCount...])
    guard let end = unsafe check(&state, format, rest, into: output) else { return nil }
    return unsafe nesting.summary(of: state, startingIn: start, with: first, endingIn: end)
  }

  /// The end of a clean run of bytes.
  struct End {
    let writtenBytes: Int
    let lexeme: Lexeme
    let expectation: Expectation
  }

  /// Runs the kernel. Returns nil if `input` is empty or not proved clean.
  private func check(
    _ state: inout zmin_state, _ format: Format, _ input: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) -> End? {
    guard let start = input.baseAddress, let out = output.baseAddress else { return nil }
    var written = 0
    let isClean = unsafe kernel.check(
      &state, format.forKernels, start.assumingMemoryBound(to: UInt8.self), input.count,
      out.assumingMemoryBound(to: UInt8.self), &written, workspace)
    guard isClean, let lexeme = unsafe Lexeme(rawValue: state.lexeme),
      let expectation = unsafe Expectation(rawValue: state.expectation)
    else { return nil }
    return End(writtenBytes: written, lexeme: lexeme, expectation: expectation)
  }

  /// Minifies `input` without checks. The format must be `json` or `ndjson`.
  ///
  /// - Parameter output: Room as for ``check(_:format:depthMax:_:into:)``.
  /// - Returns: The number of bytes written.
  package func unchecked(
    _ state: inout UncheckedState, format: Format, _ input: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) -> Int {
    guard let start = input.baseAddress, let out = output.baseAddress, unsafe !input.isEmpty else { return 0 }
    var shared = zmin_raw_state(
      string_state: state.stringState.rawValue, kept_since_lf: state.owesLineFeed ? 1 : 0)
    let written = unsafe kernel.unchecked(
      &shared, format.forKernels, start.assumingMemoryBound(to: UInt8.self), input.count,
      out.assumingMemoryBound(to: UInt8.self), workspace)
    state.stringState = StringState(rawValue: shared.string_state) ?? .outside
    state.owesLineFeed = shared.kept_since_lf != 0
    return written
  }
}

extension SlicePrefix {
  /// The summary of a slice with no bytes after its leading blanks.
  func summaryOfBlanks(after start: Start) -> LocalSummary {
    LocalSummary(start: start.lexeme, end: start.lexeme, tokens: first.map { TokenRun($0) } ?? TokenRun())
  }
}

extension SliceNesting {
  /// The kernel state at the first token of a slice.
  func stateForKernels(after prefix: SlicePrefix, startingIn start: SlicePrefix.Start, depthIncreaseMax: Int)
    -> zmin_state
  {
    unsafe zmin_state(
      nesting: zmin_nesting(
        open: openers.forKernels, closed: closers.forKernels, depth_increase_max: 0, base: prefix.levels.rawValue),
      depth_max: depthIncreaseMax, lexeme: start.lexeme.rawValue, expectation: prefix.expectation.rawValue)
  }

  /// Copies the brackets of a clean slice from the kernel's state, and returns the slice's local summary.
  mutating func summary(
    of state: zmin_state, startingIn start: SlicePrefix.Start, with first: Token, endingIn end: KernelRun.End
  ) -> LocalSummary {
    unsafe openers.assign(fromKernels: state.nesting.open)
    unsafe closers.assign(fromKernels: state.nesting.closed)
    base = unsafe LevelSet(rawValue: state.nesting.base)
    depthIncreaseMax = unsafe min(state.nesting.depth_increase_max, state.depth_max)
    // A slice of one string ends with a token whose role only the next slice decides.
    let isUndecided = first == .string || first == .restOfString
    let innermost = openers.innermost.map { LevelSet($0) } ?? base
    return LocalSummary(
      start: start.lexeme, end: end.lexeme,
      tokens: TokenRun(first: first, ending: isUndecided ? .loneString : .init(end.expectation, in: innermost)),
      outputByteCount: end.writtenBytes)
  }
}

extension NestingStack {
  /// The levels as kernels see them, in the same memory.
  fileprivate var forKernels: zmin_levels {
    unsafe zmin_levels(top: top, words: words.baseAddress, count: wordCount, capacity: words.count)
  }

  fileprivate mutating func assign(fromKernels levels: zmin_levels) {
    top = unsafe levels.top
    wordCount = unsafe levels.count
  }
}

extension zmin_levels {
  /// No levels and no room for any.
  fileprivate static var none: zmin_levels { unsafe zmin_levels(top: 1, words: nil, count: 0, capacity: 0) }
}
