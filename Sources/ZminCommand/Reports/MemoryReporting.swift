import Synchronization
import SystemPackage
import ZminIO
import ZminMemory
import ZminMemoryProfile

/// The memory profiler of a run, and its reports at the end.
final class MemoryReporting: Sendable {
  /// The facts and results of a run.
  struct Conclusion: Sendable {
    var mode: String
    var kernel: String
    var workers: Int
    var inputCount: Int
    var inputBytes: Int
    var outputBytes: Int
    /// The peak of resident memory that the plan predicted, nil without a plan.
    var predictedPeakBytes: Int?
    /// The host memory that a device adds if one is found.
    var deviceHostBytes = 0
    /// True if the run was refused. The report might be one of the files that it must not write.
    var isRefused: Bool
    /// True if the run ended before its work was complete.
    var isCutShort: Bool
    /// The exit code as the system or a shell reports it.
    var exitCode: Int

    init(
      mode: String, kernel: String, workers: Int, inputCount: Int, statistics: RunStatistics, predictedPeakBytes: Int?,
      deviceHostBytes: Int, exitCode: Int32, isCutShort: Bool
    ) {
      self.mode = mode
      self.kernel = kernel
      self.workers = workers
      self.inputCount = inputCount
      inputBytes = statistics.inputBytes
      outputBytes = statistics.outputBytes
      self.predictedPeakBytes = predictedPeakBytes
      self.deviceHostBytes = deviceHostBytes
      self.exitCode = Int(exitCode)
      self.isCutShort = isCutShort
      isRefused = statistics.status == .usage && statistics.files == 0
    }
  }

  private struct State {
    var source: (any ProgressSource)?
    var conclusion: Conclusion?
  }

  private let plan: MemoryReportPlan
  private let command: [String]
  private let console: Console
  private let state: Shared
  private let monitor: MemoryMonitor?
  private let watch: MemoryProfiler.Watch
  /// The profiler, which is told the phases of the run.
  let profiler: MemoryProfiler

  /// State that the profiler's thread reads.
  private final class Shared: Sendable {
    let state = Mutex(State())
  }

  /// Starts the profiler.
  ///
  /// - Throws: The system's error if no descriptor is left.
  init(
    _ plan: MemoryReportPlan, of task: Plan.Task, command: [String], ledger: MemoryLedger, console: Console
  ) throws {
    self.plan = plan
    self.command = command
    self.console = console
    let state = Shared()
    self.state = state
    profiler = try MemoryProfiler(ledger) { state.state.withLock { $0.source?.progress ?? (0, 0) } }
    profiler.begin(.starting)
    let monitor = plan.monitors ? MemoryMonitor(console, beside: task) : nil
    self.monitor = monitor
    if let monitor {
      profiler.show(every: monitor.intervalSeconds) { sample in
        monitor.show(sample, of: state.state.withLock(\.source))
      }
    }
    watch = profiler.watch()
  }

  /// Sets the source of the run's progress.
  func follow(_ source: any ProgressSource) { state.state.withLock { $0.source = source } }

  /// Ends the measurement. The memory of the run is freed after it.
  func conclude(_ conclusion: Conclusion) {
    watch.stop()
    monitor?.end(peakResidentBytes: profiler.peakResidentBytes)
    state.state.withLock { state in
      state.conclusion = conclusion
      // An unfinished file was read too.
      if let bytes = state.source?.progress.bytes, conclusion.isCutShort {
        state.conclusion?.inputBytes = max(conclusion.inputBytes, bytes)
      }
      // The source may hold memory that is to be freed.
      state.source = nil
    }
    profiler.begin(.ending)
  }

  /// Writes the report, after all memory was freed.
  ///
  /// - Parameter files: Writes the files.
  /// - Throws: ``FileError`` if the report cannot be written.
  func report(using files: FileAccess) throws(FileError) {
    guard let conclusion = state.state.withLock({ $0.conclusion }), !conclusion.isRefused else { return }
    profiler.waitUntilFreed(timeoutSeconds: 1)
    let deviceHostBytes = profiler.hasSeenDevice ? conclusion.deviceHostBytes : 0
    var profile = profiler.profile(
      of: MemoryProfile.RunFacts(
        version: VersionText.number, command: command.map(RawArgument.readable), mode: conclusion.mode,
        kernel: conclusion.kernel,
        workers: conclusion.workers, inputCount: conclusion.inputCount, inputBytes: conclusion.inputBytes,
        outputBytes: conclusion.outputBytes, exitStatus: conclusion.exitCode),
      predictedPeakBytes: conclusion.predictedPeakBytes.map { $0 + deviceHostBytes })
    // The report suggests a limit that includes its own memory, so it is made once before.
    if let form = plan.form {
      _ = form.pieces(of: profile)
      profile.reportPeakResidentBytes = profiler.peakResidentBytes
    }
    if plan.printsSummary { console.report(ProfileSummary(profile).text, or: JSONLine(memoryOf: profile)) }
    if let form = plan.form { try write(form.pieces(of: profile), using: files) }
  }

  private func write(_ pieces: [String], using files: FileAccess) throws(FileError) {
    switch plan.destination {
    case .standardOutput: try StandardOutput(files).write(pieces)
    case .standardError:
      for piece in pieces where !console.write(piece) {
        throw .system(SystemError(action: .write, file: .path("/dev/stderr"), errno: .ioError))
      }
    case .file(let path): try OutputFile(at: path, using: files).commit(pieces)
    }
  }
}

extension JSONLine {
  /// The summary as an event.
  fileprivate init(memoryOf profile: MemoryProfile) {
    self.init(event: "memory")
    add("peak_resident_bytes", profile.peakResidentBytes)
    add("peak_total_bytes", profile.peakTotalBytes)
    add("average_resident_bytes", profile.averageResidentBytes)
    add("growth_bytes", profile.growthBytes)
    add("predicted_peak_bytes", profile.predictedPeakBytes)
    add("suggested_limit_bytes", profile.suggestedLimitBytes)
    add("peak_allocated_bytes", profile.ledger.host.peakBytes)
    add("peak_device_bytes", profile.peakDeviceBytes)
    add("allocations", profile.ledger.total.allocations)
    add("frees", profile.ledger.total.frees)
    add("leaked_bytes", profile.leakedBytes)
    add("unaccounted_bytes", profile.account?.unaccountedBytes)
  }
}

extension ReportArguments.MemoryReportForm {
  /// The report, one piece after another.
  fileprivate func pieces(of profile: MemoryProfile) -> [String] {
    switch self {
    case .summary: [ProfileSummary(profile).text]
    case .detailed: [DetailedReport(profile).text]
    case .json: [ProfileJSON(profile).text]
    case .html: MemoryPage(profile).pieces
    case .trace: [ProfileTrace(profile).text]
    }
  }
}
