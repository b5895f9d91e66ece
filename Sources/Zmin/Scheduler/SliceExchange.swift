import Synchronization
import ZminCPU
import ZminCore

/// What the workers of one input share: who does what, until all of it is joined or something has gone wrong.
///
/// A worker joins if the next slice is done and no other worker is joining; else it takes a slice, if there is one and a
/// slot for it. So a slice is written by whoever is free when its turn comes, and nobody waits for anybody as long as
/// there are slots.
///
/// `@unchecked Sendable` because what is shared is either guarded by the monitor or has, by the queue that it guards, one
/// holder at a time: a slot, the joiner with the output, and an input that comes in order. An input that has places is
/// only read, which several threads may do. The pointers are valid as long as any worker works.
final class SliceExchange<Input: RunInput & ~Copyable, Output: RunOutput & ~Copyable>: @unchecked Sendable {
  private let input: UnsafeMutablePointer<Input>
  private let output: UnsafeMutablePointer<Output>
  private let joiner: UnsafeMutablePointer<SliceJoiner>
  private let options: MinifierOptions
  private let slots: [SliceSlot]
  private let canReread: Bool
  private let hasPlaces: Bool

  private let monitor = Monitor()
  // Guarded by the monitor.
  private var queue: SliceQueue
  private var isReading = false
  private var result: Result<Failure, any Error>?

  /// What an input that comes in order has after its last cut; the reader's.
  private let rest: UnsafeMutableRawBufferPointer
  private var restBytes = 0
  private var restCut: SliceCut?

  /// How far the input was told that it is done with; the joiner's.
  private var releasedBytes = 0

  /// What the last slice that could have started either way turned out to start in.
  private let undecidedStart = Atomic<UInt8>(SliceHead.Start.between.rawValue)

  init(
    input: UnsafeMutablePointer<Input>, output: UnsafeMutablePointer<Output>,
    joiner: UnsafeMutablePointer<SliceJoiner>, options: MinifierOptions, slots: [SliceSlot],
    rest: UnsafeMutableRawBufferPointer, queue: SliceQueue
  ) {
    self.input = input
    self.output = output
    self.joiner = joiner
    self.options = options
    self.slots = slots
    self.rest = rest
    self.queue = queue
    canReread = input.pointee.canReread
    hasPlaces = input.pointee.byteCountAtPlaces != nil
  }

  /// The first error of the input, nil if none was met. For when all workers have ended.
  ///
  /// - Throws: What went wrong otherwise.
  func failure() throws -> Failure? {
    // Less would be an output that is cut short and looks whole.
    precondition(result != nil || queue.isJoined, "slices were left")
    return try result?.get()
  }

  /// Works until there is nothing more to do for this worker.
  func work(with kernel: borrowing KernelRun) {
    while let task = nextTask() {
      switch task {
      case .join(let slot): join(slots[slot])
      case .take(let slice): take(slice, with: kernel)
      }
    }
  }

  // MARK: Who does what

  private enum Task {
    /// The slice in this slot.
    case join(Int)
    case take(SliceQueue.Slice)
  }

  private func nextTask() -> Task? {
    monitor.withLock {
      while result == nil {
        if let slot = queue.beginJoin() { return .join(slot) }
        if !isReading, let slice = queue.next() {
          isReading = slice.range == nil
          return .take(slice)
        }
        // Whoever is at work on a slice will also see to its joining.
        if queue.isHandedOut { return nil }
        monitor.wait()
      }
      return nil
    }
  }

  private func stop(_ result: Result<Failure, any Error>) {
    monitor.withLock {
      self.result = self.result ?? result
      monitor.broadcast()
    }
  }

  private func join(_ slot: SliceSlot) {
    if slot.isStartUndecided {
      let start: SliceHead.Start = joiner.pointee.endsInString ? .string : .between
      undecidedStart.store(start.rawValue, ordering: .relaxed)
    }
    do {
      if let failure = try joiner.pointee.join(slot, to: &output.pointee, notesPlaces: !canReread) {
        return stop(.success(failure))
      }
    } catch {
      return stop(.failure(error))
    }
    if hasPlaces {
      releasedBytes = input.pointee.release(from: releasedBytes, upTo: joiner.pointee.totals.inputBytes)
    }
    monitor.withLock {
      queue.endJoin()
      monitor.signal()
    }
  }

  private func take(_ slice: SliceQueue.Slice, with kernel: borrowing KernelRun) {
    let slot = slots[slice.slot]
    let cut = slice.range.map { read(slice, $0, into: slot) } ?? readNext(into: slot)
    // The first one's start is known to the joiner alone, which knows of byte order marks too.
    if slice.number > 0, slot.error == nil {
      do {
        try slot.minify(startingIn: start(of: slot, after: cut), options, with: kernel)
      } catch {
        slot.error = error
      }
    }
    monitor.withLock { queue.finish(slice) }
  }

  // MARK: Slices

  /// Where the slice in `slot` is assumed to start, after that cut.
  private func start(of slot: SliceSlot, after cut: SliceCut?) -> SliceHead.Start {
    if cut?.isAfterControlCharacter == true { return .between }
    if let start = SliceCut.start(before: slot.bytes) { return start }
    slot.isStartUndecided = true
    return SliceHead.Start(rawValue: undecidedStart.load(ordering: .relaxed)) ?? .between
  }

  /// Reads a slice from its place, from the cut before it to the cut at its end; up to an error if there is one, which
  /// the slot then has.
  ///
  /// - Returns: The cut before it.
  private func read(_ slice: SliceQueue.Slice, _ range: Range<Int>, into slot: SliceSlot) -> SliceCut? {
    let window = slice.cutWindowBytes
    slot.begin()
    let wantedBytes = window + range.count
    var filled = 0
    do {
      while filled < wantedBytes {
        let rest = UnsafeMutableRawBufferPointer(rebasing: slot.input.bytes[filled..<wantedBytes])
        let count = try input.pointee.read(into: rest, at: range.lowerBound - window + filled)
        if count == 0 { throw input.pointee.endedEarlyError }
        filled += count
      }
    } catch {
      slot.error = error
    }
    guard filled > window else { return nil }
    let bytes = UnsafeRawBufferPointer(rebasing: slot.input.bytes.prefix(filled))
    let cut = window == 0 ? nil : SliceCut(in: UnsafeRawBufferPointer(rebasing: bytes.prefix(window)), options.format)
    var end = bytes.count
    if !slice.isLast, slot.error == nil {
      let endWindow = min(SliceCut.windowBytes, range.count)
      let last = UnsafeRawBufferPointer(rebasing: bytes.suffix(endWindow))
      end += SliceCut(in: last, options.format).offset - endWindow
    }
    slot.range = (cut?.offset ?? 0)..<end
    return cut
  }

  /// How long a worker waits for an input without looking whether the run is over: the others wait for it then.
  private static var patienceMilliseconds: Int32 { 50 }

  /// Reads what comes next of an input that comes in order, up to the last cut in it, and lets another worker read on.
  /// An error is the slot's.
  ///
  /// - Returns: The cut before it.
  private func readNext(into slot: SliceSlot) -> SliceCut? {
    let cut = restCut
    let buffer = slot.input.bytes
    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest.prefix(restBytes)))
    slot.begin(0..<restBytes)
    var readBytes = 0
    do {
      while try !input.pointee.isReady(withinMilliseconds: Self.patienceMilliseconds), !isStopped {}
      if !isStopped {
        readBytes = try input.pointee.readAvailable(
          into: UnsafeMutableRawBufferPointer(rebasing: buffer[restBytes...]))
      }
    } catch {
      slot.error = error
    }
    if readBytes > 0 {
      let bytes = UnsafeRawBufferPointer(rebasing: buffer.prefix(restBytes + readBytes))
      let window = UnsafeRawBufferPointer(rebasing: bytes.suffix(SliceCut.windowBytes))
      let next = SliceCut(in: window, options.format, isLate: bytes.count < buffer.count)
      // All of it, if there is nothing before the cut: something must go on.
      let end = bytes.count - window.count + next.offset
      let sliceBytes = end == 0 ? bytes.count : end
      restCut = next
      restBytes = bytes.count - sliceBytes
      rest.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.suffix(restBytes)))
      slot.range = 0..<sliceBytes
    }
    monitor.withLock {
      isReading = false
      if readBytes == 0 { queue.end() }
      monitor.broadcast()
    }
    return cut
  }

  private var isStopped: Bool { monitor.withLock { result != nil } }
}
