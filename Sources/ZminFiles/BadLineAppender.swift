import ZminEngine
import ZminIO
import ZminMemory

/// Appends bad lines to a record, many at a time.
///
/// A line that is longer than the buffer is appended in pieces. The record stays locked until the line ends, so a line
/// of an input that may pause is spooled first:
///
///     regular file       line → buffer → record, locked from the first full buffer to the end of the line
///     pipe, long line    line → buffer → spool, and at the end of the line: lock → spool → record → unlock
struct BadLineAppender: BadLineSink, ~Copyable {
  private static let bufferBytesMax = 64 << 10
  /// The most lines that wait to be reported.
  private static let pendingLinesMax = 256

  private let record: BadLineRecord
  private let buffer: ByteBuffer
  private var bufferedBytes = 0
  /// The offset in the buffer of the line that has not ended.
  private var lineStart = 0
  private var lastByte: UInt8?
  /// True while the record is locked.
  private var isAppending = false
  /// True if long lines are spooled.
  private var spoolsLines = false
  private var spool: LineSpool?
  /// Lines appended to the record since ``begin(spoolsLines:_:)``.
  private(set) var recordedLines = 0
  /// Lines whose last bytes are in the buffer or the spool. They are reported when they are in the record.
  private var pendingLines: [BadLine] = []
  private var onLine: ((BadLine) -> Void)?

  /// - Throws: ``OutOfMemory``.
  init(_ record: BadLineRecord, windowBytes: Int, ledger: MemoryLedger) throws(OutOfMemory) {
    buffer = try ByteBuffer(
      byteCount: min(windowBytes, Self.bufferBytesMax), for: .outputWindow, in: ledger)
    self.record = record
  }

  /// Begins the next input.
  ///
  /// - Parameters:
  ///   - spoolsLines: True if the input may pause, so that its long lines are spooled.
  ///   - onLine: Called for each line once it is in the record.
  mutating func begin(spoolsLines: Bool, _ onLine: ((BadLine) -> Void)?) {
    abandon()
    recordedLines = 0
    self.spoolsLines = spoolsLines
    self.onLine = onLine
  }

  mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    guard let last = bytes.last else { return }
    lastByte = last
    if spool == nil, bytes.count > buffer.bytes.count - bufferedBytes {
      // The last piece of a line needs no spool, as the record is not locked while the input pauses.
      if spoolsLines, !isAppending, last != UInt8(ascii: "\n"), let spool = record.makeSpool() {
        try spoolLine(to: spool)
      } else {
        try pour()
      }
    }
    if let spool {
      try spool.append(bytes)
    } else if bytes.count > buffer.bytes.count {
      try record.append(bytes)
    } else {
      UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[bufferedBytes...]).copyMemory(from: bytes)
      bufferedBytes += bytes.count
    }
  }

  /// Begins to spool the line, and appends the lines before it.
  private mutating func spoolLine(to spool: LineSpool) throws {
    try spool.append(UnsafeRawBufferPointer(rebasing: buffer.bytes[lineStart..<bufferedBytes]))
    bufferedBytes = lineStart
    self.spool = spool
    if bufferedBytes > 0 { try pour() }
    endAppend()
  }

  mutating func end(_ line: BadLine) throws {
    try endLine()
    pendingLines.append(line)
    if isAppending || spool != nil || pendingLines.count == Self.pendingLinesMax { try flush() }
  }

  private mutating func endLine() throws {
    if lastByte != UInt8(ascii: "\n") {
      let lineFeed = UInt8(ascii: "\n")
      if let spool {
        try withUnsafeBytes(of: lineFeed) { try spool.append($0) }
      } else {
        if bufferedBytes == buffer.bytes.count { try pour() }
        buffer.bytes[bufferedBytes] = lineFeed
        bufferedBytes += 1
      }
    }
    lastByte = nil
    lineStart = bufferedBytes
  }

  mutating func flush() throws {
    if bufferedBytes > 0 || spool != nil || !pendingLines.isEmpty { try pour() }
    if lastByte == nil { endAppend() }
  }

  /// Appends all bytes so far, if no other writer appends, with an LF after an incomplete line. For an input that
  /// cannot be read again.
  mutating func salvage() {
    guard isAppending || bufferedBytes > 0 || spool != nil else { return }
    do {
      if !isAppending { isAppending = try record.beginAppendIfFree() }
      guard isAppending else { return }
      if lastByte != nil { try endLine() }
      try flush()
    } catch {
      // The error that ended the input is reported, not this one.
      return
    }
  }

  /// Drops the lines that are not in the record yet.
  mutating func abandon() {
    bufferedBytes = 0
    lineStart = 0
    pendingLines.removeAll(keepingCapacity: true)
    lastByte = nil
    spool = nil
    endAppend()
  }

  private mutating func endAppend() {
    if isAppending { record.endAppend() }
    isAppending = false
  }

  private mutating func pour() throws {
    if !isAppending {
      try record.beginAppend()
      isAppending = true
    }
    let buffered = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer.bytes).prefix(bufferedBytes))
    let lines = pendingLines
    bufferedBytes = 0
    lineStart = 0
    pendingLines.removeAll(keepingCapacity: true)
    try record.append(buffered)
    if lastByte == nil, let spool {
      self.spool = nil
      let record = record
      try spool.forEachPiece(within: buffer.bytes) { piece throws(FileError) in try record.append(piece) }
    }
    recordedLines += lines.count
    if let onLine { lines.forEach(onLine) }
  }
}
