import ZminCPU
import ZminCore
import ZminEngine
import ZminIO
import ZminMemory
import ZminMemoryProfile
import ZminVulkan
import ZminVulkanEngine

/// The part of a device in a run, from the search for it to its release.
final class DeviceSession {
  private let search: DeviceSearch
  private let isRequired: Bool

  /// Starts the search for a device.
  ///
  /// - Parameters:
  ///   - plan: The device and its memory.
  ///   - formats: The formats of the inputs.
  ///   - validates: True if the inputs are checked.
  ///   - kernel: The kernel for the CPU's part of slices on the device.
  ///   - ledger: Records the memory of the device.
  ///   - profiler: Observes the memory of the search and of the device, nil if nobody does.
  /// - Throws: The system's error if no descriptor is left.
  init(
    _ plan: DevicePlan, formats: [Format], validates: Bool, kernel: Kernel, ledger: MemoryLedger,
    _ profiler: MemoryProfiler?
  ) throws {
    let kinds = Set(formats.filter { $0 != .concat }.map { ProgramKind(isLines: $0 == .ndjson, checks: validates) })
    var configuration = DeviceSearch.Configuration(
      finder: DeviceFinder(plan.selector), pools: plan.pools, kinds: Array(kinds), kernel: kernel)
    configuration.observer = profiler
    search = try DeviceSearch(configuration, ledger: ledger)
    isRequired = plan.isRequired
    let pending = search.pending
    profiler?.observe { pending.vulkanDevice.map { DeviceMemoryFacts($0.device) } }
  }

  /// The use of the device by minifiers.
  var use: DeviceUse { isRequired ? .alone(search.pending) : .beside(search.pending) }

  /// The error of a run that requires a device and has none.
  struct NoDevice: Error {
    let message: String

    init(_ reason: any Error) {
      let isSoftware = "\(reason)" == DeviceSelector.NoChoice.noHardware.reason
      message = "--mode gpu: \(reason)\(isSoftware ? "; use --device to name one" : "")"
    }
  }

  /// Waits for a required device.
  ///
  /// - Throws: ``NoDevice``, or ``FileError/interrupted(_:)`` after a signal.
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

  /// Ends the search when no run uses the device any more.
  ///
  /// The device stays open until the process exits at once. Drivers are slow to close, and some crash if they are
  /// unloaded while threads of lanes end.
  ///
  /// - Parameter givesBack: True to free the memory of the lanes, so that a report can show leaks.
  func end(givesBack: Bool) {
    let hasEnded = search.end(timeoutSeconds: Self.timeoutSeconds)
    if givesBack, hasEnded, let device = search.pending.vulkanDevice {
      ProcessSetup.leaveAtOnce(with: device.device)
    } else {
      ProcessSetup.leaveAtOnce(with: search)
    }
  }

  /// The time for the child process of the search to end. A driver that is being opened is not waited for.
  private static let timeoutSeconds = 0.05
}

extension PendingDevice {
  /// The device, nil if none was found yet.
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
