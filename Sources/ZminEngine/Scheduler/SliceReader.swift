import Synchronization
import ZminCore

/// Reads slices of an input into their slots: at their offsets, or one after another if the input is read in order.
///
/// `@unchecked Sendable` because several threads may read an input at offsets, and an input that is read in order has
/// one reader at a time, as the rest that it leaves has. The pointer is valid as long as any thread reads.
final class SliceReader<Input: ByteSource & ~Copyable>: @unchecked Sendable {
  private let input: UnsafeMutablePointer<Input>
  private let format: Format

  /// Bytes after the last boundary of an input that is read in order.
  private let rest: UnsafeMutableRawBufferPointer
  private var restBytes = 0
  private var restBoundary: SliceBoundary?
  /// True if bytes were read since the last pause.
  private var hasNewBytes = false

  /// Real start of the last slice whose bytes did not tell it.
  private let undecidedStart = Atomic<UInt8>(SlicePrefix.Start.between.rawValue)

  init(_ input: UnsafeMutablePointer<Input>, _ format: Format, rest: UnsafeMutableRawBufferPointer) {
    self.input = input
    self.format = format
    self.rest = rest
  }

  /// Infers the start of the slice in `slot`.
  func start(of slot: SliceSlot, after boundary: SliceBoundary?) -> SlicePrefix.Start {
    if boundary?.isAfterControlCharacter == true { return .between }
    if let start = SliceBoundary.start(before: slot.bytes) { return start }
    slot.isStartUndecided = true
    return SlicePrefix.Start(rawValue: undecidedStart.load(ordering: .relaxed)) ?? .between
  }

  /// Notes the real start of a slice whose bytes did not tell it.
  func noteUndecidedStart(_ start: SlicePrefix.Start) { undecidedStart.store(start.rawValue, ordering: .relaxed) }

  // MARK: At offsets

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

  /// The end of a slice in a slot's input, of which so many bytes were read.
  private func end(of slice: SliceQueue.Slice, in slot: SliceSlot, _ readBytes: Int) -> Int {
    guard slot.error == nil, slice.endWindowBytes > 0 else { return readBytes }
    let window = UnsafeRawBufferPointer(rebasing: slot.input[readBytes - slice.endWindowBytes..<readBytes])
    return readBytes - window.count + SliceBoundary(in: window, format).offset
  }

  /// Fills a buffer from an offset of the input, up to an error, which is put in the slot.
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

  /// Timeout after which a waiting reader looks whether the run is over. The other threads wait for it then.
  private static var timeoutMilliseconds: Int32 { 50 }

  /// Reads the next bytes of an input in order, up to the last boundary in them. An error is put in the slot.
  ///
  /// At a pause of the producer the slice is the rest after the last boundary. It may complete a value, or be invalid.
  ///
  /// - Returns: The boundary before the slice, and true if the input has ended.
  func readNext(into slot: SliceSlot, isStopped: () -> Bool) -> (boundary: SliceBoundary?, isAtEnd: Bool) {
    let boundary = restBoundary
    let buffer = slot.input
    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: rest.prefix(restBytes)))
    slot.begin(0..<restBytes)
    var readBytes = 0
    do {
      var isReady = try input.pointee.isReady(withinMilliseconds: RunPause.milliseconds)
      if hasNewBytes, !isReady {
        hasNewBytes = false
        (restBytes, restBoundary) = (0, nil)
        slot.isBeforePause = true
        return (boundary, false)
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
    guard readBytes > 0 else { return (boundary, true) }
    hasNewBytes = true
    let bytes = UnsafeRawBufferPointer(rebasing: buffer.prefix(restBytes + readBytes))
    let window = UnsafeRawBufferPointer(rebasing: bytes.suffix(SliceBoundary.windowBytes))
    let next = SliceBoundary(in: window, format, isLate: bytes.count < buffer.count)
    // All bytes, if none stand before the boundary: a slice must not be empty.
    let end = bytes.count - window.count + next.offset
    let sliceBytes = end == 0 ? bytes.count : end
    restBoundary = next
    restBytes = bytes.count - sliceBytes
    rest.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes.suffix(restBytes)))
    slot.range = 0..<sliceBytes
    return (boundary, false)
  }
}
