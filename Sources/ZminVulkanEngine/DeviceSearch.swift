import ZminBase
package import ZminCPU
package import ZminEngine
import ZminIO
package import ZminMemory
package import ZminVulkan

/// Looks for a device and makes it ready, on a thread of its own, while runs go on without it.
package final class DeviceSearch: Sendable {
  /// What is wanted.
  package struct Configuration: Sendable {
    package var finder: DeviceFinder
    package var pools: DevicePools
    /// What will be run.
    package var kinds: [ProgramKind]
    /// What nesting is found with.
    package var kernel: Kernel
    /// Has calls of Vulkan fail, for tests.
    package var faults: (any VulkanFaults)?

    package init(finder: DeviceFinder, pools: DevicePools, kinds: [ProgramKind], kernel: Kernel) {
      self.finder = finder
      self.pools = pools
      self.kinds = kinds
      self.kernel = kernel
    }
  }

  /// What comes of it.
  package let pending = PendingDevice()
  private let interruption: Interruption
  private let thread: SystemThread?

  /// Begins.
  ///
  /// - Parameter ledger: The book that the device's memory is entered in.
  /// - Throws: The system's error if it has no descriptor left.
  package init(_ configuration: Configuration, ledger: MemoryLedger) throws {
    let (pending, interruption) = (pending, try Interruption())
    self.interruption = interruption
    thread = SystemThread(stackBytes: Self.stackBytes, ledger: ledger) {
      pending.resolve(Self.search(configuration, ledger, interruption))
    }
    if thread == nil { pending.resolve(.failure(DeviceFailure("no thread to look for devices with"))) }
  }

  /// Drivers compile shaders on it.
  private static let stackBytes = 8 << 20

  /// Ends the search if it goes on still, and waits for that, though not for a driver that does not come back.
  ///
  /// - Parameter timeoutSeconds: For how long.
  /// - Returns: Whether it has ended. Otherwise its thread is in a driver, and the process is best left at once.
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
    guard let verdict = configuration.finder.find(orUntil: interruption) else {
      return .failure(DeviceFailure("the run ended before a device was found"))
    }
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

  /// Opens in this process what was found in another.
  private static func open(
    _ index: Int, _ uuid: String, _ configuration: Configuration, _ ledger: MemoryLedger, _ interruption: Interruption
  ) throws -> any SliceDevice {
    let instance = try VulkanInstance(VulkanInstance.Options(faults: configuration.faults))
    let devices = try instance.devices()
    guard
      let physical = devices.first(where: { $0.index == index && $0.uuid == uuid })
        ?? devices.first(where: { $0.uuid == uuid })
    else { throw DeviceFailure("the device that was found is gone") }
    try interruption.check()
    let device = try VulkanDevice(physical, of: instance, ledger: ledger)
    try interruption.check()
    return try VulkanSliceDevice(
      device, configuration.pools, for: configuration.kinds, kernel: configuration.kernel, ledger: ledger)
  }
}
