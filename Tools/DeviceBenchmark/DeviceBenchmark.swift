import ArgumentParser
import ZminBase
import ZminBench
import ZminCPU
import ZminCore
import ZminMemory
import ZminVulkan
import ZminVulkanEngine

/// Times a Vulkan device: its shaders alone, and slices from pinned memory to pinned memory beside mere copies.
@main
struct DeviceBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "device-benchmark",
    abstract: "Times a Vulkan device's shaders, everything checked, and the way there and back.",
    discussion: """
      Figures are medians, in GB/s of input. Documents are seeded. Every slice's output is compared with that of the \
      fastest kernel of the CPU before it is timed.
      """)

  @Option(help: "The device: index, UUID or a part of its name.") var device: String?
  @Option(help: "Slice size in MiB.") var slice = 8
  @Option(help: "Slices in inFlightSlice.") var lanes = 4
  @Option(help: "Slices that each lane takes in a round.") var repeats = 32
  @Option(help: "Timed rounds.") var rounds = 7
  @Option(name: .customLong("kind"), help: "Only documents of these kinds.") var kinds: [DocumentKind] = []
  @Option(help: "Threads in a workgroup.") var threads: Int?
  @Option(help: "Time nothing: start and end each lane this many times, with one slice each.") var ends: Int?

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
      "\(device.workgroupThreads) threads a workgroup, \(lanes) slices of \(slice) MiB in inFlightSlice, \(rounds) rounds\n"
    )
    print(
      "| document | kept | summarise | scan | compact | check | all stages | there and back | copies alone | share |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    let timings = try (0..<lanes).map { _ in
      try LaneTiming(VulkanLane(sliceBytes: slice << 20, on: device), ledger: ledger)
    }
    for kind in kinds.isEmpty ? DocumentKind.ofKernels : kinds { try time(kind, timings) }
  }

  /// Starts lanes on threads of their own, has each take one slice, and ends it while the others run.
  private func endLanes(_ count: Int, on device: VulkanDevice, _ ledger: MemoryLedger) throws {
    let failures = Failures()
    let document = DocumentWriter.document(.pretty, byteCount: 8_000, seed: 1)
    WorkerThreads.run(lanes, ledger: ledger) { _ in
      for _ in 0..<count {
        failures.noteIfThrown {
          let timing = try LaneTiming(VulkanLane(sliceBytes: 1 << 14, on: device), ledger: ledger)
          try timing.load(document)
          // The second of its two submits waits for the first on the device.
          try timing.copy()
        }
      }
    }
    if let error = failures.first { throw error }
  }

  private func time(_ kind: DocumentKind, _ timings: [LaneTiming]) throws {
    // The slices are whole documents: all that they need stands in them.
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
      let (there, alone) = try (
        elapsedSeconds { try runAll(timings) { try $0.run() } },
        elapsedSeconds { try runAll(timings) { try $0.copy() } }
      )
      if round > 0 {
        work.append(there)
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

  /// Has every lane do it on a thread of its own, again and again.
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
