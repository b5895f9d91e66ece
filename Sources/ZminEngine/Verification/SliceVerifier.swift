import ZminCPU
import ZminCore
import ZminMemory

/// Does slices again on another path, from the same assumed start.
///
/// Kernels need not agree on a slice that was assumed to start wrongly, nor on how deep it is: where two differ, the
/// definition of a slice (`SliceScanner`) is asked, and so it is where the slice was done by the portable kernel.
///
/// `@unchecked Sendable` because one thread uses it at a time.
final class SliceVerifier: @unchecked Sendable {
  private let kernel: KernelRun?
  private var minified: MinifiedSlice
  private let output: ByteBuffer
  private let options: MinifierOptions
  private var definition: SliceDefinition
  private let paths: [String]

  /// Of slices that a CPU kernel has made.
  ///
  /// - Parameter roomBytes: What the output of a slice may take.
  /// - Throws: ``OutOfMemory``.
  convenience init(_ options: MinifierOptions, roomBytes: Int, ledger: MemoryLedger) throws(OutOfMemory) {
    try self.init(
      options, of: options.kernel.name, with: options.kernel.isPortable ? nil : .portable, roomBytes: roomBytes,
      ledger: ledger)
  }

  /// Of slices that a device has made.
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
    // Kernels may differ in how deep they take a slice to be.
    unbounded.depthMax = .max
    self.options = unbounded
    paths = [name, kernel?.name ?? "the reference"]
  }

  /// What it takes at most for slices of that size, in bytes.
  static func bytes(_ options: MinifierOptions, roomBytes: Int) -> Int {
    roomBytes + SliceNesting.bytes + SliceDefinition.bytes(options.format)
  }

  /// How what was made of a slice differs from what comes of it here; nil if it does not, or nothing was made of it.
  ///
  /// - Returns: The difference, with its offset from the start of the slice.
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

  /// Whether another kernel makes the same of a checked slice.
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

  /// Where in a slice a difference is: by the first byte of the output that is not the one to be kept.
  private func offset(
    in slot: SliceSlot, _ kept: UnsafeRawBufferPointer, _ subject: VerificationDifference.Subject
  ) -> Int {
    // In `concat` there are bytes in the output that are not the input's.
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
  /// Whether the slices ask the same of the nesting and leave the same; how deep they are between is an upper bound.
  fileprivate func isSame(as other: borrowing SliceNesting) -> Bool {
    base == other.base && openers.isSame(as: other.openers) && closers.isSame(as: other.closers)
  }
}
