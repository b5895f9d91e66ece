import Glibc
import SystemPackage
import Testing
import ZminIO
import ZminTestSupport

@Suite struct OutputFileTests {
  @Test func newFileAppearsOnCommitOnly() throws {
    let directory = try TemporaryDirectory()
    var output = try OutputFile(at: directory.path("out.json"))
    try output.write(text: "[1]")
    #expect(directory.content(of: "out.json") == nil)
    #expect(output.bytesWritten == 3)
    try output.commit()
    #expect(directory.content(of: "out.json") == "[1]")
    #expect(directory.names == ["out.json"])
  }

  @Test func oldFileStaysUntilCommit() throws {
    let directory = try TemporaryDirectory()
    try directory.make("out.json", "old")
    var output = try OutputFile(at: directory.path("out.json"))
    try output.write(text: "new")
    #expect(directory.content(of: "out.json") == "old")
    try output.commit()
    #expect(directory.content(of: "out.json") == "new")
  }

  @Test(arguments: [true, false])
  func abandonedOutputLeavesNothing(explicitly: Bool) throws {
    let directory = try TemporaryDirectory()
    try directory.make("out.json", "old")
    var output = try OutputFile(at: directory.path("out.json"))
    try output.write(text: "new")
    #expect(directory.names.count == 2)
    if explicitly { output.abandon() } else { _ = consume output }
    #expect(directory.names == ["out.json"])
    #expect(directory.content(of: "out.json") == "old")
  }

  @Test func relativePathIsOfTheCurrentDirectory() async {
    await #expect(processExitsWith: .success) {
      let directory = try TemporaryDirectory()
      #expect(directory.path.withPlatformString { chdir($0) } == 0)
      try write("1", to: "out.json")
      #expect(directory.names == ["out.json"])
    }
  }

  @Test func linksAreFollowedAndStay() throws {
    let directory = try TemporaryDirectory()
    let other = try TemporaryDirectory()
    try other.make("target.json", "old")
    directory.symbolicLink("a.json", to: "b.json")
    directory.symbolicLink("b.json", to: other.path("c.json").string)
    other.symbolicLink("c.json", to: "target.json")
    try write("new", to: directory.path("a.json"))
    #expect(directory.names == ["a.json", "b.json"])
    #expect(other.names == ["c.json", "target.json"])
    #expect(isLink(directory.status("a.json")) && isLink(other.status("c.json")))
    #expect(other.content(of: "target.json") == "new")
  }

  @Test func danglingLinkCreatesItsTarget() throws {
    let directory = try TemporaryDirectory()
    directory.symbolicLink("link.json", to: "new.json")
    try write("1", to: directory.path("link.json"))
    #expect(directory.names == ["link.json", "new.json"])
    #expect(isLink(directory.status("link.json")))
  }

  @Test(arguments: [
    ("loop.json", Errno.tooManySymbolicLinkLevels), ("link-into-nothing.json", .noSuchFileOrDirectory),
    ("missing/out.json", .noSuchFileOrDirectory), ("file/out.json", .notDirectory), (".", .isDirectory),
    (String(repeating: "x", count: 256), .fileNameTooLong),
  ])
  func impossibleDestinationIsAnError(_ name: String, errno: Errno) throws {
    let directory = try TemporaryDirectory()
    directory.symbolicLink("loop.json", to: "loop.json")
    directory.symbolicLink("link-into-nothing.json", to: "missing/out.json")
    try directory.make("file", "")
    let names = directory.names
    let path = directory.path.appending(FilePath(name).components)
    let error = fileError { () throws(FileError) in try write("1", to: path) }
    guard case .system(let system) = error else {
      Issue.record("no system error: \(String(describing: error))")
      return
    }
    #expect(system.errno == errno)
    #expect(directory.names == names)
  }

  @Test func emptyPathIsAnError() {
    #expect(throws: FileError.self) { try write("1", to: "") }
  }

  @Test func longestNameWorksAndIsNotCutWithinAScalar() throws {
    let directory = try TemporaryDirectory()
    // 255 bytes. The hundredth is in the middle of a scalar of two.
    let name = "x" + String(repeating: "é", count: 127)
    try write("1", to: directory.path(name))
    let output = try OutputFile(at: directory.path(name))
    let temporary = try #require(directory.names.first { $0 != name })
    #expect(!temporary.contains("\u{FFFD}") && temporary.utf8.count <= 143)
    output.abandon()
    #expect(directory.names == [name])
  }

  @Test func nameNeedNotBeUTF8() throws {
    let directory = try TemporaryDirectory()
    let name = try #require(FilePath.Component(platformString: [CChar(bitPattern: 0xFF), 0x61, 0]))
    let path = directory.path.appending(name)
    try write("1", to: path)
    #expect(directory.content(of: path) == "1")
    #expect(FileName.path(path).description.hasSuffix("/\\xFFa"))
  }

  @Test func messageStaysOnOneLine() {
    #expect(FileName.path("a\nb\u{1B}[31m").description == #"a\nb\u{1B}[31m"#)
  }

  @Test(arguments: ["/dev/null", "/dev/full"])
  func deviceIsWrittenDirectlyAndStays(_ device: String) throws {
    let error = fileError { () throws(FileError) in try write("1", to: FilePath(device)) }
    #expect(error?.description == (device == "/dev/full" ? "cannot write /dev/full: No space left on device" : nil))
    #expect(error?.isStorageFull == (device == "/dev/full" ? true : nil))
    var status = stat()
    #expect(stat(device, &status) == 0)
    #expect(status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test func swappedDirectoryDoesNotRedirect() throws {
    let directory = try TemporaryDirectory()
    #expect(directory.path("a").withPlatformString { mkdir($0, 0o700) } == 0)
    #expect(directory.path("b").withPlatformString { mkdir($0, 0o700) } == 0)
    var output = try OutputFile(at: directory.path("a").appending("out.json"))
    try output.write(text: "1")
    #expect(rename(directory.path("a").string, directory.path("c").string) == 0)
    directory.symbolicLink("a", to: "b")
    try output.commit()
    #expect(directory.content(of: directory.path("c").appending("out.json")) == "1")
    #expect(directory.content(of: directory.path("b").appending("out.json")) == nil)
  }

  @Test func linkToAFileWithoutANameCreatesNoFile() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("out.json", "old")
    let descriptor = try FileDescriptor.open(path, .readWrite, options: .closeOnExec)
    #expect(unlink(path.string) == 0)
    let error = fileError { () throws(FileError) in
      // By this path it is an ordinary link, and not a descriptor of this process.
      try write("1", to: FilePath("/proc/\(getpid())/fd/\(descriptor.rawValue)"))
    }
    #expect(error?.description.hasSuffix(": Stale file handle") == true)
    #expect(directory.names == [])
    try descriptor.close()
  }

  @Test(arguments: [SyncPolicy.automatic, .always, .never], [true, false])
  func syncIsFileThenRenameThenDirectory(_ policy: SyncPolicy, exists: Bool) throws {
    let directory = try TemporaryDirectory()
    if exists { try directory.make("out.json", "old") }
    let calls = FaultyCalls(.init())
    try write("1", to: directory.path("out.json"), using: FileAccess(calls: calls), sync: policy)
    let isSynced = policy == .always || (policy == .automatic && exists)
    let order = calls.log.filter { $0 == .sync || $0 == .rename || $0 == .write }
    #expect(order == (isSynced ? [.write, .sync, .rename, .sync] : [.write, .rename]))
  }

  @Test func standardOutputIsWrittenAndStaysOpen() async throws {
    let result = try await #require(
      processExitsWith: .success, observing: [\.standardOutputContent]
    ) {
      var output = try OutputFile.standardOutput()
      try output.write(text: "[1]")
      try output.commit()
      #expect(fcntl(STDOUT_FILENO, F_GETFD) >= 0)
    }
    #expect(String(decoding: result.standardOutputContent, as: UTF8.self).contains("[1]"))
  }

  @Test func closedStandardOutputIsAnError() {
    let calls = FaultyCalls(.init(failingIndex: 0, kind: .status, errno: .badFileDescriptor))
    let error = fileError { () throws(FileError) in
      _ = try OutputFile.standardOutput(using: FileAccess(calls: calls))
    }
    #expect(error?.description == "cannot inspect standard output: Bad file descriptor")
  }
}

private func isLink(_ status: stat) -> Bool { status.st_mode & S_IFMT == S_IFLNK }
