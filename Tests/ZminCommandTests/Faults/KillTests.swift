import Foundation
import Glibc
import Testing
import ZminTestSupport

/// The program is killed at each of its system calls that change something, one call in each run. Every file is old or
/// new then, and the next run finishes the work.
@Suite(
  "Killed at every call",
  .enabled(
    if: access("/usr/bin/strace", X_OK) == 0 && !ZminProgram.isSanitized, "needs strace, which no sanitizer allows"))
struct KillTests {
  private static let calls = [
    "openat", "write", "fsync", "renameat", "renameat2", "ioctl", "linkat", "unlinkat", "mkdirat", "flock", "fchmod",
    "fchown", "fsetxattr", "fallocate", "ftruncate", "utimensat", "close",
  ]

  private static let scenarios = FaultScenario.all.filter { scenario in
    ["in place", "bad lines, in place", "mirrored, with a journal"].contains(scenario.testDescription)
      || Corpora.testsAreLong
  }

  @Test(arguments: scenarios)
  func everyCall(_ scenario: FaultScenario) throws {
    var kills = 0
    for call in Self.calls { kills += try killAtEach(call, scenario) }
    #expect(kills > 20)
    if ProcessInfo.processInfo.environment["ZMIN_FAULT_TABLE"] != nil {
      print("| killed: \(scenario.testDescription) | \(kills) |")
    }
  }

  private static func kept(_ scratch: Scratch) -> [String: String] {
    FaultScenario.tree(scratch).filter { $0.key.hasSuffix(".kept") }
  }

  /// - Returns: The number of kills.
  private func killAtEach(_ call: String, _ scenario: FaultScenario) throws -> Int {
    let command = "$ZMIN -q " + scenario.arguments.map { $0.replacing("@/", with: "") }.joined(separator: " ")
    for moment in 1...500 {
      let scratch = try scenario.scratch()
      let killed = try ZminProgram.shell(
        "strace -f -qq -o /dev/null -e trace=\(call) -e inject=\(call):signal=KILL:when=\(moment) \(command); echo $?",
        in: scratch)
      let what = "\(call) \(moment)"
      guard killed.output != "0\n" else {
        #expect(scenario.isDone(FaultScenario.tree(scratch)), "\(what)")
        return moment - 1
      }
      #expect(killed.output == "137\n", "\(what): \(killed)")
      let tree = FaultScenario.tree(scratch)
      for name in tree.keys where !name.contains(".zmin-") {
        #expect(scenario.isOldOrNew(name, in: tree), "\(what): \(name) is \(tree[name] ?? "")")
      }
      let kept = Self.kept(scratch)
      for name in scenario.files.keys { #expect(scratch.text(of: name) != nil, "\(what): \(name) is gone") }
      let again = try ZminProgram.shell("\(command); echo $?", in: scratch)
      #expect(again.output == "0\n", "\(what): \(again.errors)")
      // No run removes a file that may be what somebody has saved.
      #expect(Self.kept(scratch) == kept, "\(what), again")
      let done = FaultScenario.tree(scratch).filter { !kept.keys.contains($0.key) }
      #expect(scenario.isDone(done), "\(what), again")
    }
    Issue.record("there is always one call more")
    return 0
  }
}
