import Foundation
import SystemPackage
import Testing
import ZminCodec
import ZminCore
import ZminEngine
import ZminFiles
import ZminIO
import ZminMemory

@Suite("Compressed files") final class CompressedFileTests {
  private let directory = FileManager.default.temporaryDirectory.appending(path: "zmin-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: directory) }

  private func path(_ name: String) -> FilePath { FilePath(directory.appending(path: name).path) }

  private func bytes(_ name: String) -> [UInt8]? {
    (try? Data(contentsOf: directory.appending(path: name))).map([UInt8].init)
  }

  private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: directory.path))?.sorted() ?? [] }

  /// Output of a shell command in the directory.
  private func shell(_ command: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/bin/sh")
    process.arguments = ["-c", command]
    process.currentDirectoryURL = directory
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(command)")
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: directory.appending(path: name))
  }

  private func minify(
    _ name: String, _ format: Format = .json, to destination: FileDestination, badLines: BadLines? = nil,
    in memory: RunMemory = .window(byteCount: 4096), decoderBytesMax: Int? = nil
  ) throws -> FileOutcome {
    var codecs = CodecOptions()
    codecs.decoderBytesMax = decoderBytesMax
    var minifier = try FileMinifier(
      MinifierOptions(format: format), memory: memory, badLines: badLines, sync: .never, files: FileAccess(),
      codecs: codecs, ledger: MemoryLedger())
    var outcomes: [FileOutcome] = []
    try minifier.minify([.path(path(name))], to: destination, outcomes: &outcomes)
    return try #require(outcomes.first)
  }

  private func error(_ outcome: FileOutcome) -> DecodingError? {
    if case .failed(let error) = outcome.result { error as? DecodingError } else { nil }
  }

  static let memories: [RunMemory] = [
    .window(byteCount: 64),
    .slices(SlicePlan(workers: 1, slots: 2, sliceBytes: 4096, smallestSliceBytes: 1024)),
    .slices(SlicePlan(workers: 3, slots: 5, sliceBytes: 1000, smallestSliceBytes: 200)),
  ]

  static let compressors = ["gzip -c", "zstd -qc", "bzip2 -c", "xz -c", "bgzip -c"].filter { command in
    let tool = command.prefix { $0 != " " }
    return FileManager.default.isExecutableFile(atPath: "/usr/bin/\(tool)")
      || FileManager.default.isExecutableFile(atPath: "/bin/\(tool)")
  }

  /// A pretty-printed array, and what it becomes.
  static let document = (
    pretty: "[\n" + (0..<5000).map { "  { \"id\": \($0) }" }.joined(separator: ",\n") + "\n]\n",
    minified: "[" + (0..<5000).map { "{\"id\":\($0)}" }.joined(separator: ",") + "]"
  )

  @Test("A compressed file is minified as its plain bytes are, under any name", arguments: compressors, memories)
  func plainBytes(_ compressor: String, _ memory: RunMemory) throws {
    try write(Self.document.pretty, to: "a")
    try shell("\(compressor) a > b.json")
    let outcome = try minify("b.json", to: .file(path("out.json")), in: memory)
    guard case .complete(let totals) = outcome.result else {
      Issue.record("\(outcome.result)")
      return
    }
    #expect(bytes("out.json") == Array(Self.document.minified.utf8))
    #expect(totals.inputBytes == Self.document.pretty.utf8.count)
    #expect(totals.outputBytes == Self.document.minified.utf8.count)
  }

  @Test("An error of the JSON is at its line and column in the plain bytes", arguments: compressors, memories)
  func invalid(_ compressor: String, _ memory: RunMemory) throws {
    try write(Self.document.pretty + "]", to: "a")
    try shell("\(compressor) a > b")
    guard case .invalid(let error, _) = try minify("b", to: .nowhere, in: memory).result else {
      Issue.record("there is a bracket too many")
      return
    }
    #expect(error.line == 5003 && error.column == 1 && error.offset == Self.document.pretty.utf8.count)
  }

  @Test("A file that is cut off leaves the output as it was", arguments: compressors, memories)
  func truncated(_ compressor: String, _ memory: RunMemory) throws {
    try write(Self.document.pretty, to: "a")
    try write("old", to: "out.json")
    try shell("\(compressor) a | head -c -1 > b; \(compressor) a | head -c 500 > c")
    for name in ["b", "c"] {
      let error = error(try minify(name, to: .file(path("out.json")), in: memory))
      #expect(error?.code == .truncated, "\(name)")
      #expect(bytes("out.json") == Array("old".utf8) && names == ["a", "b", "c", "out.json"])
    }
  }

  @Test("Bad lines of compressed input go to the record", arguments: compressors)
  func badLines(_ compressor: String) throws {
    try write("{ \"a\": 1 }\n[2\n[ 3 ]\n", to: "a")
    try shell("\(compressor) a > b")
    let outcome = try minify(
      "b", .ndjson, to: .file(path("out")), badLines: BadLines(path: path("bad"), limit: .lines(1)))
    guard case .complete(let totals) = outcome.result else {
      Issue.record("\(outcome.result)")
      return
    }
    #expect(totals.badLines == 1)
    #expect(bytes("out") == Array("{\"a\":1}\n[3]\n".utf8) && bytes("bad") == Array("[2\n".utf8))
  }

  @Test(
    "The suffix of the output compresses it", arguments: [("out.json.gz", "gzip -dc"), ("out.json.zst", "zstd -dc")])
  func compressedOutput(_ name: String, _ decompressor: String) throws {
    try write(Self.document.pretty, to: "a")
    for memory in Self.memories {
      let outcome = try minify("a", to: .file(path(name)), in: memory)
      #expect(outcome.isWritten)
      try shell("\(decompressor) < \(name) > back")
      #expect(bytes("back") == Array(Self.document.minified.utf8))
    }
    try write("[1", to: "broken")
    let before = bytes(name)
    _ = try minify("broken", to: .file(path(name)))
    #expect(bytes(name) == before)
  }

  @Test("In place, a file of bzip2 or xz is refused, and stays as it was", arguments: ["bzip2", "xz"])
  func readOnly(_ compressor: String) throws {
    try write(Self.document.pretty, to: "a")
    try shell("\(compressor) -c a > b.json")
    let before = bytes("b.json")
    #expect(throws: CompressionRefusal.self) { try minify("b.json", to: .inPlace(InPlaceRules(), nil)) }
    #expect(bytes("b.json") == before)
  }

  @Test("A decoder that needs more memory than it may have leaves the output as it was")
  func memoryLimit() throws {
    try write(Self.document.pretty, to: "a")
    try shell("xz -c a > b")
    let error = error(try minify("b", to: .file(path("out")), decoderBytesMax: 100_000))
    #expect(error?.code == .limit && bytes("out") == nil)
  }
}
