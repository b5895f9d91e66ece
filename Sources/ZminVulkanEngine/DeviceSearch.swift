import ZminBase
package import ZminCPU
package import ZminEngine
package import ZminIO
package import ZminMemory
package import ZminVulkan

/// Searches for a device and opens it on its own thread, while runs start without it.
package final class DeviceSearch: Sendable {
  /// Settings of a search.
  package struct Configuration: Sendable {
    package var finder: DeviceFinder
    package var pools: DevicePools
    /// Kinds of input to compile shaders for.
    package var kinds: [ProgramKind]
    /// CPU kernel that checks nesting.
    package var kernel: Kernel
    /// Told about the process that tests the device.
    package var observer: (any HelperObserver)?
    /// Makes Vulkan calls fail, for tests.
    package var faults: (any VulkanFaults)?

    package init(finder: DeviceFinder, pools: DevicePools, kinds: [ProgramKind], kernel: Kernel) {
      self.finder = finder
      self.pools = pools
      self.kinds = kinds
      self.kernel = kernel
    }
  }

  /// Result of the search, once it has one.
  package let pending = PendingDevice()
  private let interruption: Interruption
  private let thread: SystemThread?

  /// Starts the search. If the thread cannot start, ``pending`` holds the failure.
  ///
  /// - Parameter ledger: Ledger that records the device's memory.
  /// - Throws: The system's error if no file descriptor is left.
  package init(_ configuration: Configuration, ledger: MemoryLedger) throws {
    let (pending, interruption) = (pending, try Interruption())
    self.interruption = interruption
    thread = SystemThread(stackBytes: Self.stackBytes, ledger: ledger) {
      pending.resolve(Self.search(configuration, ledger, interruption))
    }
    if thread == nil { pending.resolve(.failure(DeviceFailure("cannot start the device search: no thread"))) }
  }

  /// Stack size of the thread. Drivers compile shaders on it.
  private static let stackBytes = 8 << 20

  /// Cancels the search and waits for it to end.
  ///
  /// - Returns: False after the timeout. The thread is then stuck in a driver, and the process should exit at once.
  package func end(timeoutSeconds: Double = 5) -> Bool {
    interruption.request(.cancelled)
    guard pending.wait(seconds: timeoutSeconds) != nil else {
      thread?.detach()
      return false
    }
    thread?.join()
    return true
  }

  private static func search(
    _ configuration: Configuration, _ ledger: MemoryLedger, _ interruption: Interruption
  ) -> Result<any SliceDevice, DeviceFailure> {
    let verdict = configuration.finder.find(orUntil: interruption, observer: configuration.observer)
    guard let verdict else { return .failure(DeviceFailure("the run ended before a device was found")) }
    switch verdict {
    case .none(let reason): return .failure(DeviceFailure(reason))
    case .found(let index, let uuid):
      do {
        return .success(try open(index, uuid, configuration, ledger, interruption))
      } catch let error as DeviceFailure {
        return .failure(error)
      } catch {
        return .failure(DeviceFailure("\(error)"))
      }
    }
  }

  /// Opens the device that the child process found.
  private static func open(
    _ index: Int, _ uuid: String, _ configuration: Configuration, _ ledger: MemoryLedger, _ interruption: Interruption
  ) throws -> any SliceDevice {
    let instance = try VulkanInstance(VulkanInstance.Options(faults: configuration.faults))
    let devices = try instance.devices()
    guard
      let physical = devices.first(where: { $0.index == index && $0.uuid == uuid })
        ?? devices.first(where: { $0.uuid == uuid })
    else { throw DeviceFailure("the device disappeared after the search had found it") }
    try interruption.check()
    let device = try VulkanDevice(physical, of: instance, ledger: ledger)
    try interruption.check()
    return try VulkanSliceDevice(
      device, configuration.pools, for: configuration.kinds, kernel: configuration.kernel, ledger: ledger)
  }
}
