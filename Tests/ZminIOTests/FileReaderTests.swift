import Glibc
import SystemPackage
import Testing
import ZminIO

@Suite struct FileReaderTests {
  @Test(arguments: [1, 3, 4096])
  func windowsGiveTheWholeFile(windowBytes: Int) throws {
    let directory = try TemporaryDirectory()
    let text = String(repeating: "0123456789", count: 1000)
    var input = try FileReader(try directory.make("in.json", text))
    #expect(input.file.status.kind == .regular)
    #expect(input.file.status.knownSize == 10_000)
    #expect(try input.readText(windowBytes: windowBytes) == text)
    #expect(input.extent.storedBytes == 10_000)
    try input.checkUnchanged()
  }

  @Test func emptyFileIsFine() throws {
    let directory = try TemporaryDirectory()
    var input = try FileReader(try directory.make("in.json", ""))
    #expect(input.file.status.knownSize == nil)
    #expect(try input.readText() == "")
    try input.checkUnchanged()
  }

  @Test func sizeOfZeroMayBeALie() throws {
    var input = try FileReader("/proc/self/status")
    #expect(input.file.status.knownSize == nil)
    #expect(try input.readText().hasPrefix("Name:"))
    try input.checkUnchanged()
  }

  @Test(arguments: [
    ("missing", "cannot open missing: No such file or directory"), ("/tmp", "cannot read /tmp: Is a directory"),
  ])
  func whatCannotBeReadIsNamed(_ name: String, message: String) {
    let error = fileError { () throws(FileError) in _ = try OpenedFile(FilePath(name)) }
    #expect(error?.description == message)
    #expect(error?.category == .failure)
  }

  enum Change: CaseIterable, Sendable {
    case grow, shrink, rewrite, touch
  }

  @Test(arguments: Change.allCases)
  func changeWhileReadingIsSeen(_ change: Change) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("in.json", "0123456789")
    // The clock of the file system ticks in steps.
    usleep(20_000)
    var input = try FileReader(path)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 1)
    defer { buffer.deallocate() }
    #expect(try input.read(into: buffer) == 4)
    switch change {
    case .grow: try directory.make(path, "0123456789+")
    case .shrink: #expect(path.withPlatformString { truncate($0, 5) } == 0)
    case .rewrite: try directory.make(path, "9876543210")
    case .touch: #expect(path.withPlatformString { utimensat(AT_FDCWD, $0, nil, 0) } == 0)
    }
    _ = try input.readText()
    let error = #expect(throws: FileError.self) { try input.checkUnchanged() }
    #expect(error == .inputChanged(.path(path)))
    #expect(error?.description == "\(path) changed while it was read")
  }

  @Test func readingLessThanAllIsSeen() throws {
    let directory = try TemporaryDirectory()
    var input = try FileReader(try directory.make("in.json", "0123456789"))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 1)
    defer { buffer.deallocate() }
    #expect(try input.read(into: buffer) == 4)
    #expect(throws: FileError.inputChanged(input.file.name)) { try input.checkUnchanged() }
  }

  @Test func readingByPlaceLeavesTheOrderAlone() throws {
    let directory = try TemporaryDirectory()
    var input = try FileReader(try directory.make("in.json", "0123456789"))
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 4, alignment: 1)
    defer { buffer.deallocate() }
    #expect(try input.read(into: buffer, at: 8) == 2)
    #expect(try input.read(into: buffer, at: 100) == 0)
    #expect(try input.readText() == "0123456789")
    try input.checkUnchanged()
  }

  @Test func standardInputIsReadAndStaysOpen() async {
    await #expect(processExitsWith: .success) {
      let directory = try TemporaryDirectory()
      let path = try directory.make("in.json", "[1]")
      let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
      #expect(dup2(descriptor.rawValue, STDIN_FILENO) == STDIN_FILENO)
      do {
        var input = FileReader(try OpenedFile.standardInput())
        #expect(input.file.status.kind == .regular)
        #expect(try input.readText() == "[1]")
        try input.checkUnchanged()
      }
      #expect(fcntl(STDIN_FILENO, F_GETFD) >= 0)
    }
  }

  @Test func sameFileIsSeenByWhateverName() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("in.json", "1")
    try directory.make("other.json", "1")
    directory.symbolicLink("soft.json", to: "in.json")
    #expect(link(path.string, directory.path("hard.json").string) == 0)
    let files = FileAccess()
    let input = try files.status(ofInput: path)
    for name in ["in.json", "./in.json", "soft.json", "hard.json"] {
      #expect(try input.isOverwritten(through: files.statusIfPresent(of: directory.path.appending(name))), "\(name)")
    }
    #expect(try !input.isOverwritten(through: files.statusIfPresent(of: directory.path("other.json"))))
    #expect(try !input.isOverwritten(through: files.statusIfPresent(of: directory.path("new.json"))))
    let null = try files.status(ofInput: "/dev/null")
    #expect(!null.isOverwritten(through: null))
    #expect(throws: FileError.self) { try files.status(ofInput: directory.path("new.json")) }
  }

  @Test func standardInputAndOutputMayBeOneFile() async {
    await #expect(processExitsWith: .success) {
      let directory = try TemporaryDirectory()
      let path = try directory.make("in.json", "1")
      let reading = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
      let writing = try FileDescriptor.open(path, .writeOnly, options: .append)
      #expect(dup2(reading.rawValue, STDIN_FILENO) == STDIN_FILENO)
      let files = FileAccess()
      #expect(try !files.status(ofInput: nil).isOverwritten(through: files.statusOfStandardOutput()))
      #expect(dup2(writing.rawValue, STDOUT_FILENO) == STDOUT_FILENO)
      #expect(try files.status(ofInput: nil).isOverwritten(through: files.statusOfStandardOutput()))
    }
  }
}
