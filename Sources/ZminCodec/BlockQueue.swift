import ZminBase
import ZminMemory

/// Memory of one block in flight: its plain bytes, then its encoded bytes in the same place.
///
/// `@unchecked Sendable` because a slot has one holder at any time: the thread that writes, or the worker that has
/// claimed it. The lock of ``BlockQueue`` orders their accesses.
final class BlockSlot: @unchecked Sendable {
  let buffer: ByteBuffer
  /// Number of plain bytes in the buffer.
  var plainBytes = 0
  /// Result of encoding, nil until then. The buffer holds the encoded bytes if it is a success.
  fileprivate(set) var result: Result<EncodedBlock, any Error>?

  /// - Throws: ``OutOfMemory``.
  init(_ format: BlockFormat, ledger: MemoryLedger) throws(OutOfMemory) {
    buffer = try ByteBuffer(byteCount: format.slotBytes, for: .encoder, in: ledger)
  }

  var plain: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer.bytes[..<plainBytes]) }

  /// Encodes the block here and now.
  func encode(with worker: BlockWorker) {
    result = Result { try worker.encode(self) }
  }

  /// Makes the slot empty.
  func clear() {
    plainBytes = 0
    result = nil
  }
}

extension BlockFormat {
  /// Size of a slot's buffer.
  var slotBytes: Int { max(plainBytesMax, storedBytesMax) }
}

/// Encoder of one worker with the room that it encodes into.
final class BlockWorker {
  private let encoder: any BlockEncoder
  private let stored: ByteBuffer

  /// - Throws: ``OutOfMemory``.
  init(_ format: BlockFormat, ledger: MemoryLedger) throws {
    encoder = try format.makeEncoder(ledger)
    stored = try ByteBuffer(byteCount: format.storedBytesMax, for: .encoder, in: ledger)
  }

  /// Puts the encoded bytes of a block in the place of its plain bytes, so that blocks in flight have one buffer each.
  fileprivate func encode(_ slot: BlockSlot) throws -> EncodedBlock {
    let block = try encoder.encode(slot.plain, into: stored.bytes)
    slot.buffer.bytes.copyBytes(from: stored.bytes[..<block.storedBytes])
    return block
  }
}

/// Blocks that wait for a worker, between the thread that writes and the workers.
///
/// `@unchecked Sendable` because the mutable state is only touched with the monitor's lock held.
final class BlockQueue: @unchecked Sendable {
  private let monitor = Monitor()
  private var waiting: [BlockSlot] = []
  private var isClosed = false

  /// Gives a block to the next free worker.
  func submit(_ slot: BlockSlot) {
    monitor.withLock {
      waiting.append(slot)
      monitor.broadcast()
    }
  }

  /// Result of a submitted block, as soon as there is one.
  func waitForResult(of slot: BlockSlot) -> Result<EncodedBlock, any Error> {
    monitor.withLock {
      while true {
        if let result = slot.result { return result }
        monitor.wait()
      }
    }
  }

  /// True if a submitted block is encoded.
  func isEncoded(_ slot: BlockSlot) -> Bool { monitor.withLock { slot.result != nil } }

  /// Lets the workers end after the blocks that they have claimed.
  func close() {
    monitor.withLock {
      isClosed = true
      waiting = []
      monitor.broadcast()
    }
  }

  /// Encodes blocks until the queue is closed: the work of a worker's thread.
  func work(_ format: BlockFormat, ledger: MemoryLedger) {
    var worker: BlockWorker?
    while let slot = claim() {
      let result = Result {
        let ready = try worker ?? BlockWorker(format, ledger: ledger)
        worker = ready
        return try ready.encode(slot)
      }
      monitor.withLock {
        slot.result = result
        monitor.broadcast()
      }
    }
  }

  /// The next block, nil if the queue is closed.
  private func claim() -> BlockSlot? {
    monitor.withLock {
      while waiting.isEmpty, !isClosed { monitor.wait() }
      return waiting.isEmpty ? nil : waiting.removeFirst()
    }
  }
}
