import Glibc
import SystemPackage
import Testing
import ZminIO
import ZminTestSupport

@Suite struct StorageLimitTests {
  @Test func fileSizeLimitIsAnErrorAndLeavesTheOldFile() async {
    await #expect(processExitsWith: .success) {
      signal(SIGXFSZ, SIG_IGN)
      let directory = try TemporaryDirectory()
      let path = try directory.make("out.json", "old")
      var limit = rlimit(rlim_cur: 10_000, rlim_max: 10_000)
      #expect(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
      let error = fileError { () throws(FileError) in try write(String(repeating: "x", count: 10_001), to: path) }
      #expect(error?.description == "cannot write \(path): File too large")
      #expect(directory.content(of: path) == "old")
      #expect(directory.names == ["out.json"])
    }
  }

  @Test(.enabled(if: canMount, "needs the right to mount a tmpfs"))
  func fullFileSystemLeavesTheOldFile() throws {
    let outer = try TemporaryDirectory()
    let mounted = try #require(SmallFileSystem(at: outer.path))
    defer { mounted.unmount() }
    let path = try outer.make("out.json", "old")
    let error = fileError { () throws(FileError) in try write(String(repeating: "x", count: 1 << 20), to: path) }
    #expect(error?.description == "cannot write \(path): No space left on device")
    #expect(error?.isStorageFull == true)
    #expect(outer.content(of: path) == "old")
    #expect(outer.names == ["out.json"])
  }

  @Test(.enabled(if: canMount, "needs the right to mount a tmpfs"))
  func failedReservationIsNoError() throws {
    let outer = try TemporaryDirectory()
    let mounted = try #require(SmallFileSystem(at: outer.path))
    defer { mounted.unmount() }
    let calls = FaultyCalls(.init(fileSystemType: reservingFileSystemType))
    var output = try OutputFile(at: outer.path("out.json"), using: FileAccess(calls: calls))
    output.expect(byteCount: 1 << 30)
    let text = String(repeating: "x", count: 200_000)
    try output.write(text: text)
    try output.commit()
    #expect(calls.ranges(.reserve) == [0..<64 << 20])
    #expect(outer.content(of: "out.json") == text)
  }
}

/// A file system of 256 KiB in memory.
private struct SmallFileSystem {
  private let path: FilePath

  init?(at path: FilePath) {
    guard mount("zmin-test", path.string, "tmpfs", 0, "size=256k") == 0 else { return nil }
    self.path = path
  }

  func unmount() {
    umount(path.string)
  }
}

private let canMount: Bool = {
  guard isRoot, let directory = try? TemporaryDirectory(), let probe = SmallFileSystem(at: directory.path) else {
    return false
  }
  probe.unmount()
  return true
}()
