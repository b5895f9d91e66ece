import SystemPackage
import Testing
import ZminIO
import ZminTestSupport
import ZminVulkanEngine

/// Verdicts on child processes that answer, crash, hang or cannot start.
@Suite struct DeviceFinderTests {
  /// Runs a search whose child process is a shell script.
  private func verdict(
    _ script: String, milliseconds: Int32 = 20_000, _ interruption: Interruption? = nil
  ) throws -> DeviceFinder.Verdict? {
    let program = try FinderProgram(script)
    let finder = DeviceFinder(.named("x y"), program: program.path, timeoutMilliseconds: milliseconds)
    return finder.find(orUntil: try interruption ?? Interruption())
  }

  @Test("The last verdict in the output counts, however the process ends")
  func believesTheLastLine() throws {
    #expect(try verdict("echo noise; echo found 2 abc; echo noise") == .found(index: 2, uuid: "abc"))
    #expect(try verdict("echo none it is too old") == .none("it is too old"))
    // A crash after the verdict does not matter.
    #expect(try verdict("echo found 0 ff; kill -SEGV $$") == .found(index: 0, uuid: "ff"))
  }

  @Test("The child process is told which device to look for")
  func isToldWhichDevice() throws {
    #expect(try verdict("echo none \"$1 $2 $3 [$4]\"") == .none("devices --find --device [x y]"))
  }

  @Test("A driver that crashes or ends the process gives no device, with the reason")
  func survivesCrashes() throws {
    #expect(try verdict("kill -SEGV $$") == .none("a Vulkan driver crashed (signal 11)"))
    #expect(try verdict("exit 1") == .none("a Vulkan driver ended the search"))
    #expect(try verdict("echo found; echo bar") == .none("a Vulkan driver ended the search"))
    #expect(try verdict("yes | head -c 1000000") == .none("a Vulkan driver ended the search"))
  }

  @Test("A driver that hangs is given up after the timeout")
  func doesNotWaitForEver() throws {
    let start = ContinuousClock.now
    let verdict = try verdict("exec sleep 1000", milliseconds: 50)
    #expect(verdict == .none("the Vulkan drivers did not respond within 0 seconds"))
    #expect(ContinuousClock.now - start < .seconds(100))
  }

  @Test("An interruption ends the search without a verdict")
  func canBeInterrupted() throws {
    let interruption = try Interruption()
    interruption.request(.cancelled)
    #expect(try verdict("exec sleep 1000", interruption) == nil)
  }

  @Test("A child process that cannot start gives no device, with the system's reason")
  func saysWhyThereIsNoProcess() throws {
    let finder = DeviceFinder(.best, program: "/no/such/program")
    guard case .some(.none(let reason)) = finder.find(orUntil: try Interruption()) else {
      Issue.record("a device was found without a process")
      return
    }
    #expect(reason.contains("No such file"))
  }

  @Test(
    "A verdict survives its way through a line of text",
    arguments: [DeviceFinder.Verdict.found(index: 7, uuid: "00ff"), .none("a b  c")])
  func linesAreReadBack(_ verdict: DeviceFinder.Verdict) {
    #expect(DeviceFinder.Verdict(line: verdict.line) == verdict)
  }
}
