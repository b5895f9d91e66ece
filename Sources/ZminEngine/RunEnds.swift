/// Source of the bytes of a run.
package protocol ByteSource: ~Copyable, SendableMetatype {
  /// Reads the next bytes into `buffer`. Returns their number, 0 at the end.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
  /// True if bytes can be read again. Otherwise lines are counted while the bytes are processed.
  var isSeekable: Bool { get }
  /// Reads bytes from `offset` on into `buffer`, as many as exist and can be read. Returns their number.
  ///
  /// It throws only if it can read none. If ``seekableSize`` is known, several threads may call it at once.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int
  /// Reads the next bytes into `buffer`, as many as fit and are available, and waits for the first only.
  mutating func readAvailable(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
  /// Waits until a read would not block. False after the timeout.
  func isReady(withinMilliseconds milliseconds: Int32) throws -> Bool
  /// Called when the bytes before `end` are processed. Those before `released` were released by earlier calls.
  ///
  /// - Returns: End of the bytes released now.
  func release(from released: Int, upTo end: Int) -> Int
  /// Size in bytes, if all of them can be read at any offset and time; nil if they are read in order.
  var seekableSize: Int? { get }
  /// The error for a source that ends before its known size.
  var endedEarlyError: any Error { get }
}

/// Pause of a producer that has not ended.
enum RunPause {
  /// Time after which a run reports an error without the bytes that could name it better.
  static let milliseconds: Int32 = 100
}

/// Destination of the output of a run.
package protocol ByteSink: ~Copyable, SendableMetatype {
  /// True if written bytes cannot be taken back. Then only whole records of `ndjson` and `concat` are written.
  var isFinal: Bool { get }
  /// True if no other process sees the output before all of it is written.
  var appearsWhole: Bool { get }
  /// Called with the number of bytes that are still to come, at most, if that is known.
  mutating func expect(byteCount: Int64)
  /// Writes the next bytes of the output.
  ///
  /// - Parameter isUnchanged: True if the output so far, these bytes included, equals the input so far.
  mutating func write(_ bytes: UnsafeRawBufferPointer, isUnchanged: Bool) throws
}

extension ByteSource where Self: ~Copyable {
  package mutating func readAvailable(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    try read(into: buffer)
  }

  package func isReady(withinMilliseconds milliseconds: Int32) -> Bool { true }

  package func release(from released: Int, upTo end: Int) -> Int { released }
}

extension ByteSink where Self: ~Copyable {
  package var appearsWhole: Bool { !isFinal }

  package mutating func expect(byteCount: Int64) {}
}

/// A sink that drops its bytes and counts them.
///
/// The count is not read. It gives the type a size: the thread sanitizer checks `inout` accesses by address, and an
/// empty type has none.
package struct NullSink: ByteSink {
  private var droppedBytes = 0

  package init() {}
  package var isFinal: Bool { false }

  package mutating func write(_ bytes: UnsafeRawBufferPointer, isUnchanged: Bool) {
    droppedBytes &+= bytes.count
  }
}

/// Counts of a run.
package struct RunTotals: Sendable, Equatable {
  /// Bytes read.
  package var inputBytes = 0
  /// Bytes of output.
  package var outputBytes = 0
  /// True if the output equals the input.
  package var isUnchanged = true
  /// True if the input equals the output and an LF after it. Set at the end, unless lines are processed one by one.
  package var lacksOnlyLineFeed = false
  /// Last byte read, nil for an empty input. Not set if lines are processed one by one.
  package var lastInputByte: UInt8?
  /// Lines that are valid and not blank. Counted only with a sink for bad lines.
  package var validLines = 0
  /// Lines that are not valid. Counted only with a sink for bad lines.
  package var badLines = 0
  /// Bad lines that were recorded.
  package var recordedBadLines = 0
  /// Reason for which an input with bad lines fails as a whole.
  package var refusal: BadLineRefusal?

  package init() {}
}

/// End of a run.
package enum RunResult: Sendable {
  case complete(RunTotals)
  case invalid(InvalidJSON, RunTotals)
}
