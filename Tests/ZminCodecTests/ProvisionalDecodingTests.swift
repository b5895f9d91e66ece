import CZminCodec
import Foundation
import Testing
@testable import ZminCodec
import ZminEngine
import ZminMemory
import ZminTestSupport

/// zlib has the last word, whatever a faster decoder says.
@Suite("Provisional decoding") struct ProvisionalDecodingTests {
  private static let isLong = ProcessInfo.processInfo.environment["ZMIN_LONG_TESTS"] == "1"
  private static let texts = [3000, 0, 20_000, 1].enumerated().map { index, byteCount in
    DecodedSourceTests.text(byteCount: byteCount, seed: UInt64(index))
  }

  /// Decodes as zlib does, and stops behind so many plain bytes of every member.
  private final class StoppingDecoder: ProvisionalDecoder {
    private let decoder: GzipDecoder
    private let plainBytesMax: Int
    private let isWrong: Bool
    private var plainBytes = 0
    private(set) var checksum: UInt32 = 0

    init?(_ allocator: CodecAllocator, plainBytesMax: Int, isWrong: Bool = false) {
      guard let decoder = try? GzipDecoder(allocator) else { return nil }
      self.decoder = decoder
      self.plainBytesMax = plainBytesMax
      self.isWrong = isWrong
    }

    func decode(_ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer) -> DecodingStep {
      let room = UnsafeMutableRawBufferPointer(rebasing: output.prefix(plainBytesMax - plainBytes))
      if room.isEmpty {
        return DecodingStep(consumedBytes: 0, producedBytes: 0, isAtEnd: false, fault: .syntax)
      }
      let step = decoder.decode(input, into: room)
      if isWrong, step.producedBytes > 0 { room[0] ^= 1 }
      checksum = libdeflate_crc32(checksum, room.baseAddress, step.producedBytes)
      plainBytes += step.producedBytes
      if step.isAtEnd { (plainBytes, checksum) = (0, 0) }
      return step
    }
  }

  @Test("A member that the faster decoder refuses is decoded by zlib, and no byte is given twice")
  func refusal() throws {
    let members = try Self.texts.map { try Members.encode($0, .gzip) }
    let stored = (members + members).flatMap { $0 }
    let plain = (Self.texts + Self.texts).flatMap { $0 }
    for plainBytesMax in [0, 1, 2999, 3000, 3001, 10_000, 19_999, 20_000, 20_001] {
      for (workers, pieceBytes, roomBytes) in [(0, Int.max, 1 << 16), (1, 1000, 100), (2, 7, 1000), (3, .max, 1)] {
        let ledger = MemoryLedger()
        let decoded = try decode(
          stored, .gzip, plan: ParallelDecodingTests.plan(.gzip, workers: workers), pieceBytes: pieceBytes,
          roomBytes: roomBytes, ledger: ledger,
          makeProvisional: { StoppingDecoder($0, plainBytesMax: plainBytesMax) })
        let label = "\(plainBytesMax) bytes, \(workers) workers" as Comment
        #expect(decoded.bytes == plain && decoded.error == nil && decoded.otherError == nil, label)
        #expect(ledger.snapshot().total.currentBytes == 0, label)
      }
    }
  }

  @Test("Wrong bytes of the faster decoder are found out, even where zlib finds no damage")
  func wrongBytes() throws {
    let stored = try Self.texts.flatMap { try Members.encode($0, .gzip) }
    for plainBytesMax in [1, 2999, 3001, 20_001] {
      let decoded = try decode(
        stored, .gzip, roomBytes: 100,
        makeProvisional: { StoppingDecoder($0, plainBytesMax: plainBytesMax, isWrong: true) })
      // A decoder that is never refused has nobody who looks at it: it has to check the checksum itself.
      #expect((decoded.error?.code == .checksum) == (plainBytesMax < 20_000))
    }
  }

  @Test("A file that is cut off while it is read again is reported")
  func shrinking() throws {
    let stored = try Members.encode(Self.texts[2], .gzip)
    var source = try DecodedSource(
      ShrinkingInput(stored), .gzip, ParallelDecodingTests.plan(.gzip, workers: 1), ledger: MemoryLedger(),
      makeProvisional: { StoppingDecoder($0, plainBytesMax: 10_000) })
    let decoded = decode(&source)
    #expect(decoded.bytes.count == 10_000 && decoded.otherError is ShrinkingInput.EndedEarly)
  }

  /// Input that has lost all bytes when it is read again.
  private struct ShrinkingInput: ByteSource {
    struct EndedEarly: Error {}

    private var base: MemoryInput

    init(_ bytes: [UInt8]) { base = MemoryInput(bytes, isSeekable: true) }

    var isSeekable: Bool { true }
    var seekableSize: Int? { base.seekableSize }
    var endedEarlyError: any Error { EndedEarly() }
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Int { base.read(into: buffer) }
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int { 0 }
  }

  // MARK: ISA-L

  private static let hasIgzip =
    IgzipDecoder(CodecAllocator(for: .decoder, ledger: MemoryLedger())) != nil

  /// Decodes with ISA-L, and expects zlib's verdict.
  ///
  /// - Returns: True if ISA-L took what zlib refuses.
  @discardableResult
  private func expectAgreement(
    _ stored: [UInt8], _ plain: [UInt8], workers: Int = 2, pieceBytes: Int = .max, roomBytes: Int = 1 << 16,
    _ comment: String
  ) throws -> Bool {
    let expected = decodeInOrder(stored, .gzip)
    let ledger = MemoryLedger()
    let found = try decode(
      stored, .gzip, plan: ParallelDecodingTests.plan(.gzip, workers: workers), pieceBytes: pieceBytes,
      roomBytes: roomBytes, ledger: ledger, makeProvisional: IgzipDecoder.make)
    #expect(found.otherError == nil && ledger.snapshot().total.currentBytes == 0, "\(comment)")
    if found.error == nil, expected.error != nil {
      #expect(found.bytes == plain, "\(comment)")
      return true
    }
    #expect(found.error?.code == expected.error?.code, "\(comment)")
    #expect(found.error?.plainOffset == expected.error?.plainOffset, "\(comment)")
    #expect(found.bytes.starts(with: expected.bytes), "\(comment)")
    #expect(found.error != nil || found.bytes == expected.bytes, "\(comment)")
    return false
  }

  private static let encoders: [DecodedSourceTests.Encoder] =
    ((1...9).map { .init(codec: .gzip, tool: "gzip", arguments: ["-\($0)"]) }
    + [
      .init(codec: .gzip, tool: "pigz", arguments: ["-11"]), .init(codec: .gzip, tool: "pigz", arguments: ["-H"]),
      .init(codec: .gzip, tool: "pigz", arguments: ["-0"]), .init(codec: .gzip, tool: "bgzip", arguments: ["-c"]),
    ]).filter { Tool.isInstalled($0.tool) }

  @Test(
    "ISA-L reads what real encoders write", .enabled(if: hasIgzip, "libisal.so.2 is not installed"),
    arguments: encoders)
  func realEncoders(_ encoder: DecodedSourceTests.Encoder) throws {
    for byteCount in [0, 1, 1000, 32_768, 65_537, 300_000] {
      let plain = DecodedSourceTests.text(byteCount: byteCount)
      let stored = try encoder.encode(plain)
      for (workers, pieceBytes, roomBytes) in [(0, Int.max, 1 << 16), (1, 1, 100), (2, 1000, 1 << 20), (2, .max, 7)] {
        if min(pieceBytes, roomBytes) < 10, byteCount > 70_000 { continue }
        try expectAgreement(
          stored + stored, plain + plain, workers: workers, pieceBytes: pieceBytes, roomBytes: roomBytes,
          "\(byteCount) bytes")
      }
    }
  }

  @Test(
    "With ISA-L, every optional field of a header is read", .enabled(if: hasIgzip, "libisal.so.2 is not installed"))
  func headerFields() throws {
    let plain = Self.texts[0]
    let member = try Members.encode(plain, .gzip)
    for flags in 0..<256 {
      var header = Array(member.prefix(10))
      header[3] = UInt8(flags)
      if flags & 4 != 0 { header += [5, 0, 1, 2, 3, 4, 5] }
      if flags & 8 != 0 { header += Array("name".utf8) + [0] }
      if flags & 16 != 0 { header += Array("comment".utf8) + [0] }
      if flags & 2 != 0 {
        let checksum = libdeflate_crc32(0, header, header.count)
        header += [UInt8(truncatingIfNeeded: checksum), UInt8(truncatingIfNeeded: checksum >> 8)]
      }
      for pieceBytes in [1, 3, 12, .max] {
        let isLenient = try expectAgreement(
          header + member.dropFirst(10) + member, plain + plain, pieceBytes: pieceBytes, "flags \(flags)")
        #expect(!isLenient)
      }
    }
  }

  @Test(
    "With ISA-L, data that is cut off or damaged anywhere has zlib's verdict",
    .enabled(if: hasIgzip, "libisal.so.2 is not installed"))
  func damage() throws {
    let plain = DecodedSourceTests.text(byteCount: 2000)
    let member = try Members.encode(plain, .gzip)
    let stored = member + member
    for count in 0..<stored.count { try expectAgreement(Array(stored.prefix(count)), plain, "\(count) bytes") }
    var lenientCount = 0
    for bit in 0..<stored.count * 8 where Self.isLong || bit % 3 == 0 {
      var flipped = stored
      flipped[bit / 8] ^= 1 << (bit % 8)
      if try expectAgreement(flipped, plain + plain, workers: bit % 4, pieceBytes: 1 + bit % 500, "bit \(bit)") {
        lenientCount += 1
      }
    }
    #expect(lenientCount < stored.count * 8 / 100)
  }
}
