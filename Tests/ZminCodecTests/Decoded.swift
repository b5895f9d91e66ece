@testable import ZminCodec
import ZminEngine
import ZminMemory
import ZminTestSupport

/// Result of decoding all of an input.
struct Decoded {
  var bytes: [UInt8] = []
  var error: DecodingError?
  var otherError: (any Error)?
}

/// Decodes `stored` through reads of `roomBytes`, from a source that gives `pieceBytes` at a time.
///
/// - Parameters:
///   - plan: Plan to work by; nil for the one that the other parameters lead to.
///   - makeProvisional: Maker of a decoder whose word is not the last. The source is seekable then.
func decode(
  _ stored: [UInt8], _ codec: Codec, workers: Int = 2, plan: DecodingPlan? = nil, pieceBytes: Int = .max,
  roomBytes: Int = 1 << 16, decoderBytesMax: Int = .max, plainBytesMax: Int = .max,
  ledger: MemoryLedger = MemoryLedger(), makeProvisional: ProvisionalDecoderMaker? = nil
) throws -> Decoded {
  var source = try DecodedSource(
    MemoryInput(stored, isSeekable: makeProvisional != nil, pieceBytes: pieceBytes), codec,
    plan ?? DecodingPlan(codec, workers: workers, limit: decoderBytesMax), decoderBytesMax: decoderBytesMax,
    plainBytesMax: plainBytesMax, ledger: ledger, makeProvisional: makeProvisional)
  return decode(&source, roomBytes: roomBytes)
}

/// Reads a source to its end or its error.
func decode<Base: ByteSource & ~Copyable>(_ source: inout DecodedSource<Base>, roomBytes: Int = 1 << 16) -> Decoded {
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
