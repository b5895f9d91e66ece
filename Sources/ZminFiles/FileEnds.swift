import ZminEngine
import ZminIO

/// A file as the output of a run.
struct FileOutput: ByteSink, ~Copyable {
  var file: OutputFile
  let isFinal: Bool
  var appearsWhole: Bool { file.appearsWhole }
  /// The hash of the bytes written so far, nil if it is not asked for.
  private(set) var hash: OutputHash?

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
  }

  /// Reads a new file again from the disk.
  ///
  /// - Parameter hash: Hash of the bytes that were written.
  /// - Throws: ``StoredDifference``, ``FileError``.
  func checkStored(_ hash: UInt64) throws {
    try file.prepareToReadBack()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 4096)
    defer { buffer.deallocate() }
    var stored = OutputHash()
    var offset: Int64 = 0
    while case let count = try file.read(into: buffer, at: offset), count > 0 {
      stored.append(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      offset += Int64(count)
    }
    guard stored.value == hash, offset == file.bytesWritten else { throw StoredDifference() }
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
