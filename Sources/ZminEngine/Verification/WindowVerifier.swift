import ZminCPU
import ZminCore
import ZminMemory

/// Minifies windows of a document again, from the exact state before them: with the portable kernel, or with the
/// reference if the portable kernel had minified them.
struct WindowVerifier: ~Copyable {
  /// Bytes that are minified at once. Their output is kept in a buffer until it is compared.
  private static let pieceBytes = 32 << 10

  private let kernel: KernelRun
  private let paths: [String]
  private let options: MinifierOptions
  private var state: DocumentState
  private let output: ByteBuffer

  /// - Throws: ``OutOfMemory``.
  init(_ options: MinifierOptions, ledger: MemoryLedger) throws(OutOfMemory) {
    let kernel = try KernelRun(.portable, ledger: ledger)
    let state = try DocumentState(ledger: ledger)
    let output = try ByteBuffer(
      byteCount: Minifier.outputBytes(forInputBytes: Self.pieceBytes, format: options.format), for: .verification,
      in: ledger)
    self.kernel = kernel
    self.state = state
    self.output = output
    self.options = options
    paths = [options.kernel.name, options.kernel.isPortable ? "the reference" : Kernel.portable.name]
  }

  /// Memory that it takes at most, in bytes.
  static func bytes(_ options: MinifierOptions) -> Int {
    Minifier.outputBytes(forInputBytes: pieceBytes, format: options.format)
      + max(NestingStack.usualBytes, options.depthMax / 8 * 2)
  }

  /// Compares a kernel's result for a clean window with that of another path.
  ///
  /// The reference decides about a window that the portable kernel does not find clean.
  ///
  /// - Parameters:
  ///   - window: The window.
  ///   - start: The state before it.
  ///   - kept: Bytes that the kernel has kept.
  ///   - end: The kernel's state after it.
  /// - Returns: The difference, with its offset from the start of the window; nil if there is none.
  /// - Throws: ``OutOfMemory``.
  mutating func difference(
    in window: UnsafeRawBufferPointer, from start: borrowing DocumentState, kept: UnsafeRawBufferPointer,
    end: borrowing DocumentState
  ) throws(OutOfMemory) -> VerificationDifference? {
    if !options.kernel.isPortable {
      let found = try difference(in: window, from: start, kept: kept, end: end, byReference: false)
      if found?.subject != .verdict { return found }
    }
    return try difference(in: window, from: start, kept: kept, end: end, byReference: true)
  }

  private mutating func difference(
    in window: UnsafeRawBufferPointer, from start: borrowing DocumentState, kept: UnsafeRawBufferPointer,
    end: borrowing DocumentState, byReference: Bool
  ) throws(OutOfMemory) -> VerificationDifference? {
    try state.assign(from: start)
    var comparison = PieceComparison(kept)
    var reference = Reference(format: options.format, depthMax: max(0, options.depthMax))
    for pieceStart in stride(from: 0, to: window.count, by: Self.pieceBytes) {
      let piece = UnsafeRawBufferPointer(rebasing: window[pieceStart...].prefix(Self.pieceBytes))
      try state.nesting.reserve(piece.count)
      let writtenBytes: Int?
      if byReference {
        writtenBytes = reference.run(&state, piece, into: output.bytes) == nil ? reference.written : nil
      } else {
        writtenBytes = kernel.check(
          &state, format: options.format, depthMax: reference.depthMax, piece, into: output.bytes)
      }
      guard let writtenBytes else { return difference(.verdict, at: pieceStart) }
      guard comparison.goesOn(with: output.bytes, writtenBytes) else { return difference(.output, at: pieceStart) }
    }
    guard comparison.isComplete else { return difference(.output, at: 0) }
    let isSameState =
      state.lexeme == end.lexeme && state.expectation == end.expectation && state.nesting.isSame(as: end.nesting)
    return isSameState ? nil : difference(.state, at: 0)
  }

  /// Compares a kernel's result for an unchecked window with that of another path.
  mutating func difference(
    in window: UnsafeRawBufferPointer, from start: UncheckedState, kept: UnsafeRawBufferPointer, end: UncheckedState
  ) -> VerificationDifference? {
    var state = start
    var comparison = PieceComparison(kept)
    for pieceStart in stride(from: 0, to: window.count, by: Self.pieceBytes) {
      let piece = UnsafeRawBufferPointer(rebasing: window[pieceStart...].prefix(Self.pieceBytes))
      let writtenBytes =
        options.kernel.isPortable
        ? state.minify(piece, options.format, into: output.bytes)
        : kernel.unchecked(&state, format: options.format, piece, into: output.bytes)
      guard comparison.goesOn(with: output.bytes, writtenBytes) else { return difference(.output, at: pieceStart) }
    }
    guard comparison.isComplete else { return difference(.output, at: 0) }
    return state.isSame(as: end, options.format) ? nil : difference(.state, at: 0)
  }

  private func difference(_ subject: VerificationDifference.Subject, at offset: Int) -> VerificationDifference {
    VerificationDifference(offset: offset, subject: subject, paths: paths)
  }
}

/// Compares pieces, one after another, with the whole.
struct PieceComparison {
  private let whole: UnsafeRawBufferPointer
  private var comparedBytes = 0

  init(_ whole: UnsafeRawBufferPointer) { self.whole = whole }

  /// True if all of the whole has been compared.
  var isComplete: Bool { comparedBytes == whole.count }

  /// True if the whole continues with the first bytes of a piece.
  mutating func goesOn(with piece: UnsafeMutableRawBufferPointer, _ byteCount: Int) -> Bool {
    let rest = UnsafeRawBufferPointer(rebasing: whole[comparedBytes...].prefix(byteCount))
    comparedBytes += byteCount
    return rest.hasSameBytes(as: UnsafeRawBufferPointer(rebasing: piece.prefix(byteCount)))
  }
}

extension UncheckedState {
  /// Minifies bytes by the definition. Returns the number of bytes kept.
  mutating func minify(
    _ bytes: UnsafeRawBufferPointer, _ format: Format, into output: UnsafeMutableRawBufferPointer
  ) -> Int {
    var writtenBytes = 0
    for byte in bytes where keeps(byte, format: format) {
      output[writtenBytes] = byte
      writtenBytes += 1
    }
    return writtenBytes
  }

  /// True if both states have the same effect on the bytes that follow. Only in `ndjson` the LF counts.
  func isSame(as other: UncheckedState, _ format: Format) -> Bool {
    stringState == other.stringState && (format != .ndjson || owesLineFeed == other.owesLineFeed)
  }
}
