import Synchronization
import Testing
import ZminEngine
import ZminMemory
import ZminTestSupport

@testable import ZminCodec

@Suite("Workers that encode") struct EncodingWorkersTests {
  static let levels =
    [2, 7].map { Encoding(.zstd, level: $0) } + [1, 8].map { Encoding(.zstd, level: $0, layout: .blocks) }

  @Test("The output does not depend on the number of workers", arguments: Encoding.layouts + levels)
  func sameBytes(_ encoding: Encoding) throws {
    let plain = encoding.text(blocks: encoding.level == encoding.form.defaultLevel ? 3 : 1)
    let stored = try encode(plain, encoding)
    for workers in [2, 4] {
      #expect(try encode(plain, encoding, workers: workers) == stored, "\(workers) workers")
    }
    let decoded = try decode(stored, encoding.codec)
    #expect(decoded.bytes == plain && decoded.error == nil)
  }

  @Test("A sink that is dropped midway ends its threads and gives its memory back", arguments: Encoding.fastLayouts)
  func dropped(_ encoding: Encoding) throws {
    let text = encoding.text(blocks: 5)
    for byteCount in [0, 1, text.count / 5 + 1, text.count / 2, text.count] {
      let ledger = MemoryLedger()
      do {
        var sink = EncodedSink(MemoryOutput())
        try sink.begin(encoding, workers: 3, ledger: ledger)
        try write(Array(text.prefix(byteCount)), to: &sink)
      }
      #expect(ledger.snapshot().total.currentBytes == 0, "\(byteCount) bytes")
    }
  }

  @Test("Short outputs start no thread", arguments: Encoding.layouts)
  func noThread(_ encoding: Encoding) throws {
    let ledger = MemoryLedger()
    _ = try encode(DecodedSourceTests.text(byteCount: 500_000), encoding, workers: 4, ledger: ledger)
    #expect(ledger.snapshot().purposes[.threadStack] == nil)
  }

  @Test("Threads that the system refuses are done without", arguments: Encoding.fastLayouts)
  func refusedThreads(_ encoding: Encoding) throws {
    let plain = encoding.text(blocks: 3)
    let stored = try encode(plain, encoding)
    for granted in 0..<3 {
      let ledger = MemoryLedger(faults: ThreadFaults(granted: granted))
      #expect(try encode(plain, encoding, workers: 3, ledger: ledger) == stored, "\(granted) threads")
    }
  }

  /// Refuses all threads but some.
  private final class ThreadFaults: MemoryFaults {
    private let left: Mutex<Int>

    init(granted: Int) { left = Mutex(granted) }

    func refuses(_ purpose: MemoryPurpose) -> Bool {
      guard purpose == .threadStack else { return false }
      return left.withLock { left in
        left -= 1
        return left < 0
      }
    }
  }

  // MARK: Memory

  static let planned =
    Encoding.layouts + [
      Encoding(.gzip, level: 1), Encoding(.gzip, level: 10, layout: .bgzf), Encoding(.zstd, level: 1),
      Encoding(.zstd, level: 4), Encoding(.zstd, level: 5, layout: .blocks),
    ]

  @Test("The memory of an encoder stays within its plan and near to it", arguments: planned)
  func plan(_ encoding: Encoding) throws {
    let plain = encoding.text(blocks: 4)
    for workers in [1, 3] {
      let plan = encoding.memoryBytes(workers: workers)
      var peaks: [Int] = []
      // On a busy machine the workers may take turns rather than work at once.
      while peaks.count < 20, peaks.allSatisfy({ Double($0) <= 0.6 * Double(plan) }) {
        let ledger = MemoryLedger()
        _ = try encode(plain, encoding, workers: workers, endsBlocksAtLines: true, ledger: ledger)
        peaks.append(ledger.snapshot().total.peakBytes)
        #expect(ledger.snapshot().total.currentBytes == 0)
      }
      let peak = try #require(peaks.max())
      #expect(peak <= plan && Double(peak) > 0.6 * Double(plan), "\(workers) workers: \(peaks) of \(plan)")
    }
  }

  @Test("Refused memory is an error wherever it happens, and nothing is left", arguments: Encoding.fastLayouts)
  func refusedMemory(_ encoding: Encoding) throws {
    let plain = encoding.text(blocks: 2)
    let rehearsal = CountingMemoryFaults()
    _ = try encode(plain, encoding, workers: 2, ledger: MemoryLedger(faults: rehearsal))
    for index in 0..<rehearsal.asked {
      let faults = CountingMemoryFaults(refusing: index)
      let ledger = MemoryLedger(faults: faults)
      do {
        let stored = try encode(plain, encoding, workers: 2, ledger: ledger)
        // Threads are done without, and so is memory of which a library can do without.
        #expect(try decode(stored, encoding.codec).bytes == plain, "request \(index)")
      } catch {
        #expect(error is OutOfMemory, "request \(index): \(error)")
      }
      #expect(ledger.snapshot().total.currentBytes == 0, "request \(index)")
    }
  }
}
