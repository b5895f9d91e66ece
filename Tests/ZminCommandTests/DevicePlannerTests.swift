import SystemPackage
import Testing
import ZminCommand
import ZminEngine
import ZminFiles
import ZminIO
import ZminVulkanEngine

@Suite("Plan of a device's part")
struct DevicePlannerTests {
  private func plan(_ arguments: String..., on machine: FakeEnvironment = FakeEnvironment()) throws -> Plan {
    try plan(arguments, on: machine)
  }

  private func plan(_ arguments: [String], on machine: FakeEnvironment = FakeEnvironment()) throws -> Plan {
    guard case .minify(let options) = try Request(arguments) else { throw UsageError("not a minify request") }
    return try Planner(options, in: machine).plan()
  }

  private func usageError(_ arguments: [String]) throws -> String? {
    guard case .minify(let options) = try Request(arguments) else { throw UsageError("not a minify request") }
    do {
      _ = try Planner(options, in: FakeEnvironment()).plan()
      return nil
    } catch PlanError.usage(let message) {
      return message
    }
  }

  @Test("auto searches for a hardware device above 100 MB, and does not require it")
  func auto() throws {
    let device = try #require(try plan("huge.json").device)
    #expect(device == DevicePlan(selector: .best, pools: .usual, isRequired: false, isWanted: false))
    #expect(try plan("huge.json").mode == .streaming)
    #expect(try plan("huge.jsonl").device != nil)
    for name in ["largest.json", "fifo.json", "missing.json", "-"] { #expect(try plan(name).device == nil) }
    #expect(try plan("--format", "concat", "huge.json").device == nil)
    #expect(try plan("--mode", "streaming", "huge.json").device == nil)
    #expect(try plan("--mode", "standard", "huge.json").device == nil)
  }

  @Test("auto uses no device if none is visible, unless one is named", arguments: ["", "-1"])
  func noVisibleDevices(_ visible: String) throws {
    let machine = FakeEnvironment(variables: ["CUDA_VISIBLE_DEVICES": visible])
    #expect(try plan("huge.json", on: machine).device == nil)
    #expect(try plan("--device", "0", "huge.json", on: machine).device?.selector == .named("0"))
    #expect(try plan("--mode", "gpu", "huge.json", on: machine).device?.isRequired == true)
    #expect(try plan("huge.json", on: FakeEnvironment(variables: ["CUDA_VISIBLE_DEVICES": "0"])).device != nil)
  }

  @Test("gpu and hybrid search for a device for any input")
  func modes() throws {
    let gpu = try plan("--mode", "gpu", "missing.json")
    #expect(gpu.mode == .gpu && gpu.device?.isRequired == true)
    guard case .slices(let slices) = gpu.memory else {
      Issue.record("no slices")
      return
    }
    #expect(slices.workers == 1)
    let hybrid = try plan("--mode", "hybrid", "--device", "lava", "fifo.json")
    #expect(hybrid.mode == .hybrid && hybrid.device?.isRequired == false)
    #expect(hybrid.device?.selector == .named("lava"))
  }

  @Test("Work that no device supports is exit 4 for gpu, and hybrid falls back")
  func obstacles() throws {
    do {
      _ = try plan("--mode", "gpu", "--format", "concat", "a")
      Issue.record("accepted")
    } catch PlanError.engineUnavailable(let message) {
      #expect(message.hasPrefix("--mode gpu: "))
    }
    let plan = try plan("--mode", "hybrid", "--format", "concat", "a")
    #expect(plan.device == nil && plan.fallbacks.count == 1)
  }

  @Test("Bad lines are separated on the CPU, which gpu says and hybrid notes")
  func badLines() throws {
    let gpu = try plan("--mode", "gpu", "--bad-lines", "b", "a.jsonl")
    #expect(gpu.device == nil && gpu.mode == .standard)
    #expect(gpu.warnings == ["the GPU is not used: --bad-lines is supported on the CPU only"])
    let hybrid = try plan("--mode", "hybrid", "--bad-lines", "b", "a.jsonl")
    #expect(hybrid.device == nil && hybrid.warnings.isEmpty && hybrid.fallbacks.count == 1)
  }

  @Test("A device that is named for a small file is not left out without a word")
  func smallFile() throws {
    let plan = try plan("--device", "nvidia", "small.json")
    #expect(plan.device == nil)
    #expect(
      plan.warnings == ["--device is not used: no input is larger than 100 MB; use --mode gpu or hybrid"])
    #expect(try self.plan("small.json").warnings.isEmpty)
    #expect(try self.plan("--device", "nvidia", "huge.json").warnings.isEmpty)
  }

  @Test("A device's pools stay within host and device memory")
  func memory() throws {
    let megabyte = 1 << 20
    for budget in [400, 500, 700] {
      let device = try #require(try plan("--memory-budget", "\(budget)Mi", "huge.json").device)
      #expect(device.pools.hostBytes + DevicePools.driverBytes < budget * megabyte)
    }
    for limit in [8, 40, 100, 300] {
      let device = try #require(try plan("--device-memory", "\(limit)Mi", "huge.json").device)
      #expect(device.pools.deviceBytes <= limit * megabyte)
    }
    let small = try plan("--memory-budget", "100Mi", "huge.json")
    #expect(small.device == nil && small.fallbacks.count == 1)
    let limits = MachineLimits(processorCount: 6, memoryBytes: 100 * megabyte, physicalMemoryBytes: 1 << 34)
    #expect(try plan("huge.json", on: FakeEnvironment(limits: limits)).device == nil)
  }

  @Test("Too little memory for gpu is a usage error that names the smallest budget")
  func tooLittle() throws {
    for option in ["--memory-budget", "--device-memory"] {
      let message = try #require(try usageError(["--mode", "gpu", option, "1000000", "huge.json"]))
      if option == "--memory-budget" { continue }
      let least = try #require(message.split(separator: " ").compactMap { Int($0) }.last)
      #expect(try usageError(["--mode", "gpu", option, "\(least)", "huge.json"]) == nil)
      #expect(try usageError(["--mode", "gpu", option, "\(least - 1)", "huge.json"]) != nil)
    }
    let message = try #require(try usageError(["--mode", "gpu", "--memory-budget", "64Mi", "huge.json"]))
    let least = try #require(message.split(separator: " ").compactMap { Int($0) }.last)
    #expect(try usageError(["--mode", "gpu", "--memory-budget", "\(least)", "huge.json"]) == nil)
    #expect(try usageError(["--mode", "gpu", "--memory-budget", "\(least - 1)", "huge.json"]) != nil)
  }

  @Test("Options of a device need a mode with a device")
  func uselessOptions() throws {
    for mode in ["standard", "streaming"] {
      #expect(try usageError(["--mode", mode, "--device", "0", "a"])?.contains("--device needs") == true)
      #expect(try usageError(["--mode", mode, "--device-memory", "1G", "a"])?.contains("needs") == true)
    }
  }
}
