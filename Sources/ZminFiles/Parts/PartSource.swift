import ZminCore
import ZminEngine
import ZminIO

/// One part of a file that can be read at any offset.
struct PartSource: ByteSource, ~Copyable {
  let reader: FileReader
  let range: Range<Int>
  private var offset = 0

  init(_ reader: consuming FileReader, _ range: Range<Int>) {
    self.reader = reader
    self.range = range
  }

  var isSeekable: Bool { true }
  var seekableSize: Int? { range.count }
  var endedEarlyError: any Error { reader.endedEarlyError }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try read(into: buffer, at: offset)
    offset += count
    return count
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(range.count - offset))
    return try reader.read(into: room, at: Int64(range.lowerBound + offset))
  }

  func isReady(withinMilliseconds milliseconds: Int32) -> Bool { true }

  func release(from released: Int, upTo end: Int) -> Int {
    reader.release(from: range.lowerBound + released, upTo: range.lowerBound + end) - range.lowerBound
  }
}

/// One part of an input that is read in order, from some bytes before the part on.
///
/// The bytes in which the cut behind the part is found are held back until they are all there.
struct PartStream<Base: ByteSource & ~Copyable>: ByteSource, ~Copyable {
  private var base: Base
  /// Bytes of the part that were held back, or read to find its start.
  private var held: [UInt8] = []
  private var next = 0
  /// Offset in the whole input of the next byte of the base.
  private var offset: Int
  private let cuts: PartCuts
  private let index: Int
  private let format: Format
  /// The part's bytes in the whole input, as far as they are read.
  private(set) var range: Range<Int>

  /// - Parameter offset: Offset of the first byte of the base in the whole input.
  /// - Throws: Errors of the base.
  init(_ base: consuming Base, at offset: Int, _ cuts: PartCuts, _ index: Int, _ format: Format) throws {
    self.base = base
    self.offset = offset
    self.cuts = cuts
    self.index = index
    self.format = format
    range = 0..<0
    let window = cuts.window(before: index)
    try skip(to: window.lowerBound)
    let bytes = try readFully(window.count)
    let start = bytes.withUnsafeBytes { cuts.cut(before: index, in: $0, format) }
    held = Array(bytes.dropFirst(start - window.lowerBound))
    range = start..<start
  }

  var isSeekable: Bool { false }
  var seekableSize: Int? { nil }
  var endedEarlyError: any Error { base.endedEarlyError }
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int { 0 }

  func isReady(withinMilliseconds milliseconds: Int32) throws -> Bool {
    try next < held.count || base.isReady(withinMilliseconds: milliseconds)
  }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if next == held.count { try fill(buffer.count) }
    let count = min(buffer.count, held.count - next)
    buffer.copyBytes(from: held[next..<next + count])
    next += count
    range = range.lowerBound..<range.upperBound + count
    return count
  }

  /// Reads what is left of the part, if a run has stopped before its end.
  ///
  /// - Returns: The part's bytes in the whole input.
  mutating func finish() throws -> Range<Int> {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 16)
    defer { room.deallocate() }
    while try read(into: room) > 0 {}
    return range
  }

  private mutating func fill(_ byteCount: Int) throws {
    (held, next) = ([], 0)
    let window = cuts.window(before: index + 1)
    let wished = cuts.wishedOffset(before: index + 1)
    if offset < window.lowerBound {
      held = try readFully(min(byteCount, window.lowerBound - offset))
    } else if offset < wished {
      let bytes = try readFully(wished - offset)
      let end = bytes.withUnsafeBytes { cuts.cut(before: index + 1, in: $0, format) }
      held = Array(bytes.prefix(end - window.lowerBound))
    }
  }

  private mutating func skip(to end: Int) throws {
    while offset < end { _ = try readFully(min(64 << 10, end - offset)) }
  }

  private mutating func readFully(_ byteCount: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: byteCount)
    var count = 0
    while count < byteCount {
      let readBytes = try bytes.withUnsafeMutableBytes { buffer in
        try base.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[count...]))
      }
      if readBytes == 0 { throw base.endedEarlyError }
      count += readBytes
    }
    offset += byteCount
    return bytes
  }
}
