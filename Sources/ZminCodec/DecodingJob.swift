/// Stored bytes that are decoded one after another, by one thread at a time.
///
/// The reading thread makes a job, gives it more bytes while its end is not known, and takes its plain bytes when it is
/// the first. A worker decodes it.
///
/// `@unchecked Sendable` is sound because all variables are guarded by the lock of the pool. Plain bytes that are
/// filled and not drained are the reading thread's, the others of the ring are the worker's.
final class DecodingJob: @unchecked Sendable {
  enum Kind: Sendable {
    case units(UnitDecoder.Extent)
    case block(Bzip2Block)
  }

  enum State {
    /// No thread has taken it.
    case waiting
    case running
    case finished(JobEnd)
    /// Its bytes are not wanted.
    case dropped
  }

  /// Reason why no step can be made.
  enum Need: Equatable {
    case nothing
    case input
    /// The job goes on behind the end that it should have.
    case newEnd
    /// So many bytes of room for plain bytes.
    case room(Int)
  }

  let kind: Kind
  /// Offset of the first stored byte.
  let start: Int
  /// True if no other job may hold memory meanwhile.
  let isExclusive: Bool
  let plain: ByteRing

  /// Offset of the next stored byte.
  var position: Int
  /// Offset up to which stored bytes may be read.
  var limit: Int
  /// Offset at which the job should end, in bytes, or in bits for a block; nil if that is not known yet.
  var end: Int?
  /// True if the stored data ends at the limit.
  var isFinal = false
  /// Number of plain bytes made.
  var filledBytes = 0
  /// Number of plain bytes taken.
  var drainedBytes = 0
  var state = State.waiting
  var need = Need.nothing
  var isCancelled = false
  /// Member, frame or stream that was decoded last.
  var unit = UnitDecoder.Unit()
  /// Set while the job is decoded.
  var decoder: (any JobDecoder)?

  init(_ kind: Kind, start: Int, limit: Int, end: Int?, isExclusive: Bool, plain: ByteRing) {
    self.kind = kind
    self.start = start
    self.isExclusive = isExclusive
    self.plain = plain
    position = start
    self.limit = limit
    self.end = end
  }

  /// Number of plain bytes that can be taken.
  var availableBytes: Int { filledBytes - drainedBytes }

  /// Number of plain bytes for which there is room.
  var roomBytes: Int { plain.capacity - availableBytes }
}
