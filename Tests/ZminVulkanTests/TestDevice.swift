import Foundation
import Synchronization
import ZminMemory
import ZminVulkan

/// The device that tests use, under the validation layer: a software device, or the one whose name contains
/// `ZMIN_TEST_DEVICE`.
enum TestDevice {
  static let messages = ValidationMessages()

  /// Shared instance, or the error that prevents one.
  static let instance = Result<VulkanInstance, VulkanError> { () throws(VulkanError) in
    try VulkanInstance(VulkanInstance.Options(messages: messages))
  }

  /// Device, nil if none matches.
  static let physical: PhysicalDevice? = {
    guard let devices = try? instance.get().devices() else { return nil }
    let name = ProcessInfo.processInfo.environment["ZMIN_TEST_DEVICE"]
    return devices.first { device in name.map { device.name.contains($0) } ?? (device.kind == .software) }
  }()

  /// Shaders from the folder `ZMIN_TEST_SHADERS`, which replace the compiled ones. `scripts/test-shader-mutants` puts
  /// broken ones there.
  private static let shaders = Result<[String: [UInt32]], any Error> {
    guard let folder = ProcessInfo.processInfo.environment["ZMIN_TEST_SHADERS"] else { return [:] }
    return try Shaders.compiled.reduce(into: [:]) { shaders, shader in
      let file = try Data(contentsOf: URL(filePath: folder).appending(path: shader.key + ".spv"))
      shaders[shader.key] = file.withUnsafeBytes { Array($0.bindMemory(to: UInt32.self)) }
    }
  }

  private static let devices = Mutex<[Way: VulkanDevice]>([:])

  /// Returns the device opened in one way. All tests share it because its shaders take long to compile.
  static func device(_ way: Way) throws -> VulkanDevice {
    guard let physical else { throw NoDevice() }
    return try devices.withLock { devices in
      if let known = devices[way] { return known }
      var options = VulkanDevice.Options()
      options.workgroupThreads = way.threads
      options.copies = way.copies
      options.timeoutSeconds = 300
      options.shaders = try shaders.get()
      let device = try VulkanDevice(physical, of: try instance.get(), ledger: MemoryLedger(), options)
      devices[way] = device
      return device
    }
  }

  struct NoDevice: Error {}
}

/// Settings under which tests use the device.
struct Way: CustomStringConvertible, CaseIterable, Hashable, Sendable {
  let threads: Int
  let copies: Bool

  static let allCases = [
    Way(threads: 64, copies: false), Way(threads: 64, copies: true), Way(threads: 128, copies: true),
    Way(threads: 256, copies: false),
  ]

  var description: String { "\(threads) threads\(copies ? ", copies" : "")" }
}
