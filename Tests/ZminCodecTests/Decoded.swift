import ZminCodec
import ZminMemory
import ZminTestSupport

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
    MemoryInput(stored, isSeekable: false, pieceBytes: pieceBytes), codec, decoderBytesMax: decoderBytesMax,
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
