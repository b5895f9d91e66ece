import Glibc
import SystemPackage
import Testing
import ZminTestSupport

@testable import ZminIO

@Suite struct TemporaryTests {
  private static let staleTemporary = ".zmin-0123456789abcdef-out.json.tmp"

  @Test(arguments: [
    (staleTemporary, true), (".zmin-0123456789abcdef-\u{E9}.tmp", true), (".zmin-0123456789abcdef-.tmp", false),
    (".zmin-0123456789abcdeF-a.tmp", false), (".zmin-0123456789abcde-a.tmp", false), (".zmin-.tmp", false),
    ("zmin-0123456789abcdef-a.tmp", false), (".zmin-0123456789abcdef-a.json", false), ("out.json", false),
    (".zmin-0123456789abcdefxa.tmp", false), (".zmin-0123456789abcdef-out.json.kept", true),
    (".zmin-0123456789abcdef-.kept", false), ("zmin-0123456789abcdef-a.kept", false),
  ])
  func namesOfThePatternAreKnown(_ name: String, isTemporary: Bool) throws {
    #expect(isTemporaryName(try #require(FilePath.Component(name))) == isTemporary)
  }

  @Test func temporaryHasTheNameOfItsTargetAndALock() throws {
    let directory = try TemporaryDirectory()
    let output = try OutputFile(at: directory.path("out.json"))
    let name = try #require(directory.names.first)
    #expect(isTemporaryName(try #require(FilePath.Component(name))))
    #expect(name.contains("-out.json."))
    let descriptor = try FileDescriptor.open(directory.path(name), .readOnly, options: .closeOnExec)
    #expect(flock(descriptor.rawValue, LOCK_SH | LOCK_NB) == -1 && errno == EWOULDBLOCK)
    try descriptor.close()
    output.abandon()
    #expect(directory.names == [])
  }

  @Test func staleTemporariesOfTheSameTargetAreRemoved() throws {
    let directory = try TemporaryDirectory()
    let others = ["out.json", ".zmin-0123456789abcdef-other.json.tmp", ".zmin-short-out.json.tmp"]
    for name in others + [Self.staleTemporary, ".zmin-vvvvvvvvvvvvvvvv-out.json.tmp"] {
      try directory.make(name, "partial")
    }
    let output = try OutputFile(at: directory.path("out.json"))
    #expect(directory.names.filter { !others.contains($0) }.count == 1)
    output.abandon()
    #expect(directory.names == others.sorted())
  }

  @Test func staleTemporaryInUseStays() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make(Self.staleTemporary, "partial")
    let holder = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
    #expect(flock(holder.rawValue, LOCK_EX | LOCK_NB) == 0)
    try write("1", to: directory.path("out.json"))
    #expect(directory.names == [Self.staleTemporary, "out.json"])
    try holder.close()
    try write("2", to: directory.path("out.json"))
    #expect(directory.names == ["out.json"])
  }

  @Test("A kept file stays when its target is written, and is noted") func keptFile() throws {
    let directory = try TemporaryDirectory()
    let kept = ".zmin-0123456789abcdef-out.json.kept"
    try directory.make(kept, "a save")
    try directory.make(".zmin-0123456789abcdef-other.json.kept", "another")
    let access = FileAccess()
    try write("1", to: directory.path("out.json"), using: access)
    #expect(directory.content(of: kept) == "a save" && directory.names.count == 3)
    let noted = KeptFile(file: .path(directory.path("out.json")), name: FilePath(kept), origin: .earlierRun)
    #expect(access.keptFiles.take() == [noted])
    #expect(access.keptFiles.take() == [])
    let holder = try FileDescriptor.open(directory.path(kept), .readOnly, options: .closeOnExec)
    #expect(flock(holder.rawValue, LOCK_EX | LOCK_NB) == 0)
    try write("2", to: directory.path("out.json"), using: access)
    #expect(access.keptFiles.take() == [], "another run is about to exchange it")
    try holder.close()
  }

  @Test func filesThatOnlyResembleStaleTemporariesStay() throws {
    let directory = try TemporaryDirectory()
    try directory.make("victim", "1")
    directory.symbolicLink(Self.staleTemporary, to: "victim")
    let fifo = ".zmin-vvvvvvvvvvvvvvvv-out.json.tmp"
    _ = directory.fifo(fifo)
    try write("1", to: directory.path("out.json"))
    #expect(directory.names == [Self.staleTemporary, fifo, "out.json", "victim"])
  }

  @Test func oneDirectoryIsListedOnce() throws {
    let directory = try TemporaryDirectory()
    let calls = FaultyCalls(.init())
    let access = FileAccess(calls: calls)
    for name in ["a.json", "b.json", "c.json"] { try write("1", to: directory.path(name), using: access) }
    #expect(calls.log.count { $0 == .list } == 1)
  }

  @Test func twoRunsMayWriteOneTarget() throws {
    let directory = try TemporaryDirectory()
    var first = try OutputFile(at: directory.path("out.json"))
    var second = try OutputFile(at: directory.path("out.json"))
    try first.write(text: "first")
    try second.write(text: "second")
    try first.commit()
    #expect(directory.content(of: "out.json") == "first")
    try second.commit()
    #expect(directory.content(of: "out.json") == "second")
    #expect(directory.names == ["out.json"])
  }

  @Test func manyThreadsWritingOneTargetLeaveOneWholeOutput() throws {
    let directory = try TemporaryDirectory()
    let access = FileAccess()
    let threads = (0..<8).map { thread in
      BackgroundThread {
        fileError { () throws(FileError) in
          for _ in 0..<20 {
            try write(String(repeating: "\(thread)", count: 1000), to: directory.path("out.json"), using: access)
          }
        }
      }
    }
    for thread in threads { #expect(thread.join() == .some(nil)) }
    let content = try #require(directory.content(of: "out.json"))
    #expect(content.count == 1000 && Set(content).count == 1)
    #expect(directory.names == ["out.json"])
    #expect(access.temporaries.count == 0)
  }

  @Test func removingAllPreventsNewOnes() throws {
    let directory = try TemporaryDirectory()
    try directory.make("out.json", "old")
    let access = FileAccess()
    var output = try OutputFile(at: directory.path("out.json"), using: access)
    try output.write(text: "new")
    #expect(access.temporaries.count == 1)
    access.temporaries.removeAll()
    #expect(directory.names == ["out.json"])
    #expect(throws: FileError.interrupted(.cancelled)) {
      try write("1", to: directory.path("late.json"), using: access)
    }
    #expect(directory.names == ["out.json"])
    do {
      try output.commit()
      Issue.record("the temporary is gone, so this cannot work")
    } catch {
      #expect(error.description.hasSuffix("out.json: No such file or directory"))
    }
    #expect(directory.content(of: "out.json") == "old")
  }

  @Test func killedProcessLeavesTheDestinationAlone() async throws {
    let directory = try TemporaryDirectory()
    try directory.make("out.json", "old")
    await #expect(processExitsWith: .signal(SIGKILL)) { [text = directory.path.string as String] in
      var output = try OutputFile(at: FilePath(text).appending("out.json"))
      try output.write(text: "new")
      kill(getpid(), SIGKILL)
      try output.commit()
    }
    #expect(directory.content(of: "out.json") == "old")
    #expect(directory.names.count == 2)
    try write("new", to: directory.path("out.json"))
    #expect(directory.names == ["out.json"])
  }
}
