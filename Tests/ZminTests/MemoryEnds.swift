import Zmin

/// An input in memory, in pieces if it is read in order.
struct MemoryInput: RunInput {
  let bytes: [UInt8]
  /// As many bytes as a read gives at most.
  var pieceBytes = Int.max
  let canReread: Bool
  /// Whether bytes can be had from any place at any time.
  let hasPlaces: Bool
  private(set) var offset = 0

  init(_ bytes: [UInt8], hasPlaces: Bool, pieceBytes: Int = .max) {
    self.bytes = bytes
    self.hasPlaces = hasPlaces
    self.pieceBytes = pieceBytes
    canReread = hasPlaces
  }

  /// One that comes in order.
  init(_ text: String, pieceBytes: Int = .max, canReread: Bool = false) {
    bytes = Array(text.utf8)
    hasPlaces = false
    self.pieceBytes = pieceBytes
    self.canReread = canReread
  }

  var byteCountAtPlaces: Int? { hasPlaces ? bytes.count : nil }
  var endedEarlyError: any Error { EndedEarly() }

  struct EndedEarly: Error {}

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = read(into: UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(pieceBytes)), at: offset)
    offset += count
    return count
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
    let rest = bytes[offset...].prefix(buffer.count)
    buffer.copyBytes(from: rest)
    return rest.count
  }
}

/// An output in memory.
struct MemoryOutput: RunOutput {
  var isFinal = false
  private(set) var bytes: [UInt8] = []

  init(isFinal: Bool = false) { self.isFinal = isFinal }

  mutating func write(_ bytes: UnsafeRawBufferPointer, isUnchanged: Bool) { self.bytes += bytes }
}
