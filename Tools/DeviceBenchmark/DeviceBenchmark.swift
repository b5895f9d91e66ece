import ArgumentParser
import ZminBase
import ZminBench
import ZminCPU
import ZminCore
import ZminMemory
import ZminVulkan
import ZminVulkanEngine

/// Times a Vulkan device: its shaders alone, and whole slices with their copies beside the copies alone.
@main
struct DeviceBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "device-benchmark",
    abstract: "Time a Vulkan device's shaders, and whole slices with their copies to the device and back.",
    discussion: """
      Figures are medians, in GB/s of input, with every check on. Documents are seeded. Each document's output is \
      compared with the output of the fastest CPU kernel before it is timed.
      """)

  @Option(help: "Device to time: index, UUID or part of its name.") var device: String?
  @Option(help: "Slice size in MiB.") var slice = 8
  @Option(help: "Slices in flight.") var lanes = 4
  @Option(help: "Slices of each lane in a round.") var repeats = 32
  @Option(help: "Timed rounds.") var rounds = 7
  @Option(name: .customLong("kind"), help: "Time only documents of these kinds.") var kinds: [DocumentKind] = []
  @Option(help: "Threads in a workgroup, a multiple of 16.") var threads: Int?
  @Option(help: "Time nothing. Start and end each lane this many times, with one slice each.") var ends: Int?

  func validate() throws {
    let counts = [("slice", slice), ("lanes", lanes), ("repeats", repeats), ("rounds", rounds), ("ends", ends ?? 1)]
    for (name, count) in counts where count < 1 { throw ValidationError("--\(name) must be at least 1") }
    if let threads, threads < 16 || threads % 16 != 0 { throw ValidationError("--threads must be a multiple of 16") }
  }

  mutating func run() throws {
    let instance = try VulkanInstance()
    let all = try instance.devices()
    let chosen = try (device.map(DeviceSelector.named) ?? .best).choose(
      from: all.map(DeviceSelector.Candidate.init))
    let physical = all[chosen.index]
    var options = VulkanDevice.Options()
    options.measures = true
    options.copies = true
    options.workgroupThreads = threads
    let ledger = MemoryLedger()
    let device = try VulkanDevice(physical, of: instance, ledger: ledger, options)
    let kind = ProgramKind(isLines: false, checks: true)
    try device.prepare(kind)
    if let ends { return try endLanes(ends, on: device, ledger) }
    print("\(physical.name), \(physical.driver), Vulkan \(physical.apiVersion)")
    print(
      "\(device.workgroupThreads) threads a workgroup, \(lanes) slices of \(slice) MiB in flight, \(rounds) rounds\n")
    print(
      "| document | kept | summarise | scan | compact | check | all stages | with copies | copies alone | share |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    let timings = try (0..<lanes).map { _ in
      try LaneTiming(VulkanLane(sliceBytes: slice << 20, on: device), ledger: ledger)
    }
    for kind in kinds.isEmpty ? DocumentKind.ofKernels : kinds { try time(kind, timings) }
  }

  /// Creates lanes on several threads at once. Each lane runs one slice and is destroyed while others run.
  private func endLanes(_ count: Int, on device: VulkanDevice, _ ledger: MemoryLedger) throws {
    let failures = Failures()
    let document = DocumentWriter.document(.pretty, byteCount: 8_000, seed: 1)
    WorkerThreads.run(lanes, ledger: ledger) { _ in
      for _ in 0..<count {
        failures.noteIfThrown {
          let timing = try LaneTiming(VulkanLane(sliceBytes: 1 << 14, on: device), ledger: ledger)
          try timing.load(document)
          // The device makes the second of these two submits wait for the first.
          try timing.copy()
        }
      }
    }
    if let error = failures.first { throw error }
  }

  private func time(_ kind: DocumentKind, _ timings: [LaneTiming]) throws {
    // Each slice is a whole document, so nothing before it matters.
    let document = DocumentWriter.document(kind, byteCount: slice << 20 - 65_536, seed: 1)
    for timing in timings { try timing.load(document) }
    var stages: [[Double]] = []
    for round in 0...rounds * 3 {
      let seconds = try timings[0].stageSeconds()
      if round > 0 { stages.append(seconds) }
    }
    var work: [Double] = []
    var copies: [Double] = []
    for round in 0...rounds {
      let (whole, alone) = try (
        elapsedSeconds { try runAll(timings) { try $0.run() } },
        elapsedSeconds { try runAll(timings) { try $0.copy() } }
      )
      if round > 0 {
        work.append(whole)
        copies.append(alone)
      }
    }
    let byteCount = Double(document.count)
    let perStage = stages[0].indices.map { index in median(stages.map { $0[index] }) }
    let total = Double(timings.count * repeats) * byteCount
    let columns =
      [timings[0].keptShare] + perStage.map { byteCount / $0 / 1e9 }
      + [
        byteCount / median(stages.map { $0.reduce(0, +) }) / 1e9, total / median(work) / 1e9,
        total / median(copies) / 1e9, median(copies) / median(work),
      ]
    print("| \(kind.rawValue) | \(columns.map(rounded).joined(separator: " | ")) |")
  }

  /// Calls `body` `repeats` times for each lane, with one thread for each lane.
  private func runAll(_ timings: [LaneTiming], _ body: @escaping @Sendable (LaneTiming) throws -> Void) throws {
    let failures = Failures()
    let repeats = repeats
    WorkerThreads.run(timings.count, ledger: MemoryLedger()) { index in
      for _ in 0..<repeats { failures.noteIfThrown { try body(timings[index]) } }
    }
    if let error = failures.first { throw error }
  }
}

extension DocumentKind: ExpressibleByArgument {}
