import ZminEngine
import ZminIO
import ZminMemory

/// Puts bad lines into a record, many at a time.
///
/// A line that is longer than its buffer is passed on while it comes; the record is kept for it until it ends.
struct BadLineAppender: BadLineSink, ~Copyable {
  private static let bufferBytesMax = 64 << 10
  /// As many lines as wait to be reported.
  private static let pendingLinesMax = 256

  private let record: BadLineRecord
  private let buffer: ByteBuffer
  private var bufferedBytes = 0
  private var lastByte: UInt8?
  /// Whether the record is kept from others.
  private var isAppending = false
  /// Lines put into the record since ``begin(_:)``.
  private(set) var recordedLines = 0
  /// Lines whose last bytes are in the buffer. They are reported when they are in the record.
  private var pendingLines: [BadLine] = []
  private var onLine: ((BadLine) -> Void)?

  /// - Throws: ``OutOfMemory``.
  init(_ record: BadLineRecord, windowBytes: Int, ledger: MemoryLedger) throws(OutOfMemory) {
    buffer = try ByteBuffer(
      byteCount: min(windowBytes, Self.bufferBytesMax), for: .outputWindow, in: ledger)
    self.record = record
  }

  /// Begins with the lines of another input.
  ///
  /// - Parameter onLine: Called for each line once it is in the record.
  mutating func begin(_ onLine: ((BadLine) -> Void)?) {
    abandon()
    recordedLines = 0
    self.onLine = onLine
  }

  mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    guard let last = bytes.last else { return }
    lastByte = last
    if bytes.count > buffer.bytes.count - bufferedBytes { try pour() }
    if bytes.count > buffer.bytes.count {
      try record.append(bytes)
    } else {
      UnsafeMutableRawBufferPointer(rebasing: buffer.bytes[bufferedBytes...]).copyMemory(from: bytes)
      bufferedBytes += bytes.count
    }
  }

  mutating func end(_ line: BadLine) throws {
    if lastByte != UInt8(ascii: "\n") {
      if bufferedBytes == buffer.bytes.count { try pour() }
      buffer.bytes[bufferedBytes] = UInt8(ascii: "\n")
      bufferedBytes += 1
    }
    lastByte = nil
    pendingLines.append(line)
    if isAppending || pendingLines.count == Self.pendingLinesMax { try flush() }
  }

  mutating func flush() throws {
    if bufferedBytes > 0 || !pendingLines.isEmpty { try pour() }
    if isAppending, lastByte == nil {
      isAppending = false
      record.endAppend()
    }
  }

  /// Drops what is not in the record yet.
  mutating func abandon() {
    bufferedBytes = 0
    pendingLines.removeAll(keepingCapacity: true)
    lastByte = nil
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
    pendingLines.removeAll(keepingCapacity: true)
    try record.append(buffered)
    recordedLines += lines.count
    if let onLine { lines.forEach(onLine) }
  }
}
