import SystemPackage
import Testing
import ZminIO
import ZminTestSupport
import ZminVulkanEngine

/// What a run learns from the process that it has drivers looked at in, whatever these do.
@Suite struct DeviceFinderTests {
  /// What a program that does this is taken to have found.
  private func verdict(
    _ script: String, milliseconds: Int32 = 20_000, _ interruption: Interruption? = nil
  ) throws -> DeviceFinder.Verdict? {
    let program = try FinderProgram(script)
    let finder = DeviceFinder(.named("x y"), program: program.path, timeoutMilliseconds: milliseconds)
    return finder.find(orUntil: try interruption ?? Interruption())
  }

  @Test func believesTheLastLine() throws {
    #expect(try verdict("echo noise; echo found 2 abc; echo noise") == .found(index: 2, uuid: "abc"))
    #expect(try verdict("echo none it is too old") == .none("it is too old"))
    // What a driver does after that does not matter.
    #expect(try verdict("echo found 0 ff; kill -SEGV $$") == .found(index: 0, uuid: "ff"))
  }

  @Test func isToldWhichDevice() throws {
    #expect(try verdict("echo none \"$1 $2 $3 [$4]\"") == .none("devices --find --device [x y]"))
  }

  @Test func survivesCrashes() throws {
    #expect(try verdict("kill -SEGV $$") == .none("a driver crashed (signal 11)"))
    #expect(try verdict("exit 1") == .none("a driver ended the process"))
    #expect(try verdict("echo found; echo bar") == .none("a driver ended the process"))
    #expect(try verdict("yes | head -c 1000000") == .none("a driver ended the process"))
  }

  @Test func doesNotWaitForEver() throws {
    let start = ContinuousClock.now
    let verdict = try verdict("exec sleep 1000", milliseconds: 50)
    #expect(verdict == .none("the drivers did not answer within 0 seconds"))
    #expect(ContinuousClock.now - start < .seconds(100))
  }

  @Test func canBeInterrupted() throws {
    let interruption = try Interruption()
    interruption.request(.cancelled)
    #expect(try verdict("exec sleep 1000", interruption) == nil)
  }

  @Test func saysWhyThereIsNoProcess() throws {
    let finder = DeviceFinder(.best, program: "/no/such/program")
    guard case .some(.none(let reason)) = finder.find(orUntil: try Interruption()) else {
      Issue.record("found")
      return
    }
    #expect(reason.contains("No such file"))
  }

  @Test(arguments: [DeviceFinder.Verdict.found(index: 7, uuid: "00ff"), .none("a b  c")])
  func linesAreReadBack(_ verdict: DeviceFinder.Verdict) {
    #expect(DeviceFinder.Verdict(line: verdict.line) == verdict)
  }
}
