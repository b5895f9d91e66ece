import ZminCPU
import ZminCore
import ZminEngine
import ZminMemory
import ZminTestSupport
import ZminVulkan
import ZminVulkanEngine

/// Compares slices on a software device, which takes all but the first, with a run in one window.
enum VulkanFuzz {
  private static let plan = SlicePlan(workers: 1, slots: 3, sliceBytes: 64, smallestSliceBytes: 16)
  private static let pending = PendingDevice()
  private static let device: VulkanSliceDevice = {
    do {
      let instance = try VulkanInstance(VulkanInstance.Options())
      guard let physical = try instance.devices().first(where: { $0.kind == .software }) else {
        fail("there is no software device")
      }
      let device = try VulkanDevice(physical, of: instance, ledger: MemoryLedger(), VulkanDevice.Options())
      let made = try VulkanSliceDevice(
        device, DevicePools(lanes: 2, sliceBytes: 700), for: [], kernel: .fastest, ledger: MemoryLedger())
      pending.resolve(.success(made))
      return made
    } catch {
      fail("\(error)")
    }
  }()

  @Sendable static func run(_ input: inout FuzzInput) throws {
    _ = device
    let format = input.pick([Format.json, .ndjson])
    let depth = Int(input.byte())
    let options = MinifierOptions(
      format: format, validates: !input.once(in: 4), depthMax: depth < 64 ? depth : MinifierOptions.defaultDepthMax)
    // Long enough for several slices.
    let isRepeated = input.once(in: 2)
    let unit = input.rest
    let document =
      isRepeated && !unit.isEmpty ? Array(repeatElement(unit, count: 1 + 2000 / unit.count).joined()) : unit
    let expected = try RunOutcome.windowed(document, options)
    var run = try SlicedRun(options, plan, device: .alone(pending), ledger: MemoryLedger())
    var (bytes, output) = (MemoryInput(document, isSeekable: true), MemoryOutput())
    let found = RunOutcome(try run.run(from: &bytes, to: &output), output)
    if found != expected {
      fail(
        "\(format), checks \(options.validates): \(readable(found.output)) \(found.error as Any), not "
          + "\(readable(expected.output)) \(expected.error as Any)")
    }
  }
}
