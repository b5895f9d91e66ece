import Foundation
import Testing
import ZminVulkan

struct ShaderTests {
  /// Path of `spirv-val`, nil if it is not installed.
  private static let validator = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    .map { "\($0)/spirv-val" }.first { FileManager.default.isExecutableFile(atPath: $0) }

  @Test(
    "Compiled shaders are valid SPIR-V", .enabled(if: validator != nil, "spirv-val is not installed"),
    arguments: Shaders.compiled.keys.sorted())
  func validSPIRV(_ stage: String) throws {
    let words = try #require(Shaders.compiled[stage])
    let file = FileManager.default.temporaryDirectory.appending(path: "zmin-\(UUID().uuidString).spv")
    try words.withUnsafeBytes { Data($0) }.write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    let process = Process()
    process.executableURL = URL(filePath: try #require(Self.validator))
    process.arguments = ["--target-env", "vulkan1.1", file.path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }
}
