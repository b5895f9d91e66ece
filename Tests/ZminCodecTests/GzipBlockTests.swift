import Foundation
import Testing
import ZminCodec
import ZminEngine
import ZminMemory

@Suite("Gzip members that carry their size") struct GzipBlockTests {
  /// A file in memory.
  struct MemoryFile: ByteSource {
    let bytes: [UInt8]
    var isSeekable: Bool { true }
    var seekableSize: Int? { bytes.count }
    var endedEarlyError: any Error { CancellationError() }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int { preconditionFailure("it is read by offsets") }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
      let part = bytes[min(offset, bytes.count)..<min(offset + buffer.count, bytes.count)]
      buffer.copyBytes(from: part)
      return part.count
    }
  }

  private static let text = DecodedSourceTests.text(byteCount: 400_000)

  private func open(_ bytes: [UInt8], ledger: MemoryLedger = MemoryLedger()) throws -> GzipBlockSource<MemoryFile>? {
    try GzipBlockSource(MemoryFile(bytes: bytes), ledger: ledger)
  }

  private func bgzf(_ plain: [UInt8]) throws -> [UInt8] {
    try #require(Tool.isInstalled("bgzip"), "bgzip is not installed")
    return try Tool.run("bgzip", ["-c"], plain)
  }

  /// Members as MiGz writes them.
  private func migz(_ plain: [UInt8], blockBytes: Int) throws -> [UInt8] {
    try stride(from: 0, to: plain.count, by: blockBytes).flatMap { start -> [UInt8] in
      let member = try Tool.run("gzip", ["-nc"], Array(plain[start..<min(start + blockBytes, plain.count)]))
      let deflate = member[10..<member.count - 8]
      let size = (0..<4).map { UInt8(deflate.count >> (8 * $0) & 0xFF) }
      return [0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 0xFF, 8, 0, 0x4D, 0x5A, 4, 0] + size + deflate + member.suffix(8)
    }
  }

  private func bytes(_ source: borrowing GzipBlockSource<MemoryFile>, _ range: Range<Int>) throws -> [UInt8] {
    let room = UnsafeMutableRawBufferPointer.allocate(byteCount: range.count, alignment: 1)
    defer { room.deallocate() }
    return Array(room.prefix(try source.read(into: room, at: range.lowerBound)))
  }

  @Test("Any part of a file is read at once, from any offset, in both layouts", arguments: [true, false])
  func parts(_ isBGZF: Bool) throws {
    let stored = try isBGZF ? bgzf(Self.text) : migz(Self.text, blockBytes: 30_000)
    let opened = try open(stored)
    guard let source = opened else {
      Issue.record("each member carries its size")
      return
    }
    #expect(source.layout == (isBGZF ? .bgzf : .migz) && source.seekableSize == Self.text.count)
    var edges = [0, 1, 29_999, 30_000, 30_001, 65_279, 65_280, 65_281, 200_000, 399_999, 400_000]
    edges += (0..<20).map { _ in Int.random(in: 0...400_000) }
    for start in edges {
      for end in edges where end > start {
        #expect(try bytes(source, start..<end) == Array(Self.text[start..<end]), "\(start)..<\(end)")
      }
      #expect(try bytes(source, start..<500_000) == Array(Self.text[start...]), "from \(start)")
    }
  }

  @Test("Several threads read at the same time, with a decoder each")
  func threads() throws {
    let ledger = MemoryLedger()
    let opened = try open(bgzf(Self.text), ledger: ledger)
    guard let source = opened else {
      Issue.record("bgzip's output has an index")
      return
    }
    withUnsafePointer(to: source) { source in
      nonisolated(unsafe) let source = source
      DispatchQueue.concurrentPerform(iterations: 64) { number in
        let range = number * 6000..<number * 6000 + 20_000
        let read = try? bytes(source.pointee, range)
        #expect(read == Array(Self.text[range]))
      }
    }
  }

  @Test("A file whose members do not carry their size, or not all, is read in order")
  func noIndex() throws {
    let gzip = try Tool.run("gzip", ["-c"], Self.text)
    let bgzf = try bgzf(Self.text)
    for stored in [gzip, bgzf + gzip, bgzf + [0], Array(bgzf.dropLast(28)), Array(bgzf.dropLast()), []] {
      let hasIndex = try open(stored) != nil
      #expect(!hasIndex)
    }
  }

  @Test("BGZF without its end marker is cut off, and with it is like any gzip data")
  func endMarker() throws {
    let stored = try bgzf(Self.text)
    #expect(try decode(stored, .gzip).error == nil)
    let decoded = try decode(Array(stored.dropLast(28)), .gzip)
    #expect(decoded.bytes == Self.text && decoded.error?.code == .truncated)
    #expect(decoded.error?.storedOffset == stored.count - 28)
  }

  @Test("A damaged member is an error where it is read, and nowhere else")
  func damage() throws {
    var stored = try migz(Self.text, blockBytes: 30_000)
    let first = try migz(Array(Self.text[..<30_000]), blockBytes: 30_000).count
    // The checksum of the first member.
    stored[first - 8] ^= 1
    let opened = try open(stored)
    guard let source = opened else {
      Issue.record("headers and lengths are as they were")
      return
    }
    #expect(try bytes(source, 30_000..<90_000) == Array(Self.text[30_000..<90_000]))
    let error = #expect(throws: DecodingError.self) { try bytes(source, 29_000..<90_000) }
    #expect(error?.code == .checksum && error?.storedOffset == 0 && error?.plainOffset == 0)
  }

  @Test("A bit that is flipped is an error, or changes nothing")
  func flippedBits() throws {
    let plain = DecodedSourceTests.text(byteCount: 300)
    let stored = try bgzf(plain)
    for bit in 0..<stored.count * 8 {
      var flipped = stored
      flipped[bit / 8] ^= 1 << (bit % 8)
      // Without an index the file is read in order, of which other tests say what becomes.
      let opened = try open(flipped)
      guard let source = opened else { continue }
      do {
        #expect(try bytes(source, 0..<10_000) == plain, "bit \(bit)")
      } catch {
        #expect(error is DecodingError, "bit \(bit)")
      }
    }
  }

  @Test("An index of very many members is no larger than a mebibyte")
  func manyMembers() throws {
    let one = try migz([0x31], blockBytes: 1)
    let count = 150_000
    let opened = try open([[UInt8]](repeating: one, count: count).flatMap { $0 })
    guard let source = opened else {
      Issue.record("each carries its size")
      return
    }
    #expect(source.seekableSize == count)
    #expect(try bytes(source, 140_001..<140_101) == [UInt8](repeating: 0x31, count: 100))
  }
}
