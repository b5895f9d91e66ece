import ZminEngine

/// A minifier for inputs that arrive in chunks of any size.
///
/// ```swift
/// var stream = try MinifierStream()
/// try stream.push(chunk) { output in … }
/// try stream.finish { output in … }
/// ```
///
/// After ``finish(to:)`` or ``reset()`` the stream takes another input. Its memory does not depend on the length of an
/// input, apart from one bit for each level of nesting, and no chunk causes an allocation. A server can keep one stream
/// per connection. Use a stream from one task at a time. It may be passed between tasks.
///
/// The output and the position of the first error do not depend on the chunks. The message of an error may: it is
/// thrown by the call that brings the faulty byte, so bytes in later chunks cannot refine it (`NaN`, `//`, a compressed
/// file).
///
/// In ``Format/ndjson`` and ``Format/concat`` each record, with its LF, is written by the call that completes it. A
/// record is complete at its LF in `ndjson`. In `concat` it is complete at the closing `}`, `]` or `"`, or at the byte
/// after a number or literal. If the input is checked, only whole records are written, and all records before an error.
/// A record longer than the window of 64 KiB is written in parts.
public struct MinifierStream: ~Copyable, Sendable {
  /// The number of bytes minified at once.
  static let windowBytes = 64 * 1024

  private var minifier: Minifier
  private var window: OutputWindow
  private let windowBytes: Int
  private let release: OutputWindow.Release
  private var lines = LineTracker()
  private var takenBytes = 0
  private var thrown: ZminError?

  /// Creates a stream.
  ///
  /// - Parameters:
  ///   - options: The format, checks and limits of all inputs.
  ///   - ledger: The ledger for the stream's memory, held until the stream is destroyed.
  /// - Throws: ``ZminError/outOfMemory(byteCount:)``.
  public init(
    _ options: MinifierOptions = MinifierOptions(), ledger: MemoryLedger = MemoryLedger()
  ) throws(ZminError) {
    try self.init(options, windowBytes: Self.windowBytes, ledger: ledger)
  }

  /// Creates a stream with windows of a given size, for tests.
  package init(_ options: MinifierOptions, windowBytes: Int, ledger: MemoryLedger) throws(ZminError) {
    let holds = options.makesRecords
    let stepBytes = Minifier.outputBytes(forInputBytes: windowBytes, format: options.format)
    let minifier = try ZminError.whenOutOfMemory { () throws(OutOfMemory) in try Minifier(options, ledger: ledger) }
    let window = try ZminError.whenOutOfMemory { () throws(OutOfMemory) in
      try OutputWindow(stepBytes: stepBytes, heldBytesMax: holds ? stepBytes : 0, ledger: ledger)
    }
    self.minifier = minifier
    self.window = window
    self.windowBytes = windowBytes
    release = holds ? .wholeRecords : .everything
  }

  /// Minifies the next bytes of the input.
  ///
  /// An error is thrown by the call that brings the faulty byte, after the output before it is written. Every later
  /// call throws it again until ``reset()``.
  ///
  /// - Parameters:
  ///   - chunk: The next bytes, of any number, in any collection. The stream keeps no reference to it.
  ///   - write: Called any number of times with the next bytes of output. They are valid during the call only. Output
  ///     written before an error cannot be taken back.
  /// - Throws: ``ZminError/invalidJSON(_:)`` for the first error of the input. ``ZminError/inputTooLarge(limit:)`` if
  ///   the input exceeds the limit and has no error before it. ``ZminError/outOfMemory(byteCount:)``.
  /// - Complexity: O(*n*) for *n* bytes.
  public mutating func push(_ chunk: some Collection<UInt8>, to write: (RawSpan) -> Void) throws(ZminError) {
    if let thrown { throw thrown }
    do throws(ZminError) {
      try chunk.forEachPiece(upTo: windowBytes) { piece throws(ZminError) in try take(piece, write) }
      if let failure = minifier.failureSoFar { throw .invalidJSON(failure.located(by: lines.position)) }
    } catch {
      thrown = error
      throw error
    }
  }

  /// Ends the input and prepares the stream for another one.
  ///
  /// - Parameter write: Called with the rest of the output, as in ``push(_:to:)``.
  /// - Throws: ``ZminError/invalidJSON(_:)`` if the input is incomplete. The error of an earlier call, if there was
  ///   one.
  /// - Complexity: O(1), apart from writing at most one window of held output.
  public mutating func finish(to write: (RawSpan) -> Void) throws(ZminError) {
    if let thrown { throw thrown }
    do throws(ZminError) {
      try emit(minifier.finish(into: window.room), isLast: true, write)
    } catch {
      thrown = error
      throw error
    }
    reset()
  }

  /// Discards the current input and its error, and prepares the stream for another input.
  public mutating func reset() {
    minifier.reset()
    window.clear()
    lines = LineTracker()
    takenBytes = 0
    thrown = nil
  }

  /// Minifies a piece of at most one window, up to the input limit.
  private mutating func take(_ piece: UnsafeRawBufferPointer, _ write: (RawSpan) -> Void) throws(ZminError) {
    let limit = minifier.options.inputBytesMax
    let allowed = UnsafeRawBufferPointer(rebasing: piece.prefix(max(0, limit - takenBytes)))
    let room = window.room
    let result = try ZminError.whenOutOfMemory { () throws(OutOfMemory) in
      try minifier.minifyAtOnce(allowed, into: room)
    }
    lines.note(allowed, minifier)
    takenBytes += allowed.count
    try emit(result, isLast: false, write)
    guard allowed.count < piece.count else { return }
    // An error within the limit takes precedence.
    if let failure = minifier.failureSoFar { throw .invalidJSON(failure.located(by: lines.position)) }
    throw .inputTooLarge(limit: limit)
  }

  private mutating func emit(
    _ result: Minifier.Result, isLast: Bool, _ write: (RawSpan) -> Void
  ) throws(ZminError) {
    let isBad = minifier.faultOffset != nil || result.failure != nil
    window.emit(result.writtenBytes, release, isBad: isBad, isLast: isLast) { bytes in write(bytes.bytes) }
    if let failure = result.failure { throw .invalidJSON(failure.located(by: lines.position)) }
  }
}
