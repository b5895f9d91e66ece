import Testing
@testable import ZminCodec
import ZminMemory

@Suite("Decoded sources") struct DecodedSourceTests {
  /// A program and its arguments that compress standard input to standard output.
  struct Encoder: CustomTestStringConvertible, Sendable {
    let codec: Codec
    let tool: String
    let arguments: [String]

    var testDescription: String { ([tool] + arguments).joined(separator: " ") }

    func encode(_ bytes: [UInt8]) throws -> [UInt8] { try Tool.run(tool, arguments, bytes) }
  }

  static let encoders: [Encoder] = [
    Encoder(codec: .gzip, tool: "gzip", arguments: ["-1"]), Encoder(codec: .gzip, tool: "gzip", arguments: ["-9"]),
    Encoder(codec: .gzip, tool: "pigz", arguments: ["-b", "128"]),
    Encoder(codec: .zstd, tool: "zstd", arguments: ["-q", "-1"]),
    Encoder(codec: .zstd, tool: "zstd", arguments: ["-q", "-19"]),
    Encoder(codec: .zstd, tool: "zstd", arguments: ["-q", "--long=27"]),
    Encoder(codec: .bzip2, tool: "bzip2", arguments: ["-1"]), Encoder(codec: .bzip2, tool: "bzip2", arguments: []),
    Encoder(codec: .xz, tool: "xz", arguments: ["-0"]), Encoder(codec: .xz, tool: "xz", arguments: ["-6"]),
    Encoder(codec: .xz, tool: "xz", arguments: ["-0", "--check=sha256"]),
  ].filter { Tool.isInstalled($0.tool) }

  /// One encoder of each codec.
  static let oneEach = Codec.allCases.compactMap { codec in encoders.first { $0.codec == codec } }

  /// Text that compresses as documents do.
  static func text(byteCount: Int, seed: UInt64 = 1) -> [UInt8] {
    var (bytes, state) = ([UInt8](), seed)
    while bytes.count < byteCount {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let name = ["Ada", "Grace", "Edsger", "Barbara"][Int(state >> 62)]
      bytes += Array("{\"id\": \(state >> 40), \"name\": \"\(name)\"}\n".utf8)
    }
    return Array(bytes.prefix(byteCount))
  }

  @Test("What an encoder made is decoded to the same bytes, whatever the sizes of reads", arguments: encoders)
  func roundTrip(_ encoder: Encoder) throws {
    for byteCount in [0, 1, 2, 1000, 65_535, 65_536, 65_537, 1_000_000] {
      let plain = Self.text(byteCount: byteCount)
      let stored = try encoder.encode(plain)
      for (pieceBytes, roomBytes) in [(Int.max, 1 << 16), (1, 4096), (7, 13), (65_537, 1 << 20)] {
        if min(pieceBytes, roomBytes) < 100, byteCount > 100_000 { continue }
        let decoded = try decode(stored, encoder.codec, pieceBytes: pieceBytes, roomBytes: roomBytes)
        #expect(decoded.error == nil && decoded.otherError == nil)
        #expect(decoded.bytes == plain, "\(byteCount) bytes, pieces of \(pieceBytes), room of \(roomBytes)")
      }
    }
  }

  @Test("Members, frames and streams one after another are one input, with zero bytes behind them", arguments: oneEach)
  func concatenation(_ encoder: Encoder) throws {
    let parts = try [0, 10, 70_000, 0, 1].map { try encoder.encode(Self.text(byteCount: $0)) }
    let plain = [0, 10, 70_000, 0, 1].flatMap { Self.text(byteCount: $0) }
    for padding in [0, 1, 512, 100_000] {
      let stored = parts.flatMap { $0 } + [UInt8](repeating: 0, count: padding)
      let decoded = try decode(stored, encoder.codec, pieceBytes: 1000)
      #expect(decoded.error == nil && decoded.bytes == plain, "\(padding) zero bytes")
    }
  }

  @Test("Streams of xz may have padding between them", .enabled(if: Tool.isInstalled("xz")))
  func xzPadding() throws {
    let stored = try Tool.run("xz", ["-c"], Self.text(byteCount: 100))
    let text = Self.text(byteCount: 100)
    #expect(try decode(stored + [0, 0, 0, 0] + stored, .xz, pieceBytes: 5).bytes == text + text)
    #expect(try decode(stored + [0, 0, 0] + stored, .xz).error?.code == .trailing)
  }

  @Test("Bytes behind the end are an error at their first byte, behind zero bytes too", arguments: oneEach)
  func trailing(_ encoder: Encoder) throws {
    let plain = Self.text(byteCount: 1000)
    let stored = try encoder.encode(plain)
    for (padding, garbage) in [(0, [7]), (0, Array("{}".utf8)), (5, [1, 2, 3, 4, 5, 6, 7])] as [(Int, [UInt8])] {
      let decoded = try decode(
        stored + [UInt8](repeating: 0, count: padding) + garbage, encoder.codec, pieceBytes: 100)
      #expect(decoded.bytes == plain)
      #expect(decoded.error?.code == .trailing)
      #expect(decoded.error?.storedOffset == stored.count + padding)
      #expect(decoded.error?.plainOffset == plain.count)
    }
  }

  @Test("Data that is cut off anywhere is an error, and what was decoded before is right", arguments: encoders)
  func truncation(_ encoder: Encoder) throws {
    let plain = Self.text(byteCount: 3000)
    let stored = try encoder.encode(plain)
    for count in 0..<stored.count {
      let decoded = try decode(Array(stored.prefix(count)), encoder.codec)
      let error = try #require(decoded.error, "\(count) of \(stored.count) bytes")
      let isRecognised = Codec.recognize(stored.prefix(count), isWhole: true) == .compressed(encoder.codec)
      #expect(error.code == (isRecognised ? .truncated : .syntax), "\(count) of \(stored.count) bytes")
      #expect(plain.starts(with: decoded.bytes) && error.storedOffset <= count)
    }
  }

  @Test("A flipped bit is an error, or changes nothing", arguments: encoders)
  func flippedBits(_ encoder: Encoder) throws {
    let plain = Self.text(byteCount: 600)
    let stored = try encoder.encode(plain)
    for bit in 0..<stored.count * 8 {
      var flipped = stored
      flipped[bit / 8] ^= 1 << (bit % 8)
      let decoded = try decode(flipped, encoder.codec, decoderBytesMax: 64 << 20)
      if decoded.error == nil { #expect(decoded.bytes == plain && decoded.otherError == nil, "bit \(bit)") }
    }
  }

  @Test("A checksum that does not agree is named where the library tells it", arguments: oneEach)
  func checksum(_ encoder: Encoder) throws {
    guard encoder.codec == .gzip || encoder.codec == .zstd else { return }
    var stored = try encoder.encode(Self.text(byteCount: 600))
    stored[stored.count - (encoder.codec == .gzip ? 8 : 1)] ^= 1
    #expect(try decode(stored, encoder.codec).error?.code == .checksum)
  }

  @Test("An error comes behind the bytes before it", arguments: oneEach)
  func errorBehind(_ encoder: Encoder) throws {
    let plain = Self.text(byteCount: 5000)
    let stored = try encoder.encode(plain) + encoder.encode(plain).dropLast(1)
    let decoded = try decode(stored, encoder.codec, roomBytes: 1 << 20)
    #expect(decoded.bytes.starts(with: plain))
    #expect(decoded.error?.code == .truncated)
  }

  @Test("Input that decodes to more than allowed is refused at the limit", arguments: oneEach)
  func plainLimit(_ encoder: Encoder) throws {
    let stored = try encoder.encode([UInt8](repeating: 0x20, count: 1_000_000))
    #expect(try decode(stored, encoder.codec, plainBytesMax: 1_000_000).error == nil)
    let decoded = try decode(stored, encoder.codec, plainBytesMax: 999_999)
    #expect(decoded.error?.code == .limit && decoded.bytes.count <= 999_999)
  }

  @Test("A decoder that needs more memory than allowed is refused, and says how much it needs", arguments: oneEach)
  func memoryLimit(_ encoder: Encoder) throws {
    let stored = try encoder.encode(Self.text(byteCount: 200_000))
    let decoded = try decode(stored, encoder.codec, decoderBytesMax: 20_000)
    #expect(decoded.error?.code == .limit)
    #expect(decoded.error?.message.contains("bytes of memory") == true)
  }

  @Test("A frame that claims a window of 2 GiB is refused before the memory is taken")
  func hugeWindow() throws {
    // A frame header without a single segment: window descriptor 31 - 10 = 21, in the upper five bits.
    let stored: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x00, 21 << 3, 0x01, 0x00, 0x00]
    let ledger = MemoryLedger()
    let decoded = try decode(stored, .zstd, decoderBytesMax: 8 << 20, ledger: ledger)
    #expect(decoded.error?.code == .limit)
    #expect(ledger.snapshot().total.peakBytes < 9 << 20)
    #expect(try decode(stored, .zstd).error == nil)
  }

  @Test("A frame that needs a dictionary is named", .enabled(if: Tool.isInstalled("zstd")))
  func dictionary() throws {
    // A frame header with the dictionary identifier 5 and a content size of one byte.
    let stored: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0x21, 0x05, 0x01, 0x09, 0x00, 0x00, 0x31]
    #expect(try decode(stored, .zstd).error?.code == .dictionary)
  }

  @Test("All memory of a decoder is in the ledger, and is given back", arguments: encoders)
  func ledger(_ encoder: Encoder) throws {
    let stored = try encoder.encode(Self.text(byteCount: 200_000))
    let ledger = MemoryLedger()
    _ = try decode(stored + stored, encoder.codec, ledger: ledger)
    #expect(ledger.snapshot().total.currentBytes == 0)
    #expect(ledger.snapshot().total.peakBytes > 64 << 10)
    _ = try decode(Array(stored.dropLast()), encoder.codec, ledger: ledger)
    #expect(ledger.snapshot().total.currentBytes == 0)
  }

  @Test("A hundred thousand tiny members are read in the memory of a few thousand", arguments: oneEach)
  func tinyMembers(_ encoder: Encoder) throws {
    let one = try encoder.encode(Array("1\n".utf8))
    let count = encoder.codec == .gzip || encoder.codec == .zstd ? 100_000 : 4000
    let peaks = try [count / 2, count].map { count in
      let ledger = MemoryLedger()
      let stored = [[UInt8]](repeating: one, count: count).flatMap { $0 }
      let decoded = try decode(stored, encoder.codec, workers: 1, ledger: ledger)
      #expect(decoded.bytes.count == 2 * count)
      return ledger.snapshot().total.peakBytes
    }
    // A worker may be done with a job before the next one is made, or not.
    #expect(peaks[1] <= peaks[0] + DecodingPlan(encoder.codec, workers: 1, limit: .max).plainBytes)
  }
}
