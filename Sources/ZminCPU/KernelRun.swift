import CZminSIMD
package import ZminCore
package import ZminMemory

/// A kernel with its workspace: runs of bytes in, minified bytes out.
package struct KernelRun: ~Copyable {
  /// The kernel that does the work.
  package let kernel: Kernel
  private let buffer: ByteBuffer?

  /// - Throws: ``OutOfMemory``.
  package init(_ kernel: Kernel, ledger: MemoryLedger) throws(OutOfMemory) {
    self.kernel = kernel
    buffer =
      kernel.workspaceBytes == 0
      ? nil : try ByteBuffer(byteCount: kernel.workspaceBytes, for: .kernelWorkspace, in: ledger)
  }

  /// Bytes that a kernel may write past the last one that it returns as written.
  package static let outputSlackBytes = Int(ZMIN_OUTPUT_SLACK)

  private var workspace: UnsafeMutableRawPointer? {
    switch buffer {
    case .some(let buffer): buffer.bytes.baseAddress
    case .none: nil
    }
  }

  /// Minifies and checks `input`.
  ///
  /// - Parameters:
  ///   - state: The document's state; room for `input.count` levels must have been reserved in its nesting. After a
  ///     run that is not clean it holds nothing of use.
  ///   - output: Room for all that is kept, in `concat` 5 bytes for 3 of the input, and for
  ///     ``outputSlackBytes`` more.
  /// - Returns: The number of bytes written, nil if the input is not plainly clean.
  package func check(
    _ state: inout DocumentState, format: Format, depthMax: Int, _ input: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) -> Int? {
    guard let start = input.baseAddress, let out = output.baseAddress, !input.isEmpty else { return 0 }
    var shared = zmin_state(
      nesting: zmin_nesting(
        top: state.nesting.top, words: state.nesting.words.baseAddress, count: state.nesting.wordCount,
        capacity: state.nesting.words.count),
      depth_max: depthMax, lexeme: state.lexeme.rawValue, expectation: state.expectation.rawValue)
    var written = 0
    let isClean = kernel.check(
      &shared, format.forKernels, start.assumingMemoryBound(to: UInt8.self), input.count,
      out.assumingMemoryBound(to: UInt8.self), &written, workspace)
    guard isClean, let lexeme = Lexeme(rawValue: shared.lexeme),
      let expectation = Expectation(rawValue: shared.expectation)
    else { return nil }
    state.lexeme = lexeme
    state.expectation = expectation
    state.nesting.top = shared.nesting.top
    state.nesting.wordCount = shared.nesting.count
    return written
  }

  /// Minifies `input` without any check, `json` or `ndjson`.
  ///
  /// - Returns: The number of bytes written to `output`, which has room as for ``check(_:format:depthMax:_:into:)``.
  package func unchecked(
    _ state: inout UncheckedState, format: Format, _ input: UnsafeRawBufferPointer,
    into output: UnsafeMutableRawBufferPointer
  ) -> Int {
    guard let start = input.baseAddress, let out = output.baseAddress, !input.isEmpty else { return 0 }
    var shared = zmin_raw_state(
      string_state: state.stringState.rawValue, kept_since_lf: state.owesLineFeed ? 1 : 0)
    let written = kernel.unchecked(
      &shared, format.forKernels, start.assumingMemoryBound(to: UInt8.self), input.count,
      out.assumingMemoryBound(to: UInt8.self), workspace)
    state.stringState = StringState(rawValue: shared.string_state) ?? .outside
    state.owesLineFeed = shared.kept_since_lf != 0
    return written
  }
}
