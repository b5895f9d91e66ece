// One block of a stream of bzip2, decoded by itself.
//
// libbz2 decodes streams only, from their first byte. A block begins at any bit. So the library gets the header of the
// stream, a lead-in, and then the stored bytes as they are:
//
//     BZh9 | lead-in: a block of some letters | block | signature of what follows
//                                             └ at the same bit of a byte as in the stored data
//
// Each of the eight bits at which a block may begin has a lead-in. Its letters are dropped. The library sees
// the same bits in the same bytes as if it decoded the whole stream, so that it comes to the same verdict on them.
//
// The end of a block is known by the signature behind it. If that is part of the block, the library has made no plain
// byte when all bytes before it are read, as it needs the whole block for the first one. Then the job's end is wrong,
// and it goes on with the bytes that follow. At the right end the library compares the block's checksum, and reads the
// next signature. The checksum of the whole stream is for the user of the jobs to compare.

/// Decoder of jobs that are blocks of bzip2.
final class Bzip2BlockDecoder: JobDecoder {
  private let stream: Bzip2Stream
  private let allocator: CodecAllocator
  private var block = Bzip2Block(bit: 0, level: 0, checksum: 0)
  private var phase = Phase.idle
  private var plainBytes = 0

  /// Most plain bytes of a call.
  private static let callBytes = 4096

  private enum Phase {
    case idle
    /// Before the first byte of the block.
    case start
    /// In the block, of which no plain byte is known.
    case silent
    /// In the block's plain bytes.
    case speaking
    /// At the signature behind the block.
    case end
  }

  init(_ allocator: CodecAllocator) {
    self.allocator = allocator
    stream = Bzip2Stream(allocator)
  }

  /// Starts a job. Call it only at first, and after a job that ended at a boundary.
  func begin(_ block: Bzip2Block) {
    self.block = block
    plainBytes = 0
  }

  func step(_ input: JobInput, into room: UnsafeMutableRawBufferPointer) -> JobStep {
    do throws(DecoderFault) {
      if phase == .idle {
        guard stream.open() else { throw .memory }
        phase = .start
      }
      if phase == .start {
        guard let first = input.bytes.first else { return JobStep(status: .needsInput) }
        let consumedBytes = try leadIn(to: first)
        phase = .silent
        return JobStep(consumedBytes: consumedBytes, status: .progress)
      }
      return decode(input, into: room)
    } catch {
      return JobStep(status: .finished(.fault(error, refusedBytes: allocator.refusedBytes)))
    }
  }

  /// Gives the library all that comes before the block, with the byte in which the block begins.
  ///
  /// - Returns: The stored bytes taken: 0 if the block begins with a byte.
  private func leadIn(to first: UInt8) throws(DecoderFault) -> Int {
    let shift = block.bit % 8
    let leadIn = Self.leadIns[shift]
    var bytes = Array("BZh".utf8) + [block.level] + leadIn.bytes
    if shift > 0 { bytes[bytes.count - 1] |= first & (0xFF >> shift) }
    var letters = [UInt8](repeating: 0, count: leadIn.letterCount)
    // The room ends the call when the letters are complete. The library has all bytes by then.
    let made = bytes.withUnsafeBytes { bytes in
      letters.withUnsafeMutableBytes { letters in
        call(bytes, into: letters)
      }
    }
    guard made.fault == nil, made.consumedBytes == bytes.count, made.producedBytes == leadIn.letterCount else {
      throw made.fault ?? .syntax
    }
    return shift > 0 ? 1 : 0
  }

  private func decode(_ input: JobInput, into room: UnsafeMutableRawBufferPointer) -> JobStep {
    // The library forgets what it has made in a call that fails. So the bounds of calls depend on the block alone.
    let roomBytes = Self.callBytes - plainBytes % Self.callBytes
    if room.count < roomBytes { return JobStep(status: .needsRoom(roomBytes)) }
    let allowedBytes = max(0, min(input.bytes.count, allowedEnd(input) - input.offset))
    let made = call(
      UnsafeRawBufferPointer(rebasing: input.bytes[..<allowedBytes]),
      into: UnsafeMutableRawBufferPointer(rebasing: room[..<roomBytes]))
    plainBytes += made.producedBytes
    if made.producedBytes > 0 { phase = .speaking }
    if made.fault != nil || made.consumedBytes > 0 || made.producedBytes > 0 {
      let fault = made.fault.map { JobEnd.fault($0, refusedBytes: allocator.refusedBytes) }
      return JobStep(
        consumedBytes: made.consumedBytes, producedBytes: made.producedBytes,
        status: fault.map { .finished($0) } ?? .progress)
    }
    switch phase {
    case .speaking where input.end != nil:
      phase = .end
      return JobStep(status: .progress)
    case .end:
      stream.close()
      phase = .idle
      return JobStep(status: .finished(.boundary))
    default: return JobStep(status: input.isFinal && input.end == nil ? .finished(.truncated) : .needsInput)
    }
  }

  /// End of the stored bytes that the library may have.
  private func allowedEnd(_ input: JobInput) -> Int {
    if let end = input.end {
      return (end + (phase == .end ? Bzip2Signature.bitCount : 0) + 7) / 8
    }
    // The last bytes may hold the beginning of what follows the block.
    let inputEnd = input.offset + input.bytes.count
    return input.isFinal ? inputEnd : inputEnd - Bzip2Signature.markBitCount / 8
  }

  private func call(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodingStep {
    var step = stream.decode(input, into: output)
    // An end of the stream is not part of what the library gets.
    if step.isAtEnd { step.fault = .syntax }
    return step
  }

  /// Blocks that end at each bit of a byte, behind a header of four bytes. libbz2 has made them of some letters.
  static let leadIns: [(letterCount: Int, bytes: [UInt8])] = [
    (
      4,
      [
        0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0x9A, 0x8E, 0xDE, 0x1B, 0x00, 0x00, 0x01, 0x81, 0x00, 0x30,
        0x00, 0x20, 0x00, 0x21, 0x00, 0x82, 0x23,
      ]
    ),
    (
      5,
      [
        0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0x31, 0xBF, 0x18, 0x4A, 0x00, 0x00, 0x00, 0x01, 0x00, 0x09,
        0x80, 0x20, 0x00, 0x21, 0x98, 0x19, 0x84, 0x33, 0x00,
      ]
    ),
    (
      6,
      [
        0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0x06, 0x25, 0x27, 0x02, 0x00, 0x00, 0x01, 0x81, 0x00, 0x1A,
        0x00, 0x20, 0x00, 0x21, 0x98, 0x19, 0x84, 0x11, 0x80,
      ]
    ),
    (
      1,
      [
        0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0x19, 0x93, 0x9B, 0x6B, 0x00, 0x00, 0x00, 0x01, 0x00, 0x20,
        0x00, 0x20, 0x00, 0x21, 0x18, 0x46, 0x80,
      ]
    ),
    (
      2,
      [
        0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0xE9, 0x93, 0xFD, 0xCD, 0x00, 0x00, 0x00, 0x01, 0x00, 0x30,
        0x00, 0x20, 0x00, 0x21, 0x00, 0x82, 0xB0,
      ]
    ),
    (
      3,
      [
        0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0x1F, 0xE5, 0xDF, 0xCE, 0x00, 0x00, 0x01, 0x01, 0x00, 0x20,
        0x00, 0x20, 0x00, 0x30, 0x8C, 0x14, 0x18,
      ]
    ),
    (
      3,
      [
        0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0x12, 0xA6, 0xF9, 0x17, 0x00, 0x00, 0x00, 0x01, 0x00, 0x30,
        0x00, 0x20, 0x00, 0x21, 0x00, 0x82, 0x8C,
      ]
    ),
    (
      4,
      [
        0x31, 0x41, 0x59, 0x26, 0x53, 0x59, 0x19, 0x13, 0x9D, 0x71, 0x00, 0x00, 0x01, 0x81, 0x00, 0x0C,
        0x40, 0x20, 0x00, 0x21, 0x98, 0x19, 0x84, 0xCC,
      ]
    ),
  ]
}
