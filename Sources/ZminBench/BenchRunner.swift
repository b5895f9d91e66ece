import ZminBase
import ZminCPU
import ZminCore
import ZminEngine
package import ZminIO
import ZminMemory
import ZminReport
import ZminVulkanEngine

/// Times all paths on all documents, in turn, and compares every output.
package struct BenchRunner {
  private let plan: BenchPlan
  private let files: FileAccess
  private let interruption: Interruption
  private let fault: PathFault?
  private let keepAlive: (any Sendable) -> Void
  private let showProgress: (String) -> Void

  /// The least and the most rounds, whatever the time budget.
  static let roundsRange = 3...25
  /// Document sizes for throughput by input size.
  private static let seriesBytes = [64 << 10, 512 << 10, 4 << 20, 32 << 20, 256 << 20]
  private static let seriesRounds = 5
  /// Spreads above this get a warning.
  private static let noisySpread = 0.1

  /// A requested path is not available, or no path is left to time.
  package struct Unavailable: Error, CustomStringConvertible {
    package let description: String
  }

  /// A document is not valid JSON. The description begins with `PATH:LINE:COLUMN:`.
  package struct InvalidDocument: Error, CustomStringConvertible {
    package let description: String
  }

  /// - Parameters:
  ///   - plan: The paths, documents and conditions.
  ///   - files: Access to files.
  ///   - interruption: Ends the search for a device.
  ///   - fault: Makes a path slow or wrong, for tests.
  ///   - keepAlive: Called with the driver and the device, which must live as long as the process. Some drivers crash
  ///     when they are unloaded earlier.
  ///   - showProgress: Called with the current step.
  package init(
    _ plan: BenchPlan, files: FileAccess, interruption: Interruption, fault: PathFault? = nil,
    keepAlive: @escaping (any Sendable) -> Void = { _ in }, showProgress: @escaping (String) -> Void = { _ in }
  ) {
    self.plan = plan
    self.files = files
    self.interruption = interruption
    self.fault = fault
    self.keepAlive = keepAlive
    self.showProgress = showProgress
  }

  /// Runs the benchmark.
  ///
  /// - Throws: ``Unavailable``, ``InvalidDocument``, ``FileError``, `OutOfMemory`, and the errors of runs.
  package func run() throws -> BenchReport {
    let (limits, facts) = (MachineLimits(using: files), HostFacts(using: files))
    let memoryBytes = min(limits.physicalMemoryBytes, limits.memoryBytes ?? .max)
    var report = BenchReport(
      version: plan.version, commit: plan.commit, command: plan.command, date: CalendarClock.timestamp(),
      host: BenchReport.Host(
        cpu: facts.cpuModel, cpus: limits.processorCount, kernel: facts.kernelRelease,
        memoryBytes: memoryBytes == .max ? nil : memoryBytes, loadBefore: HostFacts.load(using: files)),
      conditions: BenchReport.Conditions(
        cache: plan.cache.rawValue, seed: plan.isGenerated ? plan.seed : nil, workers: plan.workers,
        budgetSeconds: plan.budgetSeconds))
    let device = try openDevice(&report)
    let paths = plan.paths.filter { !$0.usesDevice || device != nil }
    guard !paths.isEmpty else {
      throw Unavailable(description: "no path can be timed: \(report.deviceAbsence ?? "none was requested")")
    }
    guard paths.contains(where: { !$0.usesDevice }) || plan.sources.contains(where: { $0.format != .concat }) else {
      throw Unavailable(description: "no path can be timed: devices do not support concat")
    }
    if let device { report.limits += try device.limits(rounds: 5) }
    // Leaves room for the document, its output and the memory of the runs, twice over.
    let heldBytesMax = memoryBytes / 8
    let budget = plan.budgetSeconds / Double(2 * plan.sources.count)
    for source in plan.sources {
      let document = try self.document(source, heldBytesMax)
      if document.format == .concat, device != nil {
        report.warnings.append("\(document.name): devices do not support concat, so only CPU paths are timed")
      }
      report.documents.append(document.description)
      let host = HostLimits(plan, files: files)
      for mode in BenchReport.Mode.allCases {
        if mode == .memory, document.bytes == nil {
          if document.facts.byteCount > 0 {
            report.warnings.append("\(document.name) is too large to hold in memory, so it is timed file to file only")
          }
          continue
        }
        showProgress("\(document.name), \(mode == .memory ? "memory to memory" : "file to file")")
        // Devices do not support concat: a path with a device would run on the CPU only.
        let timed = try paths.filter { !$0.usesDevice || document.format != .concat }.map {
          try TimedPath($0, mode, document.format, plan: plan, device: device, files: files, fault: fault)
        }
        try time(timed, document, mode, host, budgetSeconds: budget)
        report.warnings += timed.flatMap { deviceWarnings($0, document, report) }
        report.results += timed.map { $0.result(on: document, host, report.limits) }
      }
      report.limits += host.reported(for: document.name)
    }
    if plan.measuresSizes, case .generated(let kind, let byteCount)? = plan.sources.first {
      showProgress("throughput by input size")
      report.series = try series(kind, upTo: byteCount, paths, device)
    }
    report.host.loadAfter = HostFacts.load(using: files)
    report.breakEven = BreakEven.find(in: report)
    report.warnings += warnings(report)
    report.advice = Advice.text(for: report)
    return report
  }

  private func document(_ source: BenchPlan.Source, _ heldBytesMax: Int) throws -> BenchDocument {
    do {
      return try BenchDocument(source, plan: plan, heldBytesMax: heldBytesMax, files: files)
    } catch let invalid as BenchDocument.Invalid {
      throw InvalidDocument(description: "\(invalid.file):\(invalid.problem)")
    }
  }

  private func openDevice(_ report: inout BenchReport) throws -> BenchDevice? {
    guard plan.paths.contains(where: \.usesDevice) else {
      report.deviceAbsence = "no path with a device was requested"
      return nil
    }
    guard let selector = plan.device else {
      report.deviceAbsence = "CUDA_VISIBLE_DEVICES hides all devices"
      return nil
    }
    do {
      showProgress("setting up the device")
      let device = try BenchDevice(selector, isLines: plan.isLines, interruption: interruption, keepAlive: keepAlive)
      report.device = device.facts
      return device
    } catch let absence as BenchDevice.Absence {
      try files.checkInterruption()
      if plan.requiresDevice { throw Unavailable(description: "no device for the gpu paths: \(absence.reason)") }
      report.deviceAbsence = absence.reason
      return nil
    }
  }

  /// Runs all paths and limits in turn: once to warm up, then until the time budget is spent.
  private func time(
    _ timed: [TimedPath], _ document: BenchDocument, _ mode: BenchReport.Mode, _ host: HostLimits,
    budgetSeconds: Double
  ) throws {
    let bufferBytes = max(
      document.facts.byteCount, Minifier.outputBytes(forInputBytes: document.facts.byteCount, format: document.format))
    let buffer = mode == .memory ? try HeldMemory(byteCount: bufferBytes) : nil
    var spentSeconds = 0.0
    var rounds = 0
    while rounds < Self.roundsRange.upperBound, rounds < Self.roundsRange.lowerBound || spentSeconds < budgetSeconds {
      let isMeasured = rounds > 0 || spentSeconds > 0
      spentSeconds += try elapsedSeconds {
        for path in timed where path.isVerified {
          try files.checkInterruption()
          try path.run(document, buffer: buffer?.bytes, isMeasured: isMeasured)
        }
        try host.run(document, mode, buffer: buffer?.bytes, isMeasured: isMeasured)
      }
      if isMeasured { rounds += 1 }
    }
  }

  private func series(
    _ kind: DocumentKind, upTo largestBytes: Int, _ paths: [BenchPath], _ device: BenchDevice?
  ) throws -> [BenchReport.SeriesPoint] {
    let chosen = paths.filter { $0 == .kernel(.fastest) || $0 == .cpu || $0.usesDevice }
    var points: [BenchReport.SeriesPoint] = []
    for byteCount in Self.seriesBytes.filter({ $0 < largestBytes }) + [largestBytes] {
      let document = try self.document(.generated(kind, byteCount: byteCount), 0)
      let timed = try chosen.map {
        try TimedPath($0, .file, document.format, plan: plan, device: device, files: files, fault: fault)
      }
      for round in 0...Self.seriesRounds {
        for path in timed where path.isVerified {
          try files.checkInterruption()
          try path.run(document, buffer: nil, isMeasured: round > 0)
        }
      }
      for path in timed where path.isVerified {
        let seconds = path.samples.map(\.seconds)
        points.append(
          BenchReport.SeriesPoint(
            path: path.path.name, bytes: document.facts.byteCount, seconds: BenchStatistics.median(seconds),
            error: BenchStatistics.medianError(seconds)))
      }
    }
    return points
  }

  /// Warnings that a figure of a device path is partly or wholly the work of the CPU.
  private func deviceWarnings(_ path: TimedPath, _ document: BenchDocument, _ report: BenchReport) -> [String] {
    let subject =
      "\(report.label(of: path.path.name)) on \(document.name), \(path.mode.rawValue) to \(path.mode.rawValue)"
    var warnings = path.deviceNotes.map { "\(subject): \($0)" }
    if path.path == .gpu, path.hasRunWithoutDevice {
      warnings.append("\(subject): the device took no slice in some runs, which therefore measure the CPU")
    }
    return warnings
  }

  private func warnings(_ report: BenchReport) -> [String] {
    var warnings: [String] = []
    for result in report.results where !result.isVerified {
      warnings.append(
        "\(report.label(of: result.path)) gave wrong output on \(result.document), "
          + "\(result.mode.rawValue) to \(result.mode.rawValue): no speed is reported")
    }
    if let load = report.host.loadBefore, load > 0.5 {
      warnings.append("the load average was \(Text.fixed(load, 2)) before the run: other programs distort the figures")
    }
    let noisy = report.results.filter { ($0.spread ?? 0) > Self.noisySpread }
    if !noisy.isEmpty {
      warnings.append(
        "\(noisy.count) of \(report.results.count) figures vary by more than "
          + "\(Text.percent(Self.noisySpread)) between runs: treat them as approximate")
    }
    let beyond = report.results.count { ($0.limitShare ?? 0) > 1 }
    if beyond > 0 {
      warnings.append(
        "\(beyond) of \(report.results.count) figures exceed the limit of the machine: other programs disturbed the "
          + "measurement of the limits")
    }
    if report.device?.isSoftware == true {
      warnings.append("the device is a software device: its figures say nothing about a GPU")
    }
    return warnings
  }
}

extension BenchPlan {
  /// True if all documents are `ndjson`. The device is then set up for lines.
  fileprivate var isLines: Bool {
    sources.allSatisfy { $0.format == .ndjson }
  }

  /// True if at least one document is generated.
  fileprivate var isGenerated: Bool {
    sources.contains { if case .generated = $0 { true } else { false } }
  }
}
