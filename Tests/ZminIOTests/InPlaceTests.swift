import Glibc
import SystemPackage
import Testing
import ZminIO
import ZminTestSupport

@Suite struct InPlaceTests {
  private static func replace(
    _ path: FilePath, under rules: InPlaceRules = InPlaceRules(), using access: FileAccess = FileAccess(),
    meanwhile: () throws -> Void = {}
  ) throws {
    var input = try FileReader(path, using: access)
    var output = try OutputFile(replacing: input.file, under: rules)
    _ = try input.readText()
    try meanwhile()
    try output.write(text: "new")
    try input.checkUnchanged()
    try output.commit()
  }

  private static let following: InPlaceRules = {
    var rules = InPlaceRules()
    rules.followsSymbolicLinks = true
    return rules
  }()

  @Test func contentIsReplacedOnce() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("in.json", "old", mode: 0o640)
    let calls = FaultyCalls(.init())
    try Self.replace(path, using: FileAccess(calls: calls))
    #expect(directory.content(of: path) == "new")
    #expect(directory.names == ["in.json"])
    #expect(calls.log.filter { $0 == .sync || $0 == .rename } == [.sync, .rename, .sync])
  }

  @Test func symbolicLinkIsRefusedUnlessFollowed() throws {
    let directory = try TemporaryDirectory()
    try directory.make("in.json", "old")
    directory.symbolicLink("link.json", to: "in.json")
    let path = directory.path("link.json")
    let error = #expect(throws: FileError.self) { try Self.replace(path) }
    #expect(error == .refused(.path(path), .symbolicLink))
    #expect(error?.description == "\(path) is not replaced: it is a symbolic link")
    try Self.replace(path, under: Self.following)
    #expect(directory.status("link.json").st_mode & S_IFMT == S_IFLNK)
    #expect(directory.content(of: "in.json") == "new")
  }

  @Test func hardLinksAreRefusedUnlessSplit() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("in.json", "old")
    #expect(link(path.string, directory.path("reference.json").string) == 0)
    #expect(throws: FileError.refused(.path(path), .hardLinks(2))) { try Self.replace(path) }
    var rules = InPlaceRules()
    rules.splitsHardLinks = true
    try Self.replace(path, under: rules)
    #expect(directory.content(of: "in.json") == "new")
    #expect(directory.content(of: "reference.json") == "old")
  }

  @Test func onlyRegularFilesWithNamesAreReplaced() async throws {
    let directory = try TemporaryDirectory()
    for path in [directory.fifo("fifo"), "/dev/null"] {
      #expect(throws: FileError.refused(.path(path), .notRegularFile)) { try Self.replace(path) }
    }
    await #expect(processExitsWith: .success) {
      let input = try OpenedFile.standardInput()
      let error = fileError { () throws(FileError) in try input.checkReplaceable(under: InPlaceRules()) }
      #expect(error == .refused(.standardInput, .standardInput))
    }
  }

  @Test func inputChangedBeforeCommitStays() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("in.json", "old")
    usleep(20_000)
    #expect(throws: FileError.inputChanged(.path(path))) {
      try Self.replace(path) { try directory.make(path, "newer") }
    }
    #expect(directory.content(of: path) == "newer")
    #expect(directory.names == ["in.json"])
  }

  @Test func fileThatTookTheNameMeanwhileStays() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("in.json", "old")
    #expect(throws: FileError.inputChanged(.path(path))) {
      try Self.replace(path) {
        try directory.make("other.json", "other")
        #expect(rename(directory.path("other.json").string, path.string) == 0)
      }
    }
    #expect(directory.content(of: path) == "other")
    #expect(directory.names == ["in.json"])
  }

  @Test func changeDuringTheCommitItselfIsSeen() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("in.json", "old")
    usleep(20_000)
    // The sync is the last long step: an editor saves while it lasts.
    let calls = FaultyCalls(
      .init(before: { if $0 == .sync { _ = try? directory.make(path, "newer") } }))
    #expect(throws: FileError.inputChanged(.path(path))) { try Self.replace(path, using: FileAccess(calls: calls)) }
    #expect(directory.content(of: path) == "newer")
    #expect(directory.names == ["in.json"])
  }

  @Test func fileWhoseNameIsGoneIsNotMadeAgain() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("in.json", "old")
    #expect(throws: FileError.inputChanged(.path(path))) {
      try Self.replace(path) { #expect(unlink(path.string) == 0) }
    }
    #expect(directory.names == [])
  }
}
