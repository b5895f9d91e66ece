import ZminCodec
import ZminEngine
import ZminMemory

/// Bytes in memory that come in pieces.
struct MemorySource: ByteSource {
  let bytes: [UInt8]
  var pieceBytes = Int.max
  private var offset = 0

  init(_ bytes: [UInt8], pieceBytes: Int = .max) {
    self.bytes = bytes
    self.pieceBytes = pieceBytes
  }

  var isSeekable: Bool { false }
  var seekableSize: Int? { nil }
  var endedEarlyError: any Error { CancellationError() }

  mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let count = min(pieceBytes, buffer.count, bytes.count - offset)
    buffer.copyBytes(from: bytes[offset..<offset + count])
    offset += count
    return count
  }

  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
    preconditionFailure("it comes in order")
  }
}

/// Result of decoding all of an input.
struct Decoded {
  var bytes: [UInt8] = []
  var error: DecodingError?
  var otherError: (any Error)?
}

/// Decodes `stored` through reads of `roomBytes`, from a source that gives `pieceBytes` at a time.
func decode(
  _ stored: [UInt8], _ codec: Codec, pieceBytes: Int = .max, roomBytes: Int = 1 << 16, decoderBytesMax: Int = .max,
  plainBytesMax: Int = .max, ledger: MemoryLedger = MemoryLedger()
) throws -> Decoded {
  var source = try DecodedSource(
    MemorySource(stored, pieceBytes: pieceBytes), codec, decoderBytesMax: decoderBytesMax,
    plainBytesMax: plainBytesMax, ledger: ledger)
  let room = UnsafeMutableRawBufferPointer.allocate(byteCount: roomBytes, alignment: 16)
  defer { room.deallocate() }
  var decoded = Decoded()
  do {
    while true {
      let count = try source.read(into: room)
      if count == 0 { break }
      decoded.bytes += room.prefix(count)
    }
  } catch let error as DecodingError {
    decoded.error = error
  } catch {
    decoded.otherError = error
  }
  return decoded
}
