import Glibc
import Synchronization
import SystemPackage
import Testing
import ZminIO
import ZminTestSupport

@Suite("Time stamps") struct SettledStatusTests {
  /// A file system that keeps times by tenths of a second.
  @Sendable private static func coarse(_ status: stat) -> stat {
    var status = status
    status.st_mtim.tv_nsec -= status.st_mtim.tv_nsec % 100_000_000
    status.st_ctim.tv_nsec -= status.st_ctim.tv_nsec % 100_000_000
    return status
  }

  @Test("A change in the tick of the clock in which the file was opened is seen")
  func changeInTheTick() throws {
    let directory = try TemporaryDirectory()
    for _ in 0..<3 {
      let path = try directory.make("in.json", "[ 1 ]")
      var input = try FileReader(path, using: FileAccess(calls: FaultyCalls(.init(changingStatus: Self.coarse))))
      try directory.make(path, "[ 2 ]")
      _ = try input.readText()
      #expect(throws: FileError.inputChanged(.path(path))) { try input.checkUnchanged() }
    }
  }

  @Test("A file that was just written is read without an error")
  func freshFile() throws {
    let directory = try TemporaryDirectory()
    for calls in [FaultyCalls(.init()), FaultyCalls(.init(changingStatus: Self.coarse))] {
      var input = try FileReader(try directory.make("in.json", "[ 1 ]"), using: FileAccess(calls: calls))
      #expect(try input.readText() == "[ 1 ]")
      try input.checkUnchanged()
    }
  }

  @Test("A file whose time has long passed is not waited for")
  func oldFile() throws {
    let directory = try TemporaryDirectory()
    let calls = FaultyCalls(
      .init(
        timeStampClock: {
          var time = timespec()
          clock_gettime(CLOCK_REALTIME, &time)
          time.tv_sec += 3
          return time
        }, changingStatus: Self.coarse))
    _ = try OpenedFile(try directory.make("in.json", "[ 1 ]"), using: FileAccess(calls: calls))
    #expect(!calls.log.contains(.wait))
  }

  @Test("A file that changes whenever it is looked at counts as changed")
  func restlessFile() throws {
    let directory = try TemporaryDirectory()
    let looks = Atomic(0)
    // Each look is made at a later time, and finds a change of that very moment.
    let plan = FaultyCalls.Plan(
      timeStampClock: { timespec(tv_sec: 1_000_000_000, tv_nsec: 1 + looks.load(ordering: .relaxed)) },
      changingStatus: { status in
        var status = status
        let look = looks.add(1, ordering: .relaxed).newValue
        status.st_ctim = timespec(tv_sec: 1_000_000_000, tv_nsec: 1 + look)
        return status
      })
    let path = try directory.make("in.json", "[ 1 ]")
    var input = try FileReader(path, using: FileAccess(calls: FaultyCalls(plan)))
    _ = try input.readText()
    #expect(throws: FileError.inputChanged(.path(path))) { try input.checkUnchanged() }
  }

  @Test("A request to stop ends the wait for the clock")
  func interruption() throws {
    let directory = try TemporaryDirectory()
    let interruption = try Interruption()
    let path = try directory.make("in.json", "[ 1 ]")
    let calls = FaultyCalls(
      .init(
        timeStampClock: { timespec(tv_sec: 1_000_000_000, tv_nsec: 0) },
        changingStatus: { status in
          var status = status
          status.st_ctim = timespec(tv_sec: 1_000_000_000, tv_nsec: 0)
          return status
        }, before: { if $0 == .wait { interruption.request(.terminate) } }))
    let error = fileError { () throws(FileError) in
      _ = try OpenedFile(path, using: FileAccess(calls: calls, interruption: interruption))
    }
    #expect(error == .interrupted(.terminate))
  }

  // MARK: Hard links

  @Test("A name that goes is no change of the contents, and a change is one all the same", arguments: [false, true])
  func removedName(_ isChanged: Bool) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("a.json", "[ 1 ]")
    let other = directory.path("b.json")
    #expect(link(path.string, other.string) == 0)
    var input = try FileReader(path)
    #expect(unlink(other.string) == 0)
    _ = try input.readText()
    if isChanged { try directory.make(path, "[ 2 ]") }
    if isChanged {
      #expect(throws: FileError.inputChanged(.path(path))) { try input.checkUnchanged() }
    } else {
      try input.checkUnchanged()
    }
  }

  @Test("A name or mode that a file gets meanwhile is a change", arguments: ["name", "mode"])
  func addedName(_ change: String) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("a.json", "[ 1 ]")
    if change == "mode" { #expect(link(path.string, directory.path("b.json").string) == 0) }
    var input = try FileReader(path)
    if change == "mode" { #expect(chmod(path.string, 0o600) == 0) }
    #expect(link(path.string, directory.path("c.json").string) == 0)
    _ = try input.readText()
    #expect(throws: FileError.inputChanged(.path(path))) { try input.checkUnchanged() }
  }

  // MARK: Sizes that are guesses

  /// A file of another size than its file system says, as those in `/sys` are.
  private static func guessing(_ size: Int64, type: Int = 0x6265_6572) -> FileAccess {
    FileAccess(
      calls: FaultyCalls(
        .init(
          fileSystemType: type,
          changingStatus: { status in
            var status = status
            if status.st_mode & S_IFMT == S_IFREG { status.st_size = Int(size) }
            return status
          })))
  }

  @Test(
    "A file that ends before or after the size that its status guesses is read to its end", arguments: [0, 3, 4096])
  func guessedSize(_ size: Int64) throws {
    let directory = try TemporaryDirectory()
    var input = try FileReader(try directory.make("guess", "[ 1 ]"), using: Self.guessing(size))
    let isStored = input.file.hasReliableSize
    #expect(!isStored)
    #expect(try input.readText() == "[ 1 ]")
    try input.checkUnchanged()
    #expect(throws: FileError.refused(input.file.name, .unknownSize)) { try input.checkReadInFull() }
  }

  @Test("A file on a disk has the size that its status says")
  func storedSize() throws {
    let directory = try TemporaryDirectory()
    var input = try FileReader(try directory.make("in.json", "[ 1 ]"))
    let isStored = input.file.hasReliableSize
    #expect(isStored)
    _ = try input.readText()
    try input.checkReadInFull()
  }
}
