import ZminEngine
import ZminIO

/// A file as the output of a run.
struct FileOutput: ByteSink, ~Copyable {
  var file: OutputFile
  let isFinal: Bool
  var appearsWhole: Bool { file.appearsWhole }
  /// The hash of the bytes written so far, nil if it is not asked for.
  private(set) var hash: OutputHash?
  /// True if the last line that was written lacks its LF.
  private var hasOpenLine = false

  init(file: consuming OutputFile, isFinal: Bool, isHashed: Bool = false) {
    self.file = file
    self.isFinal = isFinal
    if isHashed { hash = OutputHash() }
  }

  mutating func expect(byteCount: Int64) {
    file.expect(byteCount: byteCount)
  }

  mutating func write(_ bytes: UnsafeRawBufferPointer, isUnchanged: Bool) throws {
    try file.write(bytes)
    hash?.append(bytes)
    if let last = bytes.last { hasOpenLine = last != UInt8(ascii: "\n") }
  }

  /// Ends a line that an invalid input has left open, so that no value of the next input joins it.
  mutating func endLine() throws {
    if hasOpenLine { try [UInt8(ascii: "\n")].withUnsafeBytes { try write($0, isUnchanged: false) } }
  }
}

/// An output that writes nothing, and stops the run at the first byte that differs from the input.
struct ChangeDetector: ByteSink {
  /// The output differs from the input.
  struct Changed: Error {}

  /// The hash of the bytes so far, nil if it is not asked for.
  private(set) var hash: OutputHash?

  init(isHashed: Bool = false) {
    if isHashed { hash = OutputHash() }
  }

  var isFinal: Bool { false }

  mutating func write(_ bytes: UnsafeRawBufferPointer, isUnchanged: Bool) throws {
    guard isUnchanged else { throw Changed() }
    hash?.append(bytes)
  }
}
