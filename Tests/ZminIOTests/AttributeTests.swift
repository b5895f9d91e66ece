import Glibc
import SystemPackage
import Testing
import ZminTestSupport

@testable import ZminIO

@Suite struct AttributeTests {
  private static let accessList = "system.posix_acl_access"
  private static let defaultList = "system.posix_acl_default"

  private static func replace(_ path: FilePath, keepsTimes: Bool = false, calls: any SystemCalls = LinuxSystemCalls())
    throws
  {
    var rules = InPlaceRules()
    rules.keepsTimes = keepsTimes
    var input = try FileReader(path, using: FileAccess(calls: calls))
    var output = try OutputFile(replacing: input.file, under: rules)
    _ = try input.readText()
    try output.write(text: "new")
    try output.commit()
  }

  @Test func newFileHasTheModeOfTheUmask() async {
    await #expect(processExitsWith: .success) {
      let directory = try TemporaryDirectory()
      for mask: mode_t in [0o022, 0o077, 0o002] {
        umask(mask)
        try write("1", to: directory.path("\(mask)"))
        #expect(directory.status("\(mask)").st_mode & 0o7777 == 0o666 & ~mask)
      }
    }
  }

  @Test(arguments: [0o600, 0o644, 0o640, 0o444, 0o777, 0o4755, 0o2755] as [mode_t], [true, false])
  func replacementKeepsTheMode(_ mode: mode_t, inPlace: Bool) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("a.json", "old", mode: mode)
    if inPlace { try Self.replace(path) } else { try write("new", to: path) }
    #expect(directory.content(of: path) == "new")
    #expect(directory.status("a.json").st_mode & 0o7777 == mode)
  }

  @Test func temporaryOfAReplacementIsPrivate() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("a.json", "old", mode: 0o666)
    let output = try OutputFile(at: path)
    let temporary = try #require(directory.names.first { $0 != "a.json" })
    #expect(directory.status(temporary).st_mode & 0o7777 == 0o600)
    output.abandon()
  }

  @Test(.enabled(if: isRoot, "only root gives files away"), arguments: [true, false])
  func replacementKeepsTheOwner(inPlace: Bool) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("a.json", "old", mode: 0o640)
    #expect(path.withPlatformString { chown($0, 4242, 4343) } == 0)
    if inPlace { try Self.replace(path) } else { try write("new", to: path) }
    let status = directory.status("a.json")
    #expect(status.st_uid == 4242 && status.st_gid == 4343)
    #expect(status.st_mode & 0o7777 == 0o640)
  }

  @Test(.enabled(if: isRoot, "only root gives files away"))
  func withoutPermissionToKeepTheOwnerTheModeLosesRights() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("a.json", "old")
    // The owner first, as a change of owner removes setuid.
    #expect(path.withPlatformString { chown($0, 4242, getegid()) } == 0)
    #expect(path.withPlatformString { chmod($0, 0o4754) } == 0)
    let calls = FaultyCalls(.init(failingIndex: 0, kind: .setOwner, errno: .notPermitted))
    try Self.replace(path, calls: calls)
    #expect(calls.failed == .setOwner)
    #expect(directory.status("a.json").st_uid == geteuid())
    #expect(directory.status("a.json").st_mode & 0o7777 == 0o754)
  }

  @Test(.enabled(if: isRoot, "only root gives files away")) func anOwnerThatCannotBeSetIsNamed() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("a.json", "old")
    #expect(path.withPlatformString { chown($0, 4242, getegid()) } == 0)
    let calls = FaultyCalls(.init(failingIndex: 0, kind: .setOwner, errno: .ioError))
    let error = FileError.system(SystemError(action: .setOwner, file: .path(path), errno: .ioError))
    #expect(throws: error) { try Self.replace(path, calls: calls) }
    #expect(error.description.hasPrefix("cannot set the owner of "))
  }

  @Test(
    arguments: [
      (0o4755, true, true, 0o4755), (0o6755, false, true, 0o755), (0o2750, true, false, 0o700),
      (0o664, true, false, 0o644), (0o606, true, false, 0o600), (0o666, false, false, 0o666),
    ] as [(mode_t, Bool, Bool, mode_t)])
  func strangersGetNoMoreThanBefore(_ mode: mode_t, keepingUser: Bool, keepingGroup: Bool, expected: mode_t) {
    #expect(permissions(mode, keepingUser: keepingUser, keepingGroup: keepingGroup) == expected)
  }

  @Test(.enabled(if: canUseAttributes, "needs extended attributes"), arguments: [true, false])
  func replacementKeepsExtendedAttributes(inPlace: Bool) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("a.json", "old")
    try setAttribute("user.note", of: path, to: "kept")
    try setAttribute("user.empty", of: path, to: "")
    if inPlace { try Self.replace(path) } else { try write("new", to: path) }
    #expect(directory.content(of: path) == "new")
    #expect(attribute("user.note", of: path) == Array("kept".utf8))
    #expect(attribute("user.empty", of: path) == [])
  }

  @Test(.enabled(if: canUseAttributes, "needs extended attributes"), arguments: [true, false])
  func replacementKeepsTheAccessControlList(inPlace: Bool) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("a.json", "old")
    try setAttribute(Self.accessList, of: path, to: accessControlList)
    let mode = directory.status("a.json").st_mode
    if inPlace { try Self.replace(path) } else { try write("new", to: path) }
    #expect(attribute(Self.accessList, of: path) == accessControlList)
    #expect(directory.status("a.json").st_mode == mode)
  }

  @Test(.enabled(if: canUseAttributes, "needs extended attributes"))
  func defaultListOfTheDirectoryDoesNotReachReplacements() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("old.json", "old", mode: 0o660)
    try setAttribute(Self.defaultList, of: directory.path, to: accessControlList)
    try Self.replace(path)
    #expect(attribute(Self.accessList, of: path) == nil)
    #expect(directory.status("old.json").st_mode & 0o7777 == 0o660)
    try write("1", to: directory.path("new.json"))
    #expect(attribute(Self.accessList, of: directory.path("new.json")) != nil)
  }

  @Test(arguments: [true, false])
  func timesAreKeptIfAsked(keepsTimes: Bool) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("a.json", "old")
    let times = [timespec(tv_sec: 1_000_000_000, tv_nsec: 123), timespec(tv_sec: 900_000_000, tv_nsec: 456)]
    #expect(path.withPlatformString { utimensat(AT_FDCWD, $0, times, 0) } == 0)
    try Self.replace(path, keepsTimes: keepsTimes)
    let status = directory.status("a.json")
    #expect((status.st_mtim.tv_sec == 900_000_000 && status.st_mtim.tv_nsec == 456) == keepsTimes)
    #expect((status.st_atim.tv_sec == 1_000_000_000) == keepsTimes)
  }
}
