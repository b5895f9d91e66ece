import Synchronization
import ZminCore

/// Reads slices of an input into their slots: from their places, or one after another where it comes in order.
///
/// `@unchecked Sendable` because an input that has places is only read, which several threads may do, and one that comes
/// in order has one reader at a time, as the rest has that it leaves. The pointer is valid as long as anybody reads.
final class SliceReader<Input: ByteSource & ~Copyable>: @unchecked Sendable {
  private let input: UnsafeMutablePointer<Input>
  private let format: Format

  /// What an input that comes in order has after its last cut.
  private let rest: UnsafeMutableRawBufferPointer
  private var restBytes = 0
  private var restCut: SliceBoundary?
  /// Set if bytes were read since the last pause.
  private var hasNewBytes = false

  /// What the last slice that could have started either way turned out to start in.
  private let undecidedStart = Atomic<UInt8>(SlicePrefix.Start.between.rawValue)

  init(_ input: UnsafeMutablePointer<Input>, _ format: Format, rest: UnsafeMutableRawBufferPointer) {
    self.input = input
    self.format = format
    self.rest = rest
  }

  /// Where the slice in `slot` is assumed to start, after that cut.
  func start(of slot: SliceSlot, after cut: SliceBoundary?) -> SlicePrefix.Start {
    if cut?.isAfterControlCharacter == true { return .between }
    if let start = SliceBoundary.start(before: slot.bytes) { return start }
    slot.isStartUndecided = true
    return SlicePrefix.Start(rawValue: undecidedStart.load(ordering: .relaxed)) ?? .between
  }

  /// Hears what a slice that could have started either way turned out to start in.
  func noteUndecidedStart(_ start: SlicePrefix.Start) { undecidedStart.store(start.rawValue, ordering: .relaxed) }

  // MARK: From its place

  /// Reads a slice from the boundary before it to the boundary at its end, or up to an error, which is put in the slot.
  ///
  /// - Returns: The boundary before it.
  func read(_ slice: SliceQueue.Slice, _ range: Range<Int>, into slot: SliceSlot) -> SliceBoundary? {
    slot.begin()
    let windowBytes = slice.cutWindowBytes
    guard slot.isOnLane else {
      let room = UnsafeMutableRawBufferPointer(rebasing: slot.input[..<(windowBytes + range.count)])
      let readBytes = fill(room, at: range.lowerBound - windowBytes, orFail: slot)
      guard readBytes > windowBytes else { return nil }
      let boundary = boundary(in: room, windowBytes)
      slot.range = (boundary?.offset ?? 0)..<end(of: slice, in: slot, readBytes)
      return boundary
    }
    // On a lane the slice begins where the memory does: devices want it aligned.
    let window = UnsafeMutableRawBufferPointer(rebasing: slot.cutWindow[..<windowBytes])
    guard fill(window, at: range.lowerBound - windowBytes, orFail: slot) == windowBytes else { return nil }
    let boundary = boundary(in: window, windowBytes)
    let head = UnsafeRawBufferPointer(rebasing: window[(boundary?.offset ?? 0)...])
    slot.input.copyMemory(from: head)
    let room = UnsafeMutableRawBufferPointer(rebasing: slot.input[head.count..<head.count + range.count])
    let readBytes = fill(room, at: range.lowerBound, orFail: slot)
    slot.range = 0..<end(of: slice, in: slot, head.count + readBytes)
    return boundary
  }

  private func boundary(in bytes: UnsafeMutableRawBufferPointer, _ windowBytes: Int) -> SliceBoundary? {
    guard windowBytes > 0 else { return nil }
    return SliceBoundary(in: UnsafeRawBufferPointer(rebasing: bytes[..<windowBytes]), format)
  }

  /// Where a slice ends in a slot's input, of which so many bytes were read.
  private func end(of slice: SliceQueue.Slice, in slot: SliceSlot, _ readBytes: Int) -> Int {
    guard slot.error == nil, slice.endWindowBytes > 0 else { return readBytes }
    let window = UnsafeRawBufferPointer(rebasing: slot.input[readBytes - slice.endWindowBytes..<readBytes])
    return readBytes - window.count + SliceBoundary(in: window, format).offset
  }

  /// Fills a buffer from that place, up to an error, which the slot then has.
  ///
  /// - Returns: Bytes read.
  private func fill(_ buffer: UnsafeMutableRawBufferPointer, at offset: Int, orFail slot: SliceSlot) -> Int {
    var filledBytes = 0
    do {
      while filledBytes < buffer.count {
        let readBytes = try input.pointee.read(
          into: UnsafeMutableRawBufferPointer(rebasing: buffer[filledBytes...]), at: offset + filledBytes)
        if readBytes == 0 { throw input.pointee.endedEarlyError }
        filledBytes += readBytes
      }
    } catch {
      slot.error = error
    }
    return filledBytes
  }

  // MARK: In order

  /// How long is waited for an input without looking whether the run is over: the others wait for it then.
  private static var timeoutMilliseconds: Int32 { 50 }

  /// Reads what comes next of an input that comes in order, up to the last cut in it. An error is the slot's.
  ///
  /// Where the producer pauses, the slice is what was left after the last cut, which may complete a value or be wrong.
  ///
  /// - Returns: The cut before it, and whether the input has ended.
  func readNext(into slot: SliceSlot, isStopped: () -> Bool) -> (cut: SliceBoundary?, isAtEnd: Bool) {
    let cut = restCut
    let buffer = slot.input
    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest.prefix(restBytes)))
    slot.begin(0..<restBytes)
    var readBytes = 0
    do {
      var isReady = try input.pointee.isReady(withinMilliseconds: RunPause.milliseconds)
      if hasNewBytes, !isReady {
        hasNewBytes = false
        (restBytes, restCut) = (0, nil)
        slot.isBeforePause = true
        return (cut, false)
      }
      while !isReady, !isStopped() {
        isReady = try input.pointee.isReady(withinMilliseconds: Self.timeoutMilliseconds)
      }
      if !isStopped() {
        readBytes = try input.pointee.readAvailable(
          into: UnsafeMutableRawBufferPointer(rebasing: buffer[restBytes...]))
      }
    } catch {
      slot.error = error
    }
    guard readBytes > 0 else { return (cut, true) }
    hasNewBytes = true
    let bytes = UnsafeRawBufferPointer(rebasing: buffer.prefix(restBytes + readBytes))
    let window = UnsafeRawBufferPointer(rebasing: bytes.suffix(SliceBoundary.windowBytes))
    let next = SliceBoundary(in: window, format, isLate: bytes.count < buffer.count)
    // All of it, if there is nothing before the cut: something must go on.
    let end = bytes.count - window.count + next.offset
    let sliceBytes = end == 0 ? bytes.count : end
    restCut = next
    restBytes = bytes.count - sliceBytes
    rest.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.suffix(restBytes)))
    slot.range = 0..<sliceBytes
    return (cut, false)
  }
}
