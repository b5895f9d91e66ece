@testable import ZminCodec
import ZminMemory

/// Decodes all of an input in order, in memory, as plainly as it can be done. A ``DecodedSource`` has to agree with it.
func decodeInOrder(_ stored: [UInt8], _ codec: Codec, decoderBytesMax: Int = .max) -> Decoded {
  let allocator = CodecAllocator(byteCountMax: decoderBytesMax, for: .decoder, ledger: MemoryLedger())
  var decoded = Decoded()
  var (offset, isFirst, needsEndMarker) = (0, true, false)
  var room = [UInt8](repeating: 0, count: 1 << 16)
  func fail(_ code: DecodingError.Code) -> Decoded {
    decoded.error = DecodingError(
      codec: codec, code: code, storedOffset: offset, plainOffset: decoded.bytes.count, message: "")
    return decoded
  }
  let decoder: any Decoder
  do throws(DecoderFault) {
    decoder =
      switch codec {
      case .gzip: try GzipDecoder(allocator)
      case .zstd: try ZstdDecoder(allocator)
      case .bzip2: Bzip2Decoder(allocator)
      case .xz: XZDecoder(allocator)
      }
  } catch {
    return fail(.limit)
  }
  while Codec.recognize(stored[offset...].prefix(6), isWhole: true) == .compressed(codec) {
    isFirst = false
    let unitStart = decoded.bytes.count
    let isBGZF =
      stored[offset...].starts(with: [0x1F, 0x8B, 8, 4])
      && stored[offset...].dropFirst(10).starts(
        with: [6, 0, 0x42, 0x43, 2, 0])
    while true {
      let step = stored[offset...].withUnsafeBytes { input in
        room.withUnsafeMutableBytes { decoder.decode(input, into: $0) }
      }
      offset += step.consumedBytes
      decoded.bytes += room.prefix(step.producedBytes)
      if let fault = step.fault {
        return fail(
          [.checksum: .checksum, .dictionary: .dictionary, .memory: .limit, .window: .limit][fault] ?? .syntax)
      }
      if step.isAtEnd { break }
      if step.consumedBytes == 0, step.producedBytes == 0 { return fail(.truncated) }
    }
    needsEndMarker = isBGZF && decoded.bytes.count > unitStart
  }
  if isFirst { return fail(.syntax) }
  let padding = stored[offset...].prefix { $0 == 0 }.count
  offset += padding
  if offset < stored.count { return fail(.trailing) }
  if needsEndMarker { return fail(.truncated) }
  return decoded
}
