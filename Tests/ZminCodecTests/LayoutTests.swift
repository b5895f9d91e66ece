import Testing
import ZminMemory
import ZminTestSupport

@testable import ZminCodec

@Suite("Layouts") struct LayoutTests {
  private func littleEndian(_ bytes: some Sequence<UInt8>) -> Int { bytes.reversed().reduce(0) { $0 << 8 | Int($1) } }

  // MARK: gzip

  @Test("Members of the layout blocks tell the sizes of their data, and each is decoded by itself")
  func miGz() throws {
    let plain = DecodedSourceTests.text(byteCount: 1_400_000)
    let stored = try encode(plain, Encoding(.gzip, layout: .blocks), workers: 2)
    var (rest, decoded, sizes) = (stored[...], [UInt8](), [Int]())
    while !rest.isEmpty {
      #expect(rest.dropFirst(10).prefix(6).elementsEqual([8, 0, 0x4D, 0x5A, 4, 0]))
      let memberBytes = 20 + littleEndian(rest.dropFirst(16).prefix(4)) + 8
      let member = try decode(Array(rest.prefix(memberBytes)), .gzip)
      #expect(member.error == nil)
      decoded += member.bytes
      sizes.append(member.bytes.count)
      rest = rest.dropFirst(memberBytes)
    }
    #expect(decoded == plain && sizes == [524_288, 524_288, 351_424])
  }

  @Test("Members of BGZF tell their sizes, and an empty one is the last", arguments: [0, 1, 65_280, 65_281, 1_400_000])
  func bgzf(_ byteCount: Int) throws {
    let plain = DecodedSourceTests.text(byteCount: byteCount)
    let stored = try encode(plain, Encoding(.gzip, layout: .bgzf), workers: 2)
    var (rest, sizes) = (stored[...], [Int]())
    while !rest.isEmpty {
      let memberBytes = 1 + littleEndian(rest.dropFirst(16).prefix(2))
      let member = Array(rest.prefix(memberBytes))
      #expect(BGZF.isMember(member))
      sizes.append(littleEndian(member.suffix(4)))
      rest = rest.dropFirst(memberBytes)
    }
    #expect(sizes.last == 0 && sizes.dropLast().allSatisfy { $0 > 0 })
    #expect(sizes.dropLast(2).allSatisfy { $0 == 65_280 } && sizes.reduce(0, +) == byteCount)
    let marker: [UInt8] = [0x1F, 0x8B, 8, 4, 0, 0, 0, 0, 0, 0xFF, 6, 0, 0x42, 0x43, 2, 0, 0x1B, 0, 3, 0]
    #expect(stored.suffix(28).elementsEqual(marker + [UInt8](repeating: 0, count: 8)))
  }

  @Test("bgzip finds nothing wrong with BGZF, and indexes it", .enabled(if: Tool.isInstalled("bgzip")))
  func bgzipIndex() throws {
    let plain = DecodedSourceTests.text(byteCount: 300_000)
    let stored = try encode(plain, Encoding(.gzip, layout: .bgzf))
    let script =
      "d=$(mktemp -d) && cat >$d/a.gz && bgzip -t $d/a.gz && bgzip -r $d/a.gz"
      + " && bgzip -b 200000 -s 1000 $d/a.gz && rm -r $d"
    #expect(try Tool.run("sh", ["-c", script], stored) == Array(plain[200_000..<201_000]))
  }

  // MARK: zstd

  /// Sizes of the frames that a seek table at the end tells.
  private func seekTable(_ stored: [UInt8]) throws -> [(stored: Int, plain: Int)] {
    #expect(stored.suffix(4).elementsEqual([0xB1, 0xEA, 0x92, 0x8F]))
    let frameCount = littleEndian(stored.suffix(9).prefix(4))
    let tableBytes = 8 * frameCount + 9
    let table = stored.suffix(tableBytes + 8)
    #expect(table.prefix(4).elementsEqual([0x5E, 0x2A, 0x4D, 0x18]))
    #expect(littleEndian(table.dropFirst(4).prefix(4)) == tableBytes)
    let frames = (0..<frameCount).map { index in
      let entry = table.dropFirst(8 + 8 * index)
      return (stored: littleEndian(entry.prefix(4)), plain: littleEndian(entry.dropFirst(4).prefix(4)))
    }
    #expect(frames.reduce(0) { $0 + $1.stored } + table.count == stored.count)
    return frames
  }

  @Test("A seek table tells where each frame is and how much it decodes to", arguments: [0, 1, 4 << 20, 9_000_000])
  func seekTable(_ byteCount: Int) throws {
    let encoding = Encoding(.zstd, layout: .blocks)
    let plain = Array(encoding.text(blocks: 3).prefix(byteCount))
    let stored = try encode(plain, encoding, workers: 2)
    var (rest, decoded) = (stored[...], [UInt8]())
    let frames = try seekTable(stored)
    for frame in frames {
      let part = try decode(Array(rest.prefix(frame.stored)), .zstd)
      #expect(part.error == nil && part.bytes.count == frame.plain)
      // The size of the content is in the header.
      #expect(rest[rest.startIndex + 4] & 0xE0 != 0)
      decoded += part.bytes
      rest = rest.dropFirst(frame.stored)
    }
    #expect(decoded == plain && frames.count == max(1, (byteCount + 4 << 20 - 1) / (4 << 20)))
  }

  @Test("A table that would have too many frames is left out, and one that grows has all")
  func seekTableSize() throws {
    for (frameCountMax, frameCount) in [(5, 5), (5, 6), (100_000, 511), (100_000, 512), (100_000, 20_000)] {
      let table = try SeekTable(frameCountMax: frameCountMax, ledger: MemoryLedger())
      for index in 0..<frameCount { try table.append(EncodedBlock(storedBytes: index, plainBytes: 2 * index)) }
      var stored: [UInt8] = []
      try table.writeEnd { stored += $0 }
      guard frameCount <= frameCountMax else {
        #expect(stored.isEmpty)
        continue
      }
      #expect(stored.count == 8 + 8 * frameCount + 9 && SeekTable.isFooter(stored))
      #expect(littleEndian(stored.dropFirst(8 * frameCount).prefix(4)) == frameCount - 1)
      #expect(littleEndian(stored.dropFirst(8 * frameCount + 4).prefix(4)) == 2 * (frameCount - 1))
    }
  }

  // MARK: Lines

  @Test(
    "Blocks end at lines if they have any",
    arguments: [Encoding(.zstd, layout: .blocks), Encoding(.gzip, layout: .blocks)])
  func lines(_ encoding: Encoding) throws {
    let blockBytes = encoding.form == .zstd ? 4 << 20 : 512 << 10
    // A line longer than two blocks between short ones.
    let short = [UInt8]("{\"a\":1}\n".utf8)
    let many = [[UInt8]](repeating: short, count: blockBytes / short.count + 100).flatMap { $0 }
    let plain = many + [UInt8](repeating: 0x31, count: 2 * blockBytes + 77) + [0x0A] + many + [0x31]
    let stored = try encode(plain, encoding, endsBlocksAtLines: true)
    for (workers, pieceBytes) in [(1, 999), (2, 999), (2, plain.count)] {
      let same = try encode(plain, encoding, workers: workers, endsBlocksAtLines: true, pieceBytes: pieceBytes)
      #expect(same == stored)
    }
    #expect(try decode(stored, encoding.codec).bytes == plain)
    guard encoding.form == .zstd else { return }
    var end = 0
    var isLong: [Bool] = []
    for frame in try seekTable(stored) {
      end += frame.plain
      #expect(plain[end - 1] == 0x0A || frame.plain == blockBytes || end == plain.count)
      isLong.append(frame.plain == blockBytes)
    }
    #expect(end == plain.count && isLong.contains(true) && isLong.contains(false))
  }

  // MARK: Recognition

  @Test("The layout of an output is recognised by its first and last bytes", arguments: Encoding.layouts)
  func recognition(_ encoding: Encoding) throws {
    for byteCount in [0, 1, 600_000] {
      let stored = try encode(DecodedSourceTests.text(byteCount: byteCount), encoding)
      let (head, tail) = (stored.prefix(Encoding.Layout.headBytes), stored.suffix(Encoding.Layout.tailBytes))
      #expect(Encoding.Layout.recognize(try encoding.codec, head: head, tail: tail) == encoding.layout)
      #expect(Encoding.Layout.recognize(.xz, head: head, tail: tail) == .single)
      for count in 0..<16 {
        let layout = Encoding.Layout.recognize(
          try encoding.codec, head: head.prefix(count), tail: tail.prefix(count % 9))
        #expect(layout == .single)
      }
    }
  }

  // MARK: Other readers

  @Test("Python's gzip and zlib read all layouts of gzip", .enabled(if: Tool.isInstalled("python3"), "needs python3"))
  func python() throws {
    let script = """
      import sys, gzip, zlib
      data = sys.stdin.buffer.read()
      plain = gzip.decompress(data)
      members = []
      while data:
          member = zlib.decompressobj(31)
          members.append(member.decompress(data))
          assert member.eof
          data = member.unused_data
      assert b"".join(members) == plain
      sys.stdout.buffer.write(plain)
      """
    for encoding in Encoding.layouts where encoding.form == .gzip {
      for byteCount in [0, 600_000] {
        let plain = DecodedSourceTests.text(byteCount: byteCount)
        let stored = try encode(plain, encoding, workers: 2)
        #expect(try Tool.run("python3", ["-c", script], stored) == plain, "\(encoding.layout), \(byteCount) bytes")
      }
    }
  }

  // Java 17 stops after a member without an error, sooner or later, if the stream says that nothing is available.
  @Test(
    "Java reads one gzip member from a stream that has nothing available",
    .enabled(if: Tool.isInstalled("java"), "needs java"))
  func java() throws {
    let program = """
      import java.io.*;
      import java.util.zip.GZIPInputStream;
      class Main {
        public static void main(String[] arguments) throws IOException {
          InputStream slow = new FilterInputStream(System.in) { @Override public int available() { return 0; } };
          new GZIPInputStream(slow).transferTo(System.out);
          System.out.flush();
        }
      }
      """
    let script = "d=$(mktemp -d) && printf '%s' \"$0\" >$d/Main.java && java $d/Main.java && rm -r $d"
    let plain = DecodedSourceTests.text(byteCount: 1_400_000)
    let stored = try encode(plain, Encoding(.gzip), workers: 2)
    #expect(try Tool.run("sh", ["-c", script, program], stored) == plain)
  }
}
