import ZminBase
import ZminCPU
import ZminCore
import ZminEngine
import ZminIO
import ZminMemory
import ZminReport
import ZminVulkan
import ZminVulkanEngine

/// A run of `zmin devices`: lists kernels and devices, and tests them on request.
struct DevicesRun {
  /// The one device to list. Nil lists all devices and the kernels.
  let selector: DeviceSelector?
  let runsSelfTest: Bool
  let files: FileAccess

  func run() throws(FileError) -> ExitStatus {
    let output = StandardOutput(files)
    if selector == nil { try output.write(Self.kernelListing) }
    let devices: FoundDevices
    do {
      devices = try FoundDevices(selector)
    } catch {
      try output.write("Vulkan devices:\n  none: \(error)\n")
      let kernels = try runsSelfTest && selector == nil ? proveKernels(output) : .success
      return selector == nil ? kernels : max(kernels, .engineUnavailable)
    }
    try output.write("Vulkan devices:\n" + devices.all.map { Self.listing(of: $0, among: devices) }.joined())
    guard runsSelfTest else { return .success }
    var status = try selector == nil ? proveKernels(output) : .success
    for device in devices.all { status = max(status, try prove(device, of: devices.instance, output)) }
    return status
  }

  // MARK: Kernels

  /// The kernels, a line each.
  private static var kernelListing: String {
    let nameWidth = Kernel.all.map(\.name.count).max() ?? 0
    let states = Kernel.all.map { kernel in
      kernel.missingFeature.map { "not available: this CPU lacks \($0)" }
        ?? (kernel.name == Kernel.fastest.name ? "available, used" : "available")
    }
    let stateWidth = states.map(\.count).max() ?? 0
    let lines = zip(Kernel.all, states).map { kernel, state in
      "  \(padded(kernel.name, nameWidth))  \(padded(state, stateWidth))  \(kernel.summary)\n"
    }
    return "CPU kernels:\n" + lines.joined()
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: width - text.count)
  }

  private func proveKernels(_ output: StandardOutput) throws(FileError) -> ExitStatus {
    var status = ExitStatus.success
    try output.write("Self-test of kernels:\n")
    for kernel in Kernel.available {
      let (line, kernelStatus) = prove(kernel)
      try output.write("  \(kernel.name): \(line)\n")
      status = max(status, kernelStatus)
    }
    return status
  }

  private func prove(_ kernel: Kernel) -> (String, ExitStatus) {
    do {
      guard let difference = try KernelSelfTest().firstDifference(of: kernel) else {
        return ("agrees with the reference", .success)
      }
      let setting = "\(difference.format.rawValue), windows of \(difference.windowBytes) bytes"
      return ("DIFFERS from the reference on \(difference.input) (\(setting))", .difference)
    } catch {
      return ("not tested: \(error)", .failure)
    }
  }

  // MARK: Devices

  /// The devices of the machine, and the one that `auto` uses.
  private struct FoundDevices {
    let instance: VulkanInstance
    let all: [PhysicalDevice]
    let best: Result<DeviceSelector.Candidate, DeviceSelector.NoChoice>

    init(_ selector: DeviceSelector?) throws {
      instance = try VulkanInstance()
      let devices = try instance.devices()
      let candidates = devices.map(DeviceSelector.Candidate.init)
      best = Result { () throws(DeviceSelector.NoChoice) in try DeviceSelector.best.choose(from: candidates) }
      guard let selector else {
        if devices.isEmpty { throw DeviceSelector.NoChoice.noDevice }
        all = devices
        return
      }
      let chosen = try selector.choose(from: candidates)
      all = devices.filter { $0.index == chosen.index }
    }
  }

  private static func listing(of device: PhysicalDevice, among devices: FoundDevices) -> String {
    let heaps = device.heaps.map { heap in
      Figures.memorySize(heap.byteCount)
        + (heap.isDeviceLocal ? device.sharesMemory ? " shared" : " device memory" : " host memory")
    }
    let limits = device.limits
    let use =
      switch devices.best {
      case _ where device.unsupportedReason != nil: "cannot be used: \(device.unsupportedReason ?? "")"
      case .success(let best) where best.index == device.index: "used by auto"
      case _ where device.kind == .software: "not used by auto: software device; use --device to select it"
      default: "not used by auto: another device is preferred"
      }
    return """
        \(device.index)  \(device.name)
           \(device.kind.rawValue), \(device.driver), Vulkan \(device.apiVersion), UUID \(device.uuid)
           memory: \(heaps.joined(separator: ", "))
           limits: \(limits.workgroupThreads) threads a workgroup, \(Figures.memorySize(limits.sharedBytes)) shared; \
      \(limits.storageBuffers) buffers a stage, \(Figures.memorySize(limits.storageBufferBytes)) each
           \(use)

      """
  }

  private func prove(
    _ physical: PhysicalDevice, of instance: VulkanInstance, _ output: StandardOutput
  ) throws(FileError) -> ExitStatus {
    try output.write("Self-test of device \(physical.index):\n")
    do {
      let device = try VulkanDevice(physical, of: instance, ledger: MemoryLedger())
      if let difference = try DeviceSelfTest.firstDifference(on: device, extent: .full) {
        try output.write("  DIFFERS from the reference: \(difference)\n")
        return .difference
      }
      try output.write("  every stage agrees with the reference\n")
      return .success
    } catch let error as FileError {
      throw error
    } catch {
      try output.write("  not tested: \(error)\n")
      return .failure
    }
  }
}
