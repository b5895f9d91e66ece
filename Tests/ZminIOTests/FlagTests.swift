import Glibc
import SystemPackage
import Testing
import ZminTestSupport

@testable import ZminIO

private let noAtime: UInt32 = 0x80
private let noDump: UInt32 = 0x40
private let immutable: UInt32 = 0x10

/// The flags that `chattr` sets, of those that a replacement keeps.
private func flags(of path: FilePath) throws -> UInt32 {
  let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
  return try descriptor.closeAfter { try LinuxSystemCalls().flags(of: descriptor.rawValue) & FileFlags.kept }
}

private func setFlags(_ flags: UInt32, on path: FilePath) throws {
  let descriptor = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
  try descriptor.closeAfter {
    let calls = LinuxSystemCalls()
    let now = try calls.flags(of: descriptor.rawValue)
    try calls.setFlags(descriptor.rawValue, to: now & ~(FileFlags.kept | immutable) | flags)
  }
}

/// Whether the file system of the tests has flags.
private let canUseFlags: Bool = {
  guard let directory = try? TemporaryDirectory(), let path = try? directory.make("probe", "") else { return false }
  return (try? setFlags(noDump, on: path)) != nil
}()

@Suite("chattr flags", .enabled(if: canUseFlags, "needs a file system with flags")) struct FlagTests {
  private static func replace(_ path: FilePath, inPlace: Bool, calls: FaultyCalls = FaultyCalls(.init())) throws {
    let access = FileAccess(calls: calls)
    var output: OutputFile
    if inPlace {
      output = try OutputFile(replacing: try OpenedFile(path, using: access))
    } else {
      output = try OutputFile(at: path, using: access)
    }
    try output.write(text: "new")
    try output.commit()
  }

  @Test("A replacement keeps them", arguments: [true, false]) func kept(inPlace: Bool) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("a.json", "old")
    try setFlags(noAtime | noDump, on: path)
    let calls = FaultyCalls(.init())
    try Self.replace(path, inPlace: inPlace, calls: calls)
    #expect(directory.content(of: path) == "new")
    #expect(try flags(of: path) == noAtime | noDump)
    // nocow asks for an empty file.
    let (set, written) = (calls.log.firstIndex(of: .setFlags), calls.log.firstIndex(of: .write))
    #expect(try #require(set) < #require(written))
  }

  @Test("A replacement gets none from its directory that the file did not have") func inherited() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("a.json", "old")
    try setFlags(noAtime, on: directory.path)
    try setFlags(noDump, on: path)
    try Self.replace(path, inPlace: true)
    #expect(try flags(of: path) == noDump)
  }

  @Test("One that the file system refuses does not keep the others away, and is no error") func refused() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("a.json", "old")
    try setFlags(noAtime | noDump, on: path)
    // Both at once, then the first alone.
    let calls = FaultyCalls(.init(failingIndex: 0, kind: .setFlags, errno: .notPermitted))
    try Self.replace(path, inPlace: true, calls: calls)
    #expect(try flags(of: path) == noAtime | noDump)
    #expect(calls.log.count { $0 == .setFlags } == 3)
    try Self.replace(
      path, inPlace: true,
      calls: FaultyCalls(.init(failingIndex: 0, kind: .setFlags, isLasting: true, errno: .notPermitted)))
    #expect(directory.content(of: path) == "new")
    #expect(try flags(of: path) == 0)
  }

  @Test("A file system without flags is no error", arguments: [Errno(rawValue: ENOTTY), .notSupported, .noFunction])
  func noFlags(_ errno: Errno) throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("a.json", "old")
    let calls = FaultyCalls(.init(failingIndex: 0, kind: .flags, isLasting: true, errno: errno))
    try Self.replace(path, inPlace: true, calls: calls)
    #expect(directory.content(of: path) == "new")
    #expect(!calls.log.contains(.setFlags))
  }

  @Test("An immutable file is refused before anything is made", .enabled(if: isRoot, "only root makes them"))
  func immutableFile() throws {
    let directory = try TemporaryDirectory()
    let path = try directory.make("a.json", "old")
    try setFlags(immutable, on: path)
    defer { try? setFlags(0, on: path) }
    for inPlace in [true, false] {
      let calls = FaultyCalls(.init())
      #expect(throws: FileError.refused(.path(path), .protected)) {
        try Self.replace(path, inPlace: inPlace, calls: calls)
      }
      #expect(!calls.log.contains(.write) && directory.names == ["a.json"])
    }
  }
}
