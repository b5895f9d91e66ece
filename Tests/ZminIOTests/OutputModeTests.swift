import Glibc
import SystemPackage
import Testing
import ZminTestSupport

@testable import ZminIO

@Suite("Modes of new outputs") struct OutputModeTests {
  /// Writes an output that is made from the inputs.
  private static func write(_ name: String, from inputs: [FilePath], in directory: TemporaryDirectory) throws {
    let access = FileAccess()
    var output = try OutputFile(at: directory.path(name), using: access, isPrivate: true)
    try output.write(text: "new")
    for input in inputs { output.limitMode(to: try OpenedFile(input, using: access).statusForMode) }
    try output.commit()
  }

  private static func mode(_ name: String, in directory: TemporaryDirectory) -> mode_t {
    directory.status(name).st_mode & 0o7777
  }

  @Test("An output is private while it is written, and has its mode when it appears")
  func privateWhileWritten() throws {
    let directory = try TemporaryDirectory()
    let input = try directory.make("a.json", "1", mode: 0o644)
    var modes: [mode_t] = []
    var output = try OutputFile(at: directory.path("out.json"), isPrivate: true)
    for name in directory.names where name != "a.json" { modes.append(Self.mode(name, in: directory)) }
    try output.write(text: "1")
    output.limitMode(to: try OpenedFile(input).status)
    try output.commit()
    #expect(modes == [0o600])
    #expect(Self.mode("out.json", in: directory) == 0o644)
  }

  @Test(
    "The default access list of a directory gives nobody access to an output",
    .enabled(if: canUseAttributes, "needs lists"))
  func defaultAccessList() throws {
    let directory = try TemporaryDirectory()
    let input = try directory.make("a.json", "1", mode: 0o640)
    try setAttribute("system.posix_acl_default", of: directory.path, to: accessControlList)
    try Self.write("out.json", from: [input], in: directory)
    #expect(attribute("system.posix_acl_access", of: directory.path("out.json")) == nil)
    #expect(Self.mode("out.json", in: directory) == 0o640)
  }

  @Test(
    "The group has no permissions if an access list restricts the input's group",
    .enabled(if: canUseAttributes, "needs lists"),
    arguments: [(0o640, 0o600), (0o644, 0o604), (0o600, 0o600)] as [(mode_t, mode_t)])
  func accessList(_ mode: mode_t, _ expected: mode_t) throws {
    let directory = try TemporaryDirectory()
    let input = try directory.make("a.json", "1")
    try setAttribute("system.posix_acl_access", of: input, to: accessControlList)
    #expect(chmod(input.string, mode) == 0)
    try Self.write("out.json", from: [input], in: directory)
    #expect(Self.mode("out.json", in: directory) == expected)
  }

  @Test("The group has no permissions if it is unknown whether the input has an access list")
  func unknownAccessList() throws {
    let directory = try TemporaryDirectory()
    let input = try directory.make("a.json", "1", mode: 0o644)
    for (errno, expected) in [(Errno.notPermitted, 0o604), (.noData, 0o644), (.notSupported, 0o644)]
      as [(Errno, mode_t)]
    {
      let access = FileAccess(calls: FaultyCalls(.init(failingIndex: 0, kind: .attribute, errno: errno)))
      var output = try OutputFile(at: directory.path("\(errno.rawValue)"), using: access, isPrivate: true)
      output.limitMode(to: try OpenedFile(input, using: access).statusForMode)
      try output.commit()
      #expect(Self.mode("\(errno.rawValue)", in: directory) == expected)
    }
  }

  @Test("Members of another group than the input's get no more than before", .enabled(if: isRoot, "needs root"))
  func otherGroup() throws {
    let directory = try TemporaryDirectory()
    for (mode, expected) in [(0o640, 0o600), (0o644, 0o644), (0o604, 0o600), (0o664, 0o644)] as [(mode_t, mode_t)] {
      let input = try directory.make("\(mode)", "1")
      #expect(chown(input.string, 4242, 4343) == 0 && chmod(input.string, mode) == 0)
      try Self.write("out-\(mode)", from: [input], in: directory)
      #expect(Self.mode("out-\(mode)", in: directory) == expected)
    }
  }

  @Test("An output of several groups has only the permissions that each group has", .enabled(if: isRoot, "needs root"))
  func severalGroups() throws {
    let directory = try TemporaryDirectory()
    let inputs = try (0..<2).map { number in
      let input = try directory.make("\(number)", "1", mode: 0o640)
      #expect(chown(input.string, 0, number == 0 ? getegid() : 4343) == 0)
      return input
    }
    try Self.write("one", from: [inputs[0]], in: directory)
    try Self.write("both", from: inputs, in: directory)
    #expect(Self.mode("one", in: directory) == 0o640)
    #expect(Self.mode("both", in: directory) == 0o600)
  }

  @Test("A file system without modes is no error", arguments: [Errno.notPermitted, .notSupported])
  func noModes(_ errno: Errno) throws {
    #expect(try Self.modeOfOutput(failing: .setMode, errno, \.status) == 0o600)
  }

  /// The mode of an output whose input has mode 0644, with calls of a kind that fail.
  private static func modeOfOutput(
    failing kind: FaultyCalls.Kind, _ errno: Errno, _ status: (OpenedFile) -> FileStatus
  ) throws -> mode_t {
    let directory = try TemporaryDirectory()
    let input = try directory.make("a.json", "1", mode: 0o644)
    let access = FileAccess(calls: FaultyCalls(.init(failingIndex: 0, kind: kind, errno: errno)))
    var output = try OutputFile(at: directory.path("out.json"), using: access, isPrivate: true)
    output.limitMode(to: status(try OpenedFile(input, using: access)))
    try output.commit()
    return mode("out.json", in: directory)
  }

  @Test(
    "An unsupported removal of an access list is no error if there is no list",
    arguments: [Errno.notPermitted, .invalidArgument])
  func noRemoval(_ errno: Errno) throws {
    #expect(try Self.modeOfOutput(failing: .removeAttribute, errno, \.statusForMode) == 0o644)
  }

  @Test(
    "An output with an access list that may not be removed stays private",
    .enabled(if: canUseAttributes, "needs lists"), arguments: [Errno.notPermitted, .invalidArgument])
  func noRemovalOfList(_ errno: Errno) throws {
    let directory = try TemporaryDirectory()
    let input = try directory.make("a.json", "1", mode: 0o644)
    try setAttribute("system.posix_acl_default", of: directory.path, to: accessControlList)
    let access = FileAccess(calls: FaultyCalls(.init(failingIndex: 0, kind: .removeAttribute, errno: errno)))
    var output = try OutputFile(at: directory.path("out.json"), using: access, isPrivate: true)
    output.limitMode(to: try OpenedFile(input, using: access).statusForMode)
    try output.commit()
    #expect(Self.mode("out.json", in: directory) == 0o600)
  }

  @Test("An output has neither the bits of the umask nor setuid, setgid and sticky", arguments: [0o022, 0o077, 0o002])
  func umaskIsTaken(_ mask: Int) async {
    await #expect(processExitsWith: .success) { [mask] in
      umask(mode_t(mask))
      let directory = try TemporaryDirectory()
      for mode: mode_t in [0o600, 0o644, 0o666, 0o444, 0o755, 0o6755, 0o400] {
        let input = try directory.make("\(mode)", "1", mode: mode)
        try Self.write("out-\(mode)", from: [input], in: directory)
        #expect(Self.mode("out-\(mode)", in: directory) == mode & 0o777 & ~mode_t(mask))
      }
    }
  }
}
