import Testing
import ZminCore
import ZminEngine
import ZminIO
import ZminMemory

@testable import ZminFiles

/// Decoders that stand between a file and the engine.
@Suite("Decoders") struct DecoderTests {
  /// Drops every second byte of a file.
  struct HalvingDecoder: InputBytes, ~Copyable {
    var source: FileReader

    var plainBytes: Int64? { nil }
    var plainBytesRead: Int64 { extent.storedBytes / 2 }
    var extent: ReadExtent { source.extent }
    var isSeekable: Bool { source.isSeekable }
    var seekableSize: Int? { nil }
    var endedEarlyError: any Error { source.endedEarlyError }

    mutating func rewind() { source.rewind() }

    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
      var stored = [UInt8](repeating: 0, count: 2 * buffer.count)
      let count = try stored.withUnsafeMutableBytes { try source.read(into: $0) }
      return Self.decode(stored[..<count], into: buffer)
    }

    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws -> Int {
      var stored = [UInt8](repeating: 0, count: 2 * buffer.count)
      let count = try stored.withUnsafeMutableBytes { try source.read(into: $0, at: 2 * offset) }
      return Self.decode(stored[..<count], into: buffer)
    }

    private static func decode(_ stored: ArraySlice<UInt8>, into buffer: UnsafeMutableRawBufferPointer) -> Int {
      let plain = stride(from: stored.startIndex, to: stored.endIndex, by: 2).map { stored[$0] }
      buffer.copyBytes(from: plain)
      return plain.count
    }
  }

  struct Collector: ByteSink {
    private(set) var text = ""
    var isFinal: Bool { false }

    mutating func write(_ bytes: UnsafeRawBufferPointer, isUnchanged: Bool) {
      text += String(decoding: bytes, as: UTF8.self)
    }
  }

  private static func stored(_ plain: String) -> String { plain.map { "\($0)-" }.joined() }

  @Test("Totals count plain bytes, and the checks of the file stored ones")
  func plainAndStoredBytes() throws {
    let plain = "[ 1, \"two\" ]"
    let tree = try FileTree(["in": Self.stored(plain)])
    let file = try OpenedFile(tree.path("in"))
    var input = HalvingDecoder(source: FileReader(file))
    var output = Collector()
    var engine = RunEngine.windows(try WindowedRun(MinifierOptions(), windowBytes: 5, ledger: MemoryLedger()))
    let result = try engine.run(from: &input, of: file, to: &output, .change)
    guard case .complete(let totals) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(output.text == "[1,\"two\"]")
    #expect(totals.inputBytes == plain.utf8.count)
    #expect(file.storedBytes == Int64(2 * plain.utf8.count))
    try file.checkUnchanged(after: input.extent)
    try file.checkReadInFull(input.extent)
  }

  @Test("An error is at its position in the plain bytes")
  func position() throws {
    let tree = try FileTree(["in": Self.stored("[ 1,\n  x ]")])
    let file = try OpenedFile(tree.path("in"))
    var input = HalvingDecoder(source: FileReader(file))
    var output = Collector()
    var engine = RunEngine.windows(try WindowedRun(MinifierOptions(), windowBytes: 4, ledger: MemoryLedger()))
    guard case .invalid(let error, _) = try engine.run(from: &input, of: file, to: &output, .change) else {
      Issue.record("the input is valid")
      return
    }
    #expect(error.line == 2 && error.column == 3 && error.offset == 7, "\(error)")
  }

  @Test("Bad lines are recorded as plain bytes, in a second run over the same file")
  func badLines() throws {
    let tree = try FileTree(["in": Self.stored("[ 1 ]\nbad\n[ 2 ]\n")])
    let file = try OpenedFile(tree.path("in"))
    let record = BadLineRecord(tree.path("bad"), using: FileAccess())
    try record.open(mode: nil)
    var input = HalvingDecoder(source: FileReader(file))
    var output = Collector()
    var engine = RunEngine.lines(
      try BadLineDiversion(
        MinifierOptions(format: .ndjson), BadLines(path: tree.path("bad"), limit: .all), record, windowBytes: 8,
        ledger: MemoryLedger()))
    let result = try engine.run(
      from: &input, of: file, to: &output, .record(isSynced: false, onLine: nil))
    guard case .complete(let totals) = result else {
      Issue.record("\(result)")
      return
    }
    #expect(totals.recordedBadLines == 1)
    #expect(output.text == "[1]\n[2]\n")
    #expect(try FileReader(tree.path("bad")).file.storedBytes == 4)
  }
}
