/// Where a run reads.
package protocol ByteSource: ~Copyable, SendableMetatype {
  /// Puts the next bytes of the input into `buffer` and says how many, 0 at the end.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
  /// Whether bytes can be read a second time. Where they cannot, lines are counted on the way.
  var isSeekable: Bool { get }
  /// Fills `buffer` with the bytes from `offset` on, as far as there are any and they can be read, and says how many;
  /// throws only if there is not one that can. Where ``seekableSize`` is known, several threads may do so at once.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int
  /// Puts the next bytes of the input into `buffer` as ``read(into:)`` does, as many as fit and are there without
  /// waiting for more than the first.
  mutating func readAvailable(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
  /// Whether a read would not wait, now or within that time.
  func isReady(withinMilliseconds milliseconds: Int32) throws -> Bool
  /// Hears that the bytes up to `end` are done with, after it has let go of those up to `released`.
  ///
  /// - Returns: How far it has let go now.
  func release(from released: Int, upTo end: Int) -> Int
  /// How many bytes there are, if they can be had from any place at any time; nil if they come one after another.
  var seekableSize: Int? { get }
  /// The error that bytes which should be there are not.
  var endedEarlyError: any Error { get }
}

/// A producer that gives nothing for a while, but has not ended.
enum RunPause {
  /// The time that a run waits before it reports what later bytes could only have named better.
  static let milliseconds: Int32 = 100
}

/// Where a run writes.
package protocol ByteSink: ~Copyable, SendableMetatype {
  /// Whether what is written cannot be taken back, so that of `ndjson` and `concat` whole records only may come.
  var isFinal: Bool { get }
  /// Whether nothing of the output is seen by others before all of it is written.
  var appearsWhole: Bool { get }
  /// Hears that at most `byteCount` bytes more are to come, as far as anybody knows.
  mutating func expect(byteCount: Int64)
  /// Takes the next bytes of the output.
  ///
  /// - Parameter isUnchanged: Whether the output so far, these bytes included, is the input.
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

/// An output that goes nowhere.
package struct NullSink: ByteSink {
  package init() {}
  package var isFinal: Bool { false }
  package func write(_ bytes: UnsafeRawBufferPointer, isUnchanged: Bool) {}
}

/// What a run did.
package struct RunTotals: Sendable, Equatable {
  /// Bytes read.
  package var inputBytes = 0
  /// Bytes of output made.
  package var outputBytes = 0
  /// Whether the output is the input, byte for byte.
  package var isUnchanged = true
  /// Lines that are valid and not blank, where lines that are not valid are put into a record.
  package var validLines = 0
  /// Lines that are not valid, where these are put into a record.
  package var badLines = 0
  /// How many of those are in the record.
  package var recordedBadLines = 0
  /// Why the input is invalid as a whole, where single lines may be.
  package var refusal: BadLineRefusal?

  package init() {}
}

/// How a run ended.
package enum RunResult: Sendable {
  case complete(RunTotals)
  case invalid(InvalidJSON, RunTotals)
}
