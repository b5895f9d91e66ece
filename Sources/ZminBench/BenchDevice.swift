import ZminCPU
import ZminEngine
import ZminIO
import ZminMemory
import ZminVulkan
import ZminVulkanEngine

/// A device that is timed, and the times of the steps that set it up.
struct BenchDevice {
  let pending = PendingDevice()
  let facts: BenchReport.Device
  let device: VulkanSliceDevice
  let ledger: MemoryLedger
  private let vulkanDevice: VulkanDevice

  /// No device is available.
  struct Absence: Error {
    let reason: String
  }

  /// Finds a device and sets it up as runs do, timing each step.
  ///
  /// - Parameter keepAlive: Called with objects that must live as long as the process.
  /// - Throws: ``Absence``.
  init(
    _ selector: DeviceSelector, isLines: Bool, interruption: Interruption, keepAlive: (any Sendable) -> Void
  ) throws {
    var setup: [BenchReport.Part] = []
    func step<Value>(_ name: String, _ body: () throws -> Value) throws -> Value {
      var value: Value?
      let seconds = try elapsedSeconds { value = try body() }
      setup.append(BenchReport.Part(name: name, seconds: seconds))
      guard let value else { throw Absence(reason: "setup failed") }
      return value
    }
    let ledger = MemoryLedger()
    do {
      let verdict = try step("search and proof") { DeviceFinder(selector).find(orUntil: interruption) }
      guard let verdict else { throw Absence(reason: "the run was interrupted") }
      guard case .found(_, let uuid) = verdict else {
        if case .none(let reason) = verdict { throw Absence(reason: reason) }
        throw Absence(reason: "no device was found")
      }
      let instance = try step("loader") { try VulkanInstance() }
      keepAlive(instance)
      let (physical, device) = try step("device") {
        guard let physical = try instance.devices().first(where: { $0.uuid == uuid }) else {
          throw Absence(reason: "the device disappeared during setup")
        }
        var options = VulkanDevice.Options()
        options.measures = true
        return (physical, try VulkanDevice(physical, of: instance, ledger: ledger, options))
      }
      let kinds = [ProgramKind(isLines: isLines, checks: true)]
      try step("pipelines") { for kind in kinds { try device.prepare(kind) } }
      self.device = try step("pinning") {
        try VulkanSliceDevice(device, DevicePools.usual, for: kinds, kernel: .fastest, ledger: ledger)
      }
      keepAlive(self.device)
      vulkanDevice = device
      facts = BenchReport.Device(
        name: physical.name, driver: physical.driver, api: physical.apiVersion, type: physical.kind.rawValue,
        memoryBytes: physical.heaps.filter(\.isDeviceLocal).map(\.byteCount).max(),
        bus: physical.busAddress.map { BusLink.description(ofDeviceAt: $0) }, setup: setup)
    } catch let absence as Absence {
      throw absence
    } catch {
      throw Absence(reason: "\(error)")
    }
    self.ledger = ledger
    pending.resolve(.success(device))
  }

  /// The time of its slices by stage, since the last call.
  func takePartSeconds() -> LaneSeconds {
    device.lanes.reduce(into: LaneSeconds()) { sum, lane in
      if let lane = lane as? VulkanSliceLane { sum.add(lane.takePartSeconds()) }
    }
  }

  /// Measures copies to and from the device, and within it. A device that shares host memory has only the last.
  ///
  /// - Throws: ``VulkanError``.
  func limits(rounds: Int) throws -> [BenchReport.Limit] {
    let byteCount = DevicePools.usual.sliceBytes
    let lane = try VulkanLane(sliceBytes: min(byteCount, vulkanDevice.sliceBytesMax), on: vulkanDevice)
    var limits: [BenchReport.Limit] = []
    func measure(_ name: String, bytes: Int, _ body: () throws -> Void) throws {
      try body()
      let samples = try (0..<rounds).map { _ in try elapsedSeconds(body) }
      limits.append(
        BenchReport.Limit(
          name: name, document: nil,
          gigabytesPerSecond: Double(bytes) / BenchStatistics.median(samples) / 1e9, samplesSeconds: samples))
    }
    let sliceBytes = lane.sliceBytes
    if vulkanDevice.copies {
      try measure("copy up", bytes: sliceBytes) { try lane.copy(upBytes: sliceBytes, downBytes: 0) }
      try measure("copy down", bytes: sliceBytes) { try lane.copy(upBytes: 0, downBytes: sliceBytes) }
      try measure("copy both ways", bytes: sliceBytes) { try lane.copy(upBytes: sliceBytes, downBytes: sliceBytes) }
    }
    try measure("device copy", bytes: sliceBytes) { try lane.copyOnDevice(byteCount: sliceBytes) }
    return limits
  }
}
