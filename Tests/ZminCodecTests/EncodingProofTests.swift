import Synchronization
import Testing
import ZminEngine
import ZminMemory
import ZminTestSupport

@testable import ZminCodec

@Suite("Proof of encoded bytes") struct EncodingProofTests {
  /// Flips one bit of the n-th piece that a library has encoded.
  private final class Damage: EncodingFaults {
    private let piece: Int
    private let share: Double
    private let pieces = Mutex(0)

    /// - Parameters:
    ///   - piece: Number of the piece, from 0.
    ///   - share: Place of the bit in the piece, from 0 to 1.
    init(piece: Int, share: Double) {
      self.piece = piece
      self.share = share
    }

    var count: Int { pieces.withLock { $0 } }

    func damage(_ stored: UnsafeMutableRawBufferPointer) {
      let isMet = pieces.withLock { pieces in
        pieces += 1
        return pieces == piece + 1
      }
      guard isMet else { return }
      let bit = Int(share * Double(stored.count * 8 - 1))
      stored[bit / 8] ^= 1 << (bit % 8)
    }
  }

  @Test("Damage anywhere is an error, and nothing of the damaged block is written", arguments: Encoding.fastLayouts)
  func damage(_ encoding: Encoding) throws {
    let plain = encoding.text(blocks: encoding.form == .gzip ? 3 : 2)
    let stored = try encode(plain, encoding)
    let rehearsal = Damage(piece: .max - 1, share: 0)
    #expect(try encode(plain, encoding, faults: rehearsal) == stored)
    try #require(rehearsal.count >= 3)
    for workers in [1, 2] {
      for piece in 0..<3 {
        for share in [0, 0.5, 0.99] {
          var sink = EncodedSink(MemoryOutput())
          try sink.begin(
            encoding, workers: workers, faults: Damage(piece: piece, share: share), ledger: MemoryLedger())
          do {
            try write(plain, to: &sink)
            try sink.finish()
            Issue.record("piece \(piece) at \(share) is written with the damage: \(sink.base.bytes.count) bytes")
          } catch {
            #expect(error is EncodingError)
          }
        }
      }
    }
  }

  @Test("What is written before damage is right, and nothing comes after it", arguments: Encoding.fastLayouts)
  func written(_ encoding: Encoding) throws {
    let plain = encoding.text(blocks: 8)
    let stored = try encode(plain, encoding)
    for workers in [1, 2] {
      var sink = EncodedSink(MemoryOutput())
      try sink.begin(
        encoding, workers: workers, faults: Damage(piece: 2, share: 0.5), ledger: MemoryLedger())
      #expect(throws: EncodingError()) { try write(plain, to: &sink) }
      #expect(stored.starts(with: sink.base.bytes) && sink.base.bytes.count < stored.count / 2)
      let before = sink.base.bytes.count
      #expect(throws: EncodingError()) { try write(plain, to: &sink) }
      #expect(sink.base.bytes.count == before)
    }
  }

  /// A sink that fails at its n-th write.
  private struct FailingOutput: ByteSink {
    struct Failure: Error {}
    var left: Int
    let isFinal = false

    mutating func write(_ bytes: UnsafeRawBufferPointer, isUnchanged: Bool) throws {
      left -= 1
      if left < 0 { throw Failure() }
    }
  }

  @Test("Errors of the sink behind reach the writer, and again at the next call", arguments: Encoding.fastLayouts)
  func failingSink(_ encoding: Encoding) throws {
    let plain = encoding.text(blocks: 8)
    for workers in [1, 2] {
      var sink = EncodedSink(FailingOutput(left: 1))
      try sink.begin(encoding, workers: workers, ledger: MemoryLedger())
      #expect(throws: FailingOutput.Failure.self) { try write(plain, to: &sink) }
      #expect(throws: FailingOutput.Failure.self) { try write(plain, to: &sink) }
      #expect(errorOfFinish(sink) is FailingOutput.Failure)
    }
  }
}
