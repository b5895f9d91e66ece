import ZminEngine

/// Minifies one input after another, each pushed in chunks of any size: bytes in, bytes out, as they come.
///
/// ```swift
/// var stream = try MinifierStream()
/// try stream.push(chunk) { output in … }
/// try stream.finish { output in … }
/// ```
///
/// It holds the same memory however long an input is, one bit more for each level of nesting. For a chunk nothing is
/// allocated, so a server does well to keep one for each connection. A stream belongs to one task at a time; it can be
/// handed from one to another.
///
/// The output of a valid input and the place of any other's error do not depend on how it is cut into chunks. Its
/// message does in one case: an error is thrown by the call that brings its byte, and later bytes that would have named
/// it better (`NaN`, `//`, a compressed file) then come too late.
///
/// Of ``Format/ndjson`` and ``Format/concat`` each record is handed on, with its LF, by the call that brings the byte
/// which completes it: the LF in `ndjson`; in `concat` the closing `}`, `]` or `"`, or the byte after a number or
/// literal. If the input is checked, no part of another is, so that none is left half when an error comes after it. A
/// record longer than the stream's window of 64 KiB comes in parts. After an error all records before it have been
/// handed on.
public struct MinifierStream: ~Copyable, Sendable {
  /// How much is minified at once unless a test says otherwise.
  static let windowBytes = 64 * 1024

  private var minifier: Minifier
  private var window: OutputWindow
  private let windowBytes: Int
  private let release: OutputWindow.Release
  private var places = LineTracker()
  private var takenBytes = 0
  private var thrown: ZminError?

  /// A stream that waits for the first bytes of an input.
  ///
  /// - Parameters:
  ///   - options: What to do with the inputs.
  ///   - ledger: The book that the stream's memory is entered in for as long as it lives.
  /// - Throws: ``ZminError/outOfMemory(byteCount:)``.
  public init(
    _ options: MinifierOptions = MinifierOptions(), ledger: MemoryLedger = MemoryLedger()
  ) throws(ZminError) {
    try self.init(options, windowBytes: Self.windowBytes, ledger: ledger)
  }

  /// As above, in windows of a given size.
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
  /// An error is thrown by the call that brings its byte, after the output before it is handed on. Once one was thrown,
  /// it is thrown again until ``reset()``.
  ///
  /// - Parameters:
  ///   - chunk: The next bytes, of any number, in any collection. Nothing of it is kept.
  ///   - write: Takes the next bytes of the output, which are valid for the call only; called any number of times. What
  ///     it was given before an error cannot be taken back.
  /// - Throws: ``ZminError/invalidJSON(_:)`` for the first error of the input, ``ZminError/inputTooLarge(limit:)`` once
  ///   the bytes up to the limit are found good, ``ZminError/outOfMemory(byteCount:)``.
  /// - Complexity: O(*n*) for *n* bytes.
  public mutating func push(_ chunk: some Collection<UInt8>, to write: (RawSpan) -> Void) throws(ZminError) {
    if let thrown { throw thrown }
    do throws(ZminError) {
      try chunk.forEachPiece(upTo: windowBytes) { piece throws(ZminError) in try take(piece, write) }
      if let failure = minifier.failureSoFar { throw .invalidJSON(failure.located(by: places.position)) }
    } catch {
      thrown = error
      throw error
    }
  }

  /// Ends the input, and makes the stream ready for another.
  ///
  /// - Parameter write: Takes what is left of the output, as for ``push(_:to:)``.
  /// - Throws: ``ZminError/invalidJSON(_:)`` if the input ended too early; what a call before has thrown.
  /// - Complexity: O(1) but for what was held back.
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

  /// Forgets the input so far, and the error if there was one, and waits for another input.
  public mutating func reset() {
    minifier.reset()
    window.clear()
    places = LineTracker()
    takenBytes = 0
    thrown = nil
  }

  /// Takes a piece no longer than a window, up to the limit on the input.
  private mutating func take(_ piece: UnsafeRawBufferPointer, _ write: (RawSpan) -> Void) throws(ZminError) {
    let limit = minifier.options.inputBytesMax
    let allowed = UnsafeRawBufferPointer(rebasing: piece.prefix(max(0, limit - takenBytes)))
    let room = window.room
    let result = try ZminError.whenOutOfMemory { () throws(OutOfMemory) in
      try minifier.minifyAtOnce(allowed, into: room)
    }
    places.note(allowed, minifier)
    takenBytes += allowed.count
    try emit(result, isLast: false, write)
    guard allowed.count < piece.count else { return }
    // An error in the bytes that are allowed comes first.
    if let failure = minifier.failureSoFar { throw .invalidJSON(failure.located(by: places.position)) }
    throw .inputTooLarge(limit: limit)
  }

  private mutating func emit(
    _ result: Minifier.Result, isLast: Bool, _ write: (RawSpan) -> Void
  ) throws(ZminError) {
    let isBad = minifier.faultOffset != nil || result.failure != nil
    window.emit(result.writtenBytes, release, isBad: isBad, isLast: isLast) { bytes in write(bytes.bytes) }
    if let failure = result.failure { throw .invalidJSON(failure.located(by: places.position)) }
  }
}
