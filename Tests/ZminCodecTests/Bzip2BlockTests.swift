import Testing
@testable import ZminCodec
import ZminMemory

@Suite("Blocks of bzip2") struct Bzip2BlockTests {
  @Test("Each lead-in is a block that decodes to its letters, and ends at its bit of a byte")
  func leadIns() throws {
    #expect(Bzip2BlockDecoder.leadIns.count == 8)
    for (shift, leadIn) in Bzip2BlockDecoder.leadIns.enumerated() {
      // The bits behind it are zero, and no signature: the library refuses them once it has given the letters.
      let decoder = Bzip2Decoder(CodecAllocator(for: .decoder, ledger: MemoryLedger()))
      let stream = Array("BZh9".utf8) + leadIn.bytes
      var room = [UInt8](repeating: 0, count: 100)
      let step = stream.withUnsafeBytes { input in room.withUnsafeMutableBytes { decoder.decode(input, into: $0) } }
      #expect(step.producedBytes == leadIn.letterCount && step.fault == nil)
      // An end of the stream is understood there and nowhere else.
      for end in 0..<8 {
        let bits = stream.flatMap(Members.bits).dropLast(shift == 0 ? 0 : 8 - shift)
        #expect((bits.count % 8 == end) == (shift == end))
      }
    }
  }

  @Test("A signature is found at any bit, and at no other")
  func signatures() {
    for bit in 0..<24 {
      for (pattern, signature) in [(0x3141_5926_5359, Bzip2Signature.block), (0x1772_4538_5090, .end)]
        as [(UInt64, Bzip2Signature)]
      {
        var bytes = [UInt8](repeating: 0, count: 12)
        for index in 0..<48 where pattern >> UInt64(47 - index) & 1 == 1 {
          bytes[(bit + index) / 8] |= 0x80 >> UInt8((bit + index) % 8)
        }
        bytes.withUnsafeBytes { bytes in
          for start in 0...bit {
            let found = Bzip2Signature.find(in: bytes, from: start)
            #expect(found?.bit == bit && found?.signature == signature)
          }
          #expect(Bzip2Signature.find(in: bytes, from: bit + 1) == nil)
          let short = UnsafeRawBufferPointer(rebasing: bytes[..<((bit + 47) / 8)])
          #expect(Bzip2Signature.find(in: short, from: 0) == nil)
        }
      }
    }
  }

  @Test(
    "A signature within a block does not end it", .enabled(if: Tool.isInstalled("bzip2")),
    arguments: [0x3141_5926_5359, 0x1772_4538_5090] as [UInt64])
  func falseSignatures(_ signature: UInt64) throws {
    let odd = Members.bytes(withSignature: signature)
    let text = DecodedSourceTests.text(byteCount: 600)
    for texts in [[odd], [text, odd, text], [odd, odd, odd, text], [text, text, odd]] {
      let stored = try Members.bzip2(texts)
      // The test is one only if the signature is there.
      let found = stored.withUnsafeBytes { bytes in
        var (bit, count) = (0, 0)
        while let next = Bzip2Signature.find(in: bytes, from: bit) { (bit, count) = (next.bit + 1, count + 1) }
        return count
      }
      #expect(found > texts.count + 1)
      for workers in [0, 1, 2, 4] {
        for pieceBytes in [Int.max, 50, 1] {
          let plan = ParallelDecodingTests.plan(.bzip2, workers: workers)
          let decoded = try decode(stored + stored, .bzip2, plan: plan, pieceBytes: pieceBytes)
          #expect(decoded.error == nil && decoded.bytes == (texts + texts).flatMap { $0 })
        }
      }
    }
  }

  @Test("A wrong checksum of a stream is an error at its end", .enabled(if: Tool.isInstalled("bzip2")))
  func streamChecksum() throws {
    let texts = [100, 200, 300].map { DecodedSourceTests.text(byteCount: $0) }
    var stored = try Members.bzip2(texts)
    stored[stored.count - 3] ^= 0x10
    for workers in [1, 2] {
      let decoded = try decode(stored, .bzip2, plan: ParallelDecodingTests.plan(.bzip2, workers: workers))
      #expect(decoded.error?.code == .syntax && decoded.bytes == texts.flatMap { $0 })
    }
  }
}
