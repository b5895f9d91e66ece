import ZminEngine
import ZminIO

/// A file as the output of a run.
struct FileOutput: ByteSink, ~Copyable {
  var file: OutputFile
  let isFinal: Bool
  var appearsWhole: Bool { file.appearsWhole }
  /// Of what was written, where it is asked for.
  private(set) var hash: OutputHash?
  /// Whether the last line written lacks its end.
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

  /// Ends a line that an input which failed has left open, so that it takes no value of the next one with it.
  mutating func endLine() throws {
    if hasOpenLine { try [UInt8(ascii: "\n")].withUnsafeBytes { try write($0, isUnchanged: false) } }
  }
}

/// An output that takes nothing, and stops the run with the first byte that differs from the input.
struct ChangeDetector: ByteSink {
  /// The output is not the input.
  struct Changed: Error {}

  /// Of what there was so far, where it is asked for.
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
