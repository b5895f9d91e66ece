import Foundation
import Synchronization
import SystemPackage
import Testing
import ZminCore
import ZminEngine
import ZminFiles
import ZminIO
import ZminMemory
import ZminTestSupport

/// Files in slices while any system call fails, or a request to stop comes at any of them: inputs stay whole, and no
/// partial output has a final name.
@Suite final class SlicedFileTests {
  private let directory = FileManager.default.temporaryDirectory.appending(path: "zmin-\(UUID().uuidString)")
  private static let document = Array(("[" + String(repeating: "{ \"n\": 1.5 },\n", count: 1500) + "0]").utf8)

  init() throws {
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    try Data(Self.document).write(to: directory.appending(path: "in.json"))
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  private func path(_ name: String) -> FilePath { FilePath(directory.appending(path: name).path) }

  private func content(_ name: String) -> [UInt8]? {
    (try? Data(contentsOf: directory.appending(path: name))).map(Array.init)
  }

  private var names: [String] { (try? FileManager.default.contentsOfDirectory(atPath: directory.path))?.sorted() ?? [] }

  /// The error of a run or of its input, nil if there is none.
  private func error(
    to destination: FileDestination, calls: any SystemCalls, interruption: Interruption? = nil
  ) -> (any Error)? {
    do {
      var minifier = try FileMinifier(
        MinifierOptions(),
        memory: .slices(SlicePlan(workers: 3, slots: 6, sliceBytes: 1000, smallestSliceBytes: 100)),
        badLines: nil, sync: .automatic, files: FileAccess(calls: calls, interruption: interruption),
        ledger: MemoryLedger())
      var outcomes: [FileOutcome] = []
      try minifier.minify([.path(path("in.json"))], to: destination, outcomes: &outcomes)
      if case .failed(let error) = outcomes[0].result { return error }
      if case .invalid(let error, _) = outcomes[0].result { return error }
      return nil
    } catch {
      return error
    }
  }

  @Test(arguments: [false, true], [FaultyCalls.Kind.readAt, .write, .open, .status, .sync, .rename])
  func everyFailureLeavesOldOrNew(_ isInPlace: Bool, _ kind: FaultyCalls.Kind) throws {
    let minified = Oracle(Self.document, .json).output
    var index = 0
    while true {
      try? FileManager.default.removeItem(at: directory.appending(path: "out.json"))
      try Data(Self.document).write(to: directory.appending(path: "in.json"))
      let calls = FaultyCalls(.init(failingIndex: index, kind: kind))
      let error = error(to: isInPlace ? .inPlace(InPlaceRules(), nil) : .file(path("out.json")), calls: calls)
      let isDone = content(isInPlace ? "in.json" : "out.json") == minified
      if calls.failed == nil {
        #expect(error == nil && isDone)
        #expect(index > 0 || (kind == .sync && !isInPlace), "no such call")
        return
      }
      let what = "\(kind) \(index): \(String(describing: error))"
      // A failed look at a file, or a failure after the rename, may be tolerated.
      #expect(error != nil || isDone, "\(what)")
      if !isInPlace { #expect(content("in.json") == Self.document, "\(what)") }
      #expect(isDone || content(isInPlace ? "in.json" : "out.json") == (isInPlace ? Self.document : nil), "\(what)")
      #expect(names == (isInPlace || !isDone ? ["in.json"] : ["in.json", "out.json"]), "\(what)")
      index += 1
    }
  }

  @Test func shortReadsAndWritesLoseNothing() throws {
    let calls = FaultyCalls(.init(pieceBytesMax: 77))
    #expect(error(to: .file(path("out.json")), calls: calls) == nil)
    #expect(content("out.json") == Oracle(Self.document, .json).output)
  }

  @Test(arguments: [FaultyCalls.Kind.readAt, .write], [0, 1, 7, 15])
  func aRequestToStopIsHeard(_ kind: FaultyCalls.Kind, _ index: Int) throws {
    let interruption = try Interruption()
    let counter = Counter()
    let calls = FaultyCalls(
      .init(before: { called in
        if called == kind, counter.next() == index { interruption.request(.interrupt) }
      }))
    let error = error(to: .file(path("out.json")), calls: calls, interruption: interruption)
    guard case FileError.interrupted(.interrupt)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(names == ["in.json"])
    // Each of three workers and the joiner may have been in a call.
    #expect(calls.log.count(where: { $0 == .readAt || $0 == .write }) <= counter.count + index + 12)
  }

  /// An error in bytes before a failed read is reported, not the failed read.
  @Test(arguments: [(900, false), (997, false), (998, true), (1200, true), (5000, true)])
  func anErrorOfTheInputBeforeAFailedReadIsReported(
    _ unreadableFrom: Int64, _ isInputs: Bool
  ) throws {
    var document = Self.document
    // After the last line that ends before byte 1000, so that it is in the second slice.
    document[997] = UInt8(ascii: "x")
    try Data(document).write(to: directory.appending(path: "in.json"))
    let calls = FaultyCalls(.init(unreadableFrom: unreadableFrom))
    switch error(to: .file(path("out.json")), calls: calls) {
    case let error as InvalidJSON: #expect(isInputs && error.offset == 997)
    case FileError.system?: #expect(!isInputs)
    case let error: Issue.record("\(String(describing: error))")
    }
    #expect(names == ["in.json"])
  }

  @Test(arguments: [0, 3, 12]) func anInputThatShrinksIsNotReplaced(_ index: Int) throws {
    let counter = Counter()
    let input = path("in.json")
    let calls = FaultyCalls(
      .init(before: { called in
        if called == .readAt, counter.next() == index { truncate(input.string, 15_000) }
      }))
    let error = error(to: .inPlace(InPlaceRules(), nil), calls: calls)
    guard case FileError.inputChanged? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(content("in.json")?.count == 15_000)
    #expect(names == ["in.json"])
  }
}
