import ZminBase
import ZminMemory

/// Encoder of an output in blocks, which workers encode while the thread that calls fills the next and writes the last.
///
/// Blocks are written in order, by the calling thread. Where they are cut depends on the bytes alone, so the output
/// does not depend on the number of workers or the sizes of writes. One worker is the calling thread itself. More
/// workers have threads of their own, started with the first blocks, so that a short output needs none.
final class BlockwiseEncoder: Encoder {
  private let format: BlockFormat
  private let framing: any BlockFraming
  private let workers: Int
  private let ledger: MemoryLedger

  private let queue = BlockQueue()
  private var threads: [SystemThread] = []
  /// True once the system has refused a thread.
  private var lacksThreads = false
  /// Worker for blocks that the calling thread encodes.
  private var ownWorker: BlockWorker?

  /// The block being filled.
  private var filling: BlockSlot?
  /// Submitted blocks, in order.
  private var submitted: [BlockSlot] = []
  private var free: [BlockSlot] = []
  private var slotCount = 0
  private var hasStart = false

  /// - Parameter workers: Number of blocks that are encoded at the same time, at least 1.
  init(_ format: BlockFormat, _ framing: any BlockFraming, workers: Int, ledger: MemoryLedger) {
    precondition(workers > 0)
    self.format = format
    self.framing = framing
    self.workers = workers
    self.ledger = ledger
  }

  deinit {
    queue.close()
    for thread in threads { thread.join() }
  }

  /// Slots in use at a time: one for each worker and one that is being filled. A single worker that is the calling
  /// thread needs the second one only for the rest of a line.
  private static func slotCountMax(_ format: BlockFormat, workers: Int) -> Int {
    workers == 1 && !format.endsAtLines ? 1 : workers + 1
  }

  /// Memory of an encoder, at most.
  static func memoryBytes(_ format: BlockFormat, workers: Int) -> Int {
    let stackBytes = workers > 1 ? WorkerThreads.stackBytes : 0
    let workerBytes = format.encoderBytes + format.storedBytesMax + stackBytes
    return slotCountMax(format, workers: workers) * format.slotBytes + workers * workerBytes
  }

  func encode(_ bytes: UnsafeRawBufferPointer, write: (UnsafeRawBufferPointer) throws -> Void) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let slot = try filling ?? nextSlot(write)
      filling = slot
      let count = min(rest.count, format.plainBytesMax - slot.plainBytes)
      slot.buffer.bytes[slot.plainBytes...].copyBytes(from: rest.prefix(count))
      slot.plainBytes += count
      rest = rest.dropFirst(count)
      if slot.plainBytes == format.plainBytesMax { try submitFull(slot, write) }
    }
  }

  func finish(write: (UnsafeRawBufferPointer) throws -> Void) throws {
    if filling == nil, !hasStart, submitted.isEmpty, format.hasEmptyBlock { filling = try nextSlot(write) }
    if let slot = filling.take() { try submit(slot, isLast: true) }
    while !submitted.isEmpty { try writeFirst(write) }
    try writeStart(write)
    try framing.writeEnd(write)
  }

  // MARK: Blocks

  /// Submits a full block, and moves the bytes after its last LF to the next one if blocks end at lines.
  private func submitFull(_ slot: BlockSlot, _ write: (UnsafeRawBufferPointer) throws -> Void) throws {
    filling = nil
    let lineEnd = format.endsAtLines ? slot.plain.lastIndex(of: UInt8(ascii: "\n")) : nil
    if let lineEnd, lineEnd + 1 < slot.plainBytes {
      let next = try nextSlot(write)
      let tail = slot.plain[(lineEnd + 1)...]
      next.buffer.bytes.copyBytes(from: tail)
      next.plainBytes = tail.count
      slot.plainBytes -= tail.count
      filling = next
    }
    try submit(slot, isLast: false)
  }

  /// - Parameter isLast: True if no block follows. One that is the only one at the time is encoded by this thread.
  private func submit(_ slot: BlockSlot, isLast: Bool) throws {
    submitted.append(slot)
    if !isLast || !threads.isEmpty { startThread() }
    if !threads.isEmpty { return queue.submit(slot) }
    let worker = try ownWorker ?? BlockWorker(format, ledger: ledger)
    ownWorker = worker
    slot.encode(with: worker)
  }

  /// Starts one more thread, until there are as many as workers. With fewer the output comes later.
  private func startThread() {
    guard workers > 1, threads.count < workers, !lacksThreads else { return }
    let thread = SystemThread(stackBytes: WorkerThreads.stackBytes, ledger: ledger) { [queue, format, ledger] in
      queue.work(format, ledger: ledger)
    }
    if let thread { threads.append(thread) } else { lacksThreads = true }
  }

  /// An empty slot. Waits for one if as many are in use as may be.
  private func nextSlot(_ write: (UnsafeRawBufferPointer) throws -> Void) throws -> BlockSlot {
    while let first = submitted.first, queue.isEncoded(first) { try writeFirst(write) }
    if let slot = free.popLast() { return slot }
    if slotCount < Self.slotCountMax(format, workers: workers) {
      let slot = try BlockSlot(format, ledger: ledger)
      slotCount += 1
      return slot
    }
    try writeFirst(write)
    return free.removeLast()
  }

  // MARK: Output

  /// Writes the oldest block when it is encoded.
  private func writeFirst(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
    let slot = submitted.removeFirst()
    let block = try queue.waitForResult(of: slot).get()
    try framing.append(block)
    try writeStart(write)
    try write(UnsafeRawBufferPointer(rebasing: slot.buffer.bytes[..<block.storedBytes]))
    slot.clear()
    free.append(slot)
  }

  private func writeStart(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
    if hasStart { return }
    hasStart = true
    if !framing.start.isEmpty { try framing.start.withUnsafeBytes(write) }
  }
}
