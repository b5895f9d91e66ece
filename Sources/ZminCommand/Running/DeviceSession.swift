import ZminCPU
import ZminCore
import ZminEngine
import ZminIO
import ZminMemory
import ZminMemoryProfile
import ZminVulkan
import ZminVulkanEngine

/// A device's part in a run: it is looked for from the run's beginning, and let go at its end.
final class DeviceSession {
  private let search: DeviceSearch
  private let isRequired: Bool

  /// Begins to look for a device.
  ///
  /// - Parameters:
  ///   - plan: Which device, and with what memory.
  ///   - formats: How the inputs are laid out.
  ///   - validates: Whether they are checked.
  ///   - kernel: What is done on the CPU for the device.
  ///   - ledger: The book that the device's memory is entered in.
  /// - Throws: The system's error if it has no descriptor left.
  init(_ plan: DevicePlan, formats: [Format], validates: Bool, kernel: Kernel, ledger: MemoryLedger) throws {
    let kinds = Set(formats.filter { $0 != .concat }.map { ProgramKind(isLines: $0 == .ndjson, checks: validates) })
    search = try DeviceSearch(
      DeviceSearch.Configuration(
        finder: DeviceFinder(plan.selector), pools: plan.pools, kinds: Array(kinds), kernel: kernel),
      ledger: ledger)
    isRequired = plan.isRequired
  }

  /// What runs do with the device.
  var use: DeviceUse { isRequired ? .alone(search.pending) : .beside(search.pending) }

  /// There must be a device, and there is none: nothing is done.
  struct NoDevice: Error {
    let message: String

    init(_ reason: any Error) { message = "--mode gpu: \(reason)" }
  }

  /// Waits for the device if there must be one.
  ///
  /// - Throws: ``NoDevice``, and ``FileError/interrupted(_:)`` if the run is to stop meanwhile.
  func waitIfRequired(_ files: FileAccess) throws {
    guard isRequired else { return }
    while true {
      try files.checkInterruption()
      switch search.pending.wait(seconds: 0.05) {
      case nil: continue
      case .success: return
      case .failure(let failure): throw NoDevice(failure)
      }
    }
  }

  /// Ends the search, when no run uses the device any more.
  ///
  /// The device itself is left to the end of the process, which is then left at once: drivers take their time to let go,
  /// and do not like to be unloaded under the threads of lanes that are about to end.
  ///
  /// - Parameter givesBack: Whether the memory of the lanes goes back nevertheless, with this, as it is to be seen whether
  ///   all does.
  func end(givesBack: Bool) {
    let hasEnded = search.end(timeoutSeconds: Self.timeoutSeconds)
    if givesBack, hasEnded, let device = search.pending.vulkanDevice {
      ProcessSetup.leaveAtOnce(with: device.device)
    } else {
      ProcessSetup.leaveAtOnce(with: search)
    }
  }

  /// Has a profiler look at the device's memory, once there is a device.
  func show(to profiler: MemoryProfiler) {
    let pending = search.pending
    profiler.observe { pending.vulkanDevice.map { DeviceMemoryFacts($0.device) } }
  }

  /// What it takes to end the process that looks for a device. A driver that is being opened is not waited for.
  private static let timeoutSeconds = 0.05
}

extension PendingDevice {
  /// The device, if there is one by now.
  fileprivate var vulkanDevice: VulkanSliceDevice? {
    guard case .success(let device) = wait(seconds: 0) else { return nil }
    return device as? VulkanSliceDevice
  }
}

extension DeviceMemoryFacts {
  fileprivate init(_ device: VulkanDevice) {
    let physical = device.physical
    self.init(
      name: physical.name, driver: physical.driver, sharesHostMemory: physical.sharesMemory,
      isSoftware: physical.kind == .software,
      heaps: device.heapUses().map { use in
        Heap(
          byteCount: use.heap.byteCount, isDeviceLocal: use.heap.isDeviceLocal, budgetBytes: use.budgetBytes,
          usageBytes: use.usageBytes)
      })
  }
}
