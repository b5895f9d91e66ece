import Glibc
import Synchronization
import ZminEngine

/// Bytes that a run has written so far, visible to other threads.
final class WrittenBytes: Sendable {
  let bytes = Mutex<[UInt8]>([])
}

/// A final output that other threads can see.
struct WatchedOutput: ByteSink {
  let written: WrittenBytes
  var isFinal: Bool { true }

  mutating func write(_ bytes: UnsafeRawBufferPointer, isUnchanged: Bool) { written.bytes.withLock { $0 += bytes } }
}

/// An input whose producer gives a piece, and the next once a number of bytes of the output is written.
struct PausingProducer: ByteSource {
  /// Error of a producer that waits for output that does not come.
  struct WaitsForEver: Error {}

  struct Piece {
    let bytes: [UInt8]
    /// The bytes of output that the producer waits for after the piece. One that waits for more than comes is idle
    /// until the run is over.
    let awaitedBytes: Int
  }

  private static let timeoutSeconds = 20.0

  private let pieces: [Piece]
  private let written: WrittenBytes
  private var index = 0
  private var offset = 0

  init(_ pieces: [Piece], _ written: WrittenBytes) {
    self.pieces = pieces
    self.written = written
  }

  var isSeekable: Bool { false }
  var seekableSize: Int? { nil }
  var endedEarlyError: any Error { WaitsForEver() }

  private var isAwaiting: Bool {
    offset == 0 && index > 0 && written.bytes.withLock { $0.count } < pieces[index - 1].awaitedBytes
  }

  func isReady(withinMilliseconds milliseconds: Int32) -> Bool {
    if isAwaiting { usleep(1000) }
    return !isAwaiting
  }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let start = MonotonicSeconds.now
    while isAwaiting {
      if MonotonicSeconds.now - start > Self.timeoutSeconds { throw WaitsForEver() }
      usleep(1000)
    }
    guard index < pieces.count else { return 0 }
    let given = pieces[index].bytes[offset...].prefix(buffer.count)
    buffer.copyBytes(from: given)
    offset += given.count
    if offset == pieces[index].bytes.count { (index, offset) = (index + 1, 0) }
    return given.count
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int { throw WaitsForEver() }
}

private enum MonotonicSeconds {
  static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
