import Glibc
import Synchronization
import SystemPackage
import Testing
import ZminIO
import ZminTestSupport

/// Fails the first call, then the second, and so on until all is done without.
@Suite struct FaultTests {
  enum Scenario: CaseIterable, Sendable {
    case newFile, replacement, throughLink, inPlace, inPlaceWithTimes

    var isInPlace: Bool { self == .inPlace || self == .inPlaceWithTimes }
  }

  static let source = "[ 1, 2 ]"
  static let result = "[1,2]"

  /// What a run does: open, read, write, commit.
  private static func run(
    _ scenario: Scenario, in directory: TemporaryDirectory, calls: any SystemCalls
  ) throws(FileError) {
    let access = FileAccess(calls: calls)
    var input = try FileReader(directory.path("in.json"), using: access)
    var output: OutputFile
    if scenario.isInPlace {
      var rules = InPlaceRules()
      rules.keepsTimes = scenario == .inPlaceWithTimes
      output = try OutputFile(replacing: input.file, under: rules)
    } else {
      output = try OutputFile(at: directory.path(scenario == .throughLink ? "link.json" : "out.json"), using: access)
    }
    let text = try input.readText()
    #expect(text == source)
    try output.write(text: result)
    try input.checkUnchanged()
    try output.commit()
  }

  private static func directory(for scenario: Scenario) throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    let source = try directory.make("in.json", source, mode: 0o640)
    try setAttribute("user.note", of: source, to: "kept")
    #expect(source.withPlatformString { chown($0, 4242, 4242) } == 0)
    if scenario == .replacement { try directory.make("out.json", "old", mode: 0o604) }
    if scenario == .throughLink {
      try directory.make("out.json", "old")
      directory.symbolicLink("link.json", to: "out.json")
    }
    return directory
  }

  @Test(
    .enabled(if: canUseAttributes && isRoot, "needs root and extended attributes"),
    arguments: Scenario.allCases, [Errno.ioError, .noSpace, .noMemory])
  func everyFailureLeavesOldOrNew(_ scenario: Scenario, errno: Errno) throws {
    var index = 0
    var errors = 0
    while true {
      let directory = try Self.directory(for: scenario)
      let namesBefore = directory.names
      let calls = FaultyCalls(.init(failingIndex: index, errno: errno))
      let error = fileError { () throws(FileError) in try Self.run(scenario, in: directory, calls: calls) }
      let what = "\(scenario), call \(index): \(String(describing: calls.failed)), \(String(describing: error))"

      // The source is whole, the destination old or new, and nothing else is there.
      let final = directory.content(of: scenario.isInPlace ? "in.json" : "out.json")
      let old: String? = scenario == .newFile ? nil : scenario.isInPlace ? Self.source : "old"
      if !scenario.isInPlace { #expect(directory.content(of: "in.json") == Self.source, "\(what)") }
      if error == nil {
        #expect(final == Self.result, "\(what)")
      } else {
        errors += 1
        guard case .system(let system) = error else {
          Issue.record("not a system error: \(what)")
          return
        }
        #expect(final == (system.action == .syncDirectory ? Self.result : old), "\(what)")
        #expect(system.errno == errno, "\(what)")
      }
      if calls.failed != .unlink {
        #expect(directory.names.filter { $0 != "out.json" } == namesBefore.filter { $0 != "out.json" }, "\(what)")
      }

      guard calls.failed != nil else {
        #expect(error == nil)
        break
      }
      index += 1
    }
    // As many calls as these at least must count.
    #expect(errors >= 12, "\(scenario): only \(errors) of \(index) failures were noticed")
  }

  @Test(
    .enabled(if: canUseAttributes && isRoot, "needs root and extended attributes"), arguments: Scenario.allCases)
  func signalsInBetweenAreNoFailure(_ scenario: Scenario) throws {
    var index = 0
    while true {
      let directory = try Self.directory(for: scenario)
      let calls = FaultyCalls(.init(failingIndex: index, errno: .interrupted))
      let error = fileError { () throws(FileError) in try Self.run(scenario, in: directory, calls: calls) }
      // Duplicating a descriptor is nothing that a signal can interrupt.
      if calls.failed != .duplicate {
        #expect(error == nil, "\(scenario), call \(index): \(String(describing: calls.failed))")
        #expect(directory.content(of: scenario.isInPlace ? "in.json" : "out.json") == Self.result)
      }
      guard calls.failed != nil else { break }
      index += 1
    }
    #expect(index > 20)
  }

  @Test(
    .enabled(if: canUseAttributes && isRoot, "needs root and extended attributes"),
    arguments: Scenario.allCases, [1, 2, 3, 7])
  func shortReadsAndWritesLoseNothing(_ scenario: Scenario, pieceBytesMax: Int) throws {
    let directory = try Self.directory(for: scenario)
    try Self.run(scenario, in: directory, calls: FaultyCalls(.init(pieceBytesMax: pieceBytesMax)))
    #expect(directory.content(of: scenario.isInPlace ? "in.json" : "out.json") == Self.result)
  }

  @Test func windowsAreFilledByShortReads() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("in.json", "0123456789")
    var input = try FileReader(path, using: FileAccess(calls: FaultyCalls(.init(pieceBytesMax: 3))))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 8, alignment: 1)
    defer { buffer.deallocate() }
    #expect(try input.read(into: buffer) == 8)
    #expect(try input.read(into: buffer, at: 1) == 8)
    #expect(buffer[0] == UInt8(ascii: "1"))
    #expect(try input.read(into: buffer) == 2)
    #expect(try input.read(into: buffer) == 0)
    try input.checkUnchanged()
  }

  @Test func writeOfNothingIsAnErrorAndNoEndlessLoop() throws {
    let directory = try TemporaryDirectory()
    #expect(throws: FileError.self) {
      try write("1", to: directory.path("out.json"), using: FileAccess(calls: FaultyCalls(.init(pieceBytesMax: 0))))
    }
    #expect(directory.names == [])
  }

  @Test func fileSystemWithoutLocksIsWrittenToo() throws {
    let directory = try TemporaryDirectory()
    let calls = FaultyCalls(.init(failingIndex: 0, kind: .lock, errno: .noFunction))
    try write("1", to: directory.path("out.json"), using: FileAccess(calls: calls))
    #expect(calls.failed == .lock)
    #expect(directory.names == ["out.json"])
  }

  @Test func temporaryTakenForAStaleOneIsMadeAgain() throws {
    let directory = try TemporaryDirectory()
    // Another run holds the lock of what was just made.
    let calls = FaultyCalls(.init(failingIndex: 0, kind: .lock, errno: .wouldBlock))
    try write("1", to: directory.path("out.json"), using: FileAccess(calls: calls))
    #expect(calls.log.count { $0 == .lock } == 2)
    #expect(directory.names == ["out.json"])
  }

  @Test func failureThatClosingTellsCounts() throws {
    var messages: Set<String> = []
    for index in 0..<8 {
      let directory = try TemporaryDirectory()
      let path = try directory.make("out.json", "old")
      let calls = FaultyCalls(.init(failingIndex: index, kind: .close, errno: .diskQuotaExceeded))
      let error = fileError { () throws(FileError) in try write("new", to: path, using: FileAccess(calls: calls)) }
      guard let error else { continue }
      messages.insert(error.description.replacing(path.string, with: "PATH"))
      #expect(error.isStorageFull)
      #expect(directory.content(of: path) == "old")
    }
    #expect(messages == ["cannot close PATH: Disk quota exceeded"])
  }

  @Test func temporaryThatWasRemovedBeforeItsLockIsMadeAgain() throws {
    let directory = try TemporaryDirectory()
    let removals = Atomic(0)
    // Another run takes the new file for a stale temporary.
    let calls = FaultyCalls(
      .init(before: { kind in
        guard kind == .lock, removals.add(1, ordering: .relaxed).oldValue == 0 else { return }
        for name in directory.names { unlink(directory.path(name).string) }
      }))
    try write("1", to: directory.path("out.json"), using: FileAccess(calls: calls))
    #expect(removals.load(ordering: .relaxed) == 2)
    #expect(directory.names == ["out.json"])
  }

  @Test func directorySyncFailureIsToldAfterTheRename() throws {
    let directory = try TemporaryDirectory()
    try directory.make("out.json", "old")
    let calls = FaultyCalls(.init(failingIndex: 1, kind: .sync, errno: .ioError))
    let error = fileError { () throws(FileError) in
      try write("new", to: directory.path("out.json"), using: FileAccess(calls: calls))
    }
    #expect(error?.description == "cannot sync the directory of \(directory.path)/out.json: Input/output error")
    #expect(directory.content(of: "out.json") == "new")
  }
}
