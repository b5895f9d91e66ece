import Foundation
import Testing
import ZminTestSupport
import ZminVulkan

/// Mesa's software driver touches a semaphore after it has woken the host. On one CPU the driver's thread is often
/// interrupted in between.
@Suite(.enabled(if: TestDevice.physical != nil, "there is no software Vulkan device")) struct LaneEndTests {
  /// Path of the program that starts and ends lanes. A crash of the driver ends that program and not the tests.
  private static let program: String = {
    var bundle = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    if let path = CommandLine.arguments.first(where: { $0.hasSuffix(".xctest") }) { bundle = path }
    return URL(filePath: bundle).deletingLastPathComponent().appending(path: "DeviceBenchmark").path
  }()

  /// The first CPU that this process may run on.
  private static func firstCPU() throws -> String {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    return String(try #require(status.firstMatch(of: /Cpus_allowed_list:\s*(\d+)/)).output.1)
  }

  /// Runs crashed 9 times out of 10 when each lane destroyed its semaphore at its end.
  @Test("Lanes that end while the driver still uses their semaphores do not crash")
  func endsOnOneCPU() throws {
    let device = try #require(TestDevice.physical)
    try #require(FileManager.default.isExecutableFile(atPath: Self.program), "\(Self.program)")
    for run in 1...(Corpora.testsAreLong ? 1000 : 15) {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/taskset")
      process.arguments = [
        "-c", try Self.firstCPU(), Self.program, "--device", "\(device.index)", "--lanes", "8", "--ends", "1",
      ]
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 0, "run \(run)")
    }
  }
}
