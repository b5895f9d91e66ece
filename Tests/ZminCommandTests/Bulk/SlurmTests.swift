import Foundation
import Glibc
import Testing

@Suite("Slurm")
struct SlurmTests {
  private static let isLong = ProcessInfo.processInfo.environment["ZMIN_LONG_TESTS"] == "1"
  private static let hasSlurm = access("/usr/sbin/slurmctld", X_OK) == 0 && geteuid() == 0

  @Test(
    "A Slurm array with a killed and requeued task gives the tree of one run",
    .enabled(if: isLong, "a minute: ZMIN_LONG_TESTS=1"),
    .enabled(if: hasSlurm, "needs root, and Debian's slurm-wlm"))
  func array() throws {
    let script = ArticleTests.package.appending(path: "scripts/test-slurm").path
    let run = try ZminProgram.shell("\(script) $ZMIN")
    #expect(run.ending == .exit(0), "\(run.output)\(run.errors)")
    #expect(run.output.hasSuffix("the trees are the same\n"))
  }
}
