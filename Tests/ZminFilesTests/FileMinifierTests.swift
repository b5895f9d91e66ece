import Foundation
import SystemPackage
import Testing
import ZminCore
import ZminEngine
import ZminFiles
import ZminIO
import ZminMemory

/// Runs from files to each kind of destination.
@Suite final class FileMinifierTests {
  private let directory = FileManager.default.temporaryDirectory.appending(path: "zmin-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true) }

  deinit { try? FileManager.default.removeItem(at: directory) }

  private func path(_ name: String) -> FilePath { FilePath(directory.appending(path: name).path) }

  private func write(_ text: String, to name: String) throws -> FileSource {
    try Data(text.utf8).write(to: directory.appending(path: name))
    return .path(path(name))
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: directory.appending(path: name)), as: UTF8.self)
  }

  private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: directory.path))?.sorted() ?? [] }

  private func inode(_ name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: directory.appending(path: name).path)[.systemFileNumber] as? Int
  }

  private func minify(
    _ sources: [FileSource], _ format: Format = .json, to destination: FileDestination, badLines: BadLines? = nil,
    in memory: RunMemory
  ) throws -> [FileOutcome] {
    var minifier = try FileMinifier(
      MinifierOptions(format: format), memory: memory, badLines: badLines, sync: .never, files: FileAccess(),
      ledger: MemoryLedger())
    var outcomes: [FileOutcome] = []
    try minifier.minify(sources, to: destination, outcomes: &outcomes)
    return outcomes
  }

  static let memories: [RunMemory] = [
    .window(byteCount: 64),
    .slices(SlicePlan(workers: 1, slots: 2, sliceBytes: 64, smallestSliceBytes: 16)),
    .slices(SlicePlan(workers: 3, slots: 5, sliceBytes: 40, smallestSliceBytes: 8)),
  ]

  private func totals(_ outcome: FileOutcome) throws -> RunTotals {
    guard case .complete(let totals) = outcome.result else {
      throw CocoaError(.fileReadCorruptFile)
    }
    return totals
  }

  @Test(arguments: memories) func aFileIsMinifiedIntoAnother(_ memory: RunMemory) throws {
    let source = try write("[1, 2,\n \(String(repeating: "3, ", count: 100))4]", to: "in.json")
    let outcome = try minify([source], to: .file(path("out.json")), in: memory)[0]
    #expect(try text("out.json") == "[1,2,\(String(repeating: "3,", count: 100))4]")
    #expect(outcome.isWritten)
    #expect(try totals(outcome).outputBytes == text("out.json").utf8.count)
    #expect(names == ["in.json", "out.json"])
  }

  @Test(arguments: memories) func aBadInputLeavesTheDestinationAsItWas(_ memory: RunMemory) throws {
    let source = try write("[1, 2,\n]", to: "in.json")
    _ = try write("old", to: "old.json")
    for name in ["new.json", "old.json"] {
      let outcome = try minify([source], to: .file(path(name)), in: memory)[0]
      guard case .invalid(let error, _) = outcome.result else {
        Issue.record("the input is not valid")
        continue
      }
      #expect(error.description == "2:1: trailing comma in array (byte 7)")
      #expect(!outcome.isWritten)
    }
    #expect(names == ["in.json", "old.json"])
    #expect(try text("old.json") == "old")
  }

  @Test(arguments: memories) func severalInputsOfOneOutputStopAtTheFirstBadOne(_ memory: RunMemory) throws {
    let good = try write("1\n2", to: "good.ndjson")
    let bad = try write("[\n", to: "bad.ndjson")
    #expect(try minify([good, good], .ndjson, to: .file(path("out")), in: memory).count == 2)
    #expect(try text("out") == "1\n2\n1\n2\n")
    #expect(try minify([good, bad, good], .ndjson, to: .file(path("none")), in: memory).count == 2)
    #expect(!names.contains("none"))
  }

  @Test(arguments: memories) func inPlaceOnlyFilesThatChangeAreReplaced(_ memory: RunMemory) throws {
    for memory in [1, 8, 4096].map(RunMemory.window) + [memory] {
      let minified = try write("{\"a\":[1,2,3],\"b\":\"  \"}", to: "minified.json")
      let padded = try write("{\"a\":[1,2,3],\"b\":\"  \"} ", to: "padded.json")
      let before = (try inode("minified.json"), try inode("padded.json"))
      let outcomes = try minify([minified, padded], to: .inPlace(InPlaceRules(), nil), in: memory)
      #expect(outcomes.map(\.isWritten) == [false, true])
      #expect(try inode("minified.json") == before.0)
      #expect(try inode("padded.json") != before.1)
      #expect(try text("padded.json") == text("minified.json"))
    }
    #expect(names == ["minified.json", "padded.json"])
  }

  @Test(arguments: memories) func inPlaceABadFileStaysAsItIs(_ memory: RunMemory) throws {
    for content in ["[1, 2", "  [", "[1,2]]", ""] {
      let source = try write(content, to: "bad.json")
      #expect(try minify([source], to: .inPlace(InPlaceRules(), nil), in: memory)[0].isWritten == false)
      #expect(try text("bad.json") == content)
    }
    #expect(names == ["bad.json"])
  }

  @Test(arguments: memories) func anErrorFarFromTheEndDoesNotCountAsAChangeOfTheInput(_ memory: RunMemory) throws {
    let source = try write("[1,,\(String(repeating: " ", count: 1000))]", to: "in.json")
    for destination in [FileDestination.nowhere, .file(path("out.json")), .inPlace(InPlaceRules(), nil)] {
      guard case .invalid(let error, _) = try minify([source], to: destination, in: memory)[0].result else {
        Issue.record("the input is not valid")
        continue
      }
      #expect(error.description == "1:4: value expected, found ',' (byte 3)")
    }
    let lines = try write("1\n[,\n\(String(repeating: "2\n", count: 500))", to: "in.ndjson")
    let outcome = try minify(
      [lines], .ndjson, to: .nowhere, badLines: BadLines(path: path("bad"), limit: .lines(0)), in: memory)[0]
    guard case .invalid = outcome.result else {
      Issue.record("one bad line is too many")
      return
    }
    #expect(names == ["bad", "in.json", "in.ndjson"])
    #expect(try text("bad") == "")
  }

  @Test(arguments: memories) func inPlaceAFileWithLittleToSaveStays(_ memory: RunMemory) throws {
    let source = try write("[1, 2, 3]", to: "in.json")
    for (minimum, isWritten) in [
      (MinimumSaving.bytes(3), false), (.percent(25), false), (.percent(22), true),
    ] {
      #expect(try minify([source], to: .inPlace(InPlaceRules(), minimum), in: memory)[0].isWritten == isWritten)
    }
    #expect(try text("in.json") == "[1,2,3]")
  }

  @Test(arguments: memories) func anInputIsRefusedAsOutput(_ memory: RunMemory) throws {
    let source = try write("[1, 2]", to: "in.json")
    try FileManager.default.createSymbolicLink(
      at: directory.appending(path: "link.json"), withDestinationURL: directory.appending(path: "in.json"))
    for name in ["in.json", "link.json"] {
      #expect(throws: FileError.refused(.path(path(name)), .isInput)) {
        try minify([source], to: .file(path(name)), in: memory)
      }
    }
    #expect(throws: FileError.self) {
      try minify([source], .ndjson, to: .nowhere, badLines: BadLines(path: path("in.json"), limit: .all), in: memory)
    }
    #expect(try text("in.json") == "[1, 2]")
  }

  @Test(arguments: memories) func badLinesAreAppendedToTheirFile(_ memory: RunMemory) throws {
    let source = try write("[1, 2]\n[\n3\n", to: "in.ndjson")
    let badLines = BadLines(path: path("bad.txt"), limit: .lines(1))
    var record = ""
    for destination in [FileDestination.file(path("out.ndjson")), .nowhere, .inPlace(InPlaceRules(), nil)] {
      let outcome = try minify([source], .ndjson, to: destination, badLines: badLines, in: memory)[0]
      #expect(try totals(outcome).badLines == 1)
      record += "[\n"
      #expect(try text("bad.txt") == record)
    }
    #expect(try text("out.ndjson") == "[1,2]\n3\n")
    #expect(try text("in.ndjson") == "[1,2]\n3\n")
  }

  @Test(arguments: memories) func aFileWithBadLinesIsRewrittenHoweverLittleIsSaved(_ memory: RunMemory) throws {
    let source = try write("[1,2,3,4,5,6,7,8,9]\n[\n", to: "in.ndjson")
    let outcomes = try minify(
      [source], .ndjson, to: .inPlace(InPlaceRules(), .percent(90)),
      badLines: BadLines(path: path("bad"), limit: .usual), in: memory)
    #expect(outcomes[0].isWritten)
    #expect(try text("in.ndjson") == "[1,2,3,4,5,6,7,8,9]\n")
    #expect(try text("bad") == "[\n")
  }

  @Test(arguments: memories) func oneFileForBadLinesAndOutputIsRefused(_ memory: RunMemory) throws {
    let source = try write("1\n[\n", to: "in.ndjson")
    try FileManager.default.createSymbolicLink(
      at: directory.appending(path: "link"), withDestinationURL: directory.appending(path: "out"))
    for name in ["out", "link", "../\(directory.lastPathComponent)/out"] {
      #expect(throws: FileError.refused(.path(path(name)), .isFile(ofOption: "--bad-lines"))) {
        try minify(
          [source], .ndjson, to: .file(path("out")), badLines: BadLines(path: path(name), limit: .all), in: memory)
      }
    }
    #expect(names == ["in.ndjson", "link"])
    let null = FilePath("/dev/null")
    let outcomes = try minify(
      [source], .ndjson, to: .file(null), badLines: BadLines(path: null, limit: .all), in: memory)
    #expect(outcomes[0].isWritten)
  }

  @Test(arguments: memories) func tooManyBadLinesLeaveNothing(_ memory: RunMemory) throws {
    let source = try write("[\n1\n[\n", to: "in.ndjson")
    let outcome = try minify(
      [source], .ndjson, to: .file(path("out")), badLines: BadLines(path: path("bad"), limit: .lines(1)), in: memory)[0]
    guard case .invalid(_, let totals) = outcome.result else {
      Issue.record("two are more than one")
      return
    }
    #expect(totals.refusal == .tooMany && totals.recordedBadLines == 0)
    #expect(names == ["bad", "in.ndjson"])
    #expect(try text("bad") == "")
  }

  @Test(arguments: memories) func badLinesAreCountedForEachInput(_ memory: RunMemory) throws {
    let source = try write("[\n1\n", to: "in.ndjson")
    for (count, isWritten) in [(1, true), (0, false)] {
      let outcomes = try minify(
        [source, source], .ndjson, to: .file(path("out\(count)")),
        badLines: BadLines(path: path("bad\(count)"), limit: .lines(count)), in: memory)
      #expect(outcomes.allSatisfy { $0.isWritten == isWritten })
    }
    #expect(names == ["bad0", "bad1", "in.ndjson", "out1"])
    #expect(try text("bad1") == "[\n[\n")
    #expect(try text("bad0") == "")
  }
}
