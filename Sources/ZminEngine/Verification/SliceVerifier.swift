import ZminCPU
import ZminCore
import ZminMemory

/// Minifies slices again on another path, from the same assumed start.
///
/// Kernels need not agree on a slice with a wrong assumed start, nor on its depth. If two differ, the definition of a
/// slice (`SliceScanner`) decides. It also checks the slices of the portable kernel.
///
/// `@unchecked Sendable` because one thread uses it at a time.
final class SliceVerifier: @unchecked Sendable {
  private let kernel: KernelRun?
  private var minified: MinifiedSlice
  private let output: ByteBuffer
  private let options: MinifierOptions
  private var definition: SliceDefinition
  private let paths: [String]

  /// Makes a verifier for slices of a CPU kernel.
  ///
  /// - Parameter roomBytes: Largest output of a slice.
  /// - Throws: ``OutOfMemory``.
  convenience init(_ options: MinifierOptions, roomBytes: Int, ledger: MemoryLedger) throws(OutOfMemory) {
    try self.init(
      options, of: options.kernel.name, with: options.kernel.isPortable ? nil : .portable, roomBytes: roomBytes,
      ledger: ledger)
  }

  /// Makes a verifier for slices of a device.
  ///
  /// - Throws: ``OutOfMemory``.
  convenience init(
    _ options: MinifierOptions, ofDevice name: String, roomBytes: Int, ledger: MemoryLedger
  ) throws(OutOfMemory) {
    try self.init(options, of: name, with: options.kernel, roomBytes: roomBytes, ledger: ledger)
  }

  private init(
    _ options: MinifierOptions, of name: String, with kernel: Kernel?, roomBytes: Int, ledger: MemoryLedger
  ) throws(OutOfMemory) {
    var run: KernelRun?
    if let kernel { run = try KernelRun(kernel, ledger: ledger) }
    minified = try MinifiedSlice(ledger: ledger)
    output = try ByteBuffer(byteCount: roomBytes, for: .verification, in: ledger)
    definition = try SliceDefinition(options.format, ledger: ledger)
    self.kernel = consume run
    var unbounded = options
    // Kernels may have different bounds for the depth of a slice.
    unbounded.depthMax = .max
    self.options = unbounded
    paths = [name, kernel?.name ?? "the reference"]
  }

  /// Memory that it takes at most for slices of that size, in bytes.
  static func bytes(_ options: MinifierOptions, roomBytes: Int) -> Int {
    roomBytes + SliceNesting.bytes + SliceDefinition.bytes(options.format)
  }

  /// Compares the result for a slice with that of another path.
  ///
  /// - Returns: The difference, with its offset from the start of the slice; nil if there is none, or no result.
  /// - Throws: ``OutOfMemory``.
  func difference(in slot: SliceSlot, startingIn start: SlicePrefix.Start) throws -> VerificationDifference? {
    let kept = slot.outputBytes(slot.minified.writtenBytes, afterLineFeed: false)
    let subject: VerificationDifference.Subject?
    switch slot.minified.finding {
    case .nothing: return nil
    case .unchecked(let slice): subject = uncheckedDifference(slot.bytes, slice, kept)
    case .checked(let local):
      if try agrees(slot, local, kept, startingIn: start) { return nil }
      subject = definition.difference(from: slot.minified, local, slot.bytes, kept)
    }
    guard let subject else { return nil }
    return VerificationDifference(offset: offset(in: slot, kept, subject), subject: subject, paths: paths)
  }

  /// True if another kernel has the same result for a checked slice.
  private func agrees(
    _ slot: SliceSlot, _ local: LocalSummary, _ kept: UnsafeRawBufferPointer, startingIn start: SlicePrefix.Start
  ) throws -> Bool {
    switch kernel {
    case .some(let kernel):
      try minified.make(of: slot.bytes, startingIn: start, options, with: kernel, into: output.bytes)
    case .none: return false
    }
    guard case .checked(let otherLocal) = minified.finding else { return false }
    return local == otherLocal && slot.minified.nesting.isSame(as: minified.nesting)
      && kept.hasSameBytes(as: UnsafeRawBufferPointer(rebasing: output.bytes.prefix(otherLocal.outputByteCount)))
  }

  private func uncheckedDifference(
    _ bytes: UnsafeRawBufferPointer, _ slice: UncheckedSlice, _ kept: UnsafeRawBufferPointer
  ) -> VerificationDifference.Subject? {
    var state = UncheckedState()
    state.stringState = slice.start
    let writtenBytes: Int
    switch kernel {
    case .some(let kernel):
      writtenBytes = kernel.unchecked(&state, format: options.format, bytes, into: output.bytes)
    case .none: writtenBytes = state.minify(bytes, options.format, into: output.bytes)
    }
    guard kept.hasSameBytes(as: UnsafeRawBufferPointer(rebasing: output.bytes.prefix(writtenBytes))) else {
      return .output
    }
    return state.isSame(as: slice.end, options.format) ? nil : .state
  }

  /// Finds the offset of a difference in a slice, by the first wrong byte of the output.
  private func offset(
    in slot: SliceSlot, _ kept: UnsafeRawBufferPointer, _ subject: VerificationDifference.Subject
  ) -> Int {
    // In `concat` the output has bytes that the input has not.
    guard subject == .output, options.format != .concat else { return 0 }
    var state = UncheckedState()
    switch slot.minified.finding {
    case .nothing: return 0
    case .unchecked(let slice): state.stringState = slice.start
    case .checked(let local): state.stringState = local.start.isInString ? .inString : .outside
    }
    var keptBytes = 0
    for (offset, byte) in slot.bytes.enumerated() where state.keeps(byte, format: options.format) {
      guard keptBytes < kept.count, kept[keptBytes] == byte else { return offset }
      keptBytes += 1
    }
    return 0
  }
}

extension SliceNesting {
  /// True if the slices have the same unmatched brackets. Their depths are upper bounds and may differ.
  fileprivate func isSame(as other: borrowing SliceNesting) -> Bool {
    base == other.base && openers.isSame(as: other.openers) && closers.isSame(as: other.closers)
  }
}
