import BenchmarkSupport
import Zmin
import ZminCPU
import ZminCore
import ZminMemory

/// A document in memory as an input that has places.
struct MemoryInput: RunInput, ~Copyable {
  let bytes: UnsafeRawBufferPointer

  var canReread: Bool { true }
  var byteCountAtPlaces: Int? { bytes.count }
  var endedEarlyError: any Error { EndedEarly() }

  struct EndedEarly: Error {}

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int { 0 }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
    let piece = UnsafeRawBufferPointer(rebasing: bytes[offset...].prefix(buffer.count))
    buffer.copyMemory(from: piece)
    return piece.count
  }
}

/// Memory that output is copied to.
struct MemoryOutput: RunOutput, ~Copyable {
  let room: UnsafeMutableRawBufferPointer
  private(set) var byteCount = 0

  init(_ room: UnsafeMutableRawBufferPointer) { self.room = room }

  var isFinal: Bool { false }

  mutating func write(_ bytes: UnsafeRawBufferPointer, isUnchanged: Bool) {
    UnsafeMutableRawBufferPointer(rebasing: room[byteCount...]).copyMemory(from: bytes)
    byteCount += bytes.count
  }
}

/// A document taken in slices by a number of workers, memory to memory: copied into slices, and out of them.
struct SlicedTiming: ~Copyable {
  let workers: Int
  private var run: SlicedRun

  init(workers: Int, _ options: MinifierOptions, ledger: MemoryLedger) throws {
    self.workers = workers
    run = try SlicedRun(options, SlicePlan(workers: workers), ledger: ledger)
  }

  /// Minifies the document once.
  ///
  /// - Returns: Seconds, and how much of `room` was written.
  /// - Throws: ``TimedKernel/Refusal`` if the document is not valid.
  mutating func run(
    _ document: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer
  ) throws -> (seconds: Double, byteCount: Int) {
    var input = MemoryInput(bytes: document)
    var output = MemoryOutput(room)
    var result: RunResult?
    let seconds = try elapsedSeconds { result = try run.run(from: &input, to: &output) }
    guard case .complete = result else { throw TimedKernel.Refusal() }
    return (seconds, output.byteCount)
  }
}
