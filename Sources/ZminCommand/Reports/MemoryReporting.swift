import Synchronization
import SystemPackage
import ZminIO
import ZminMemory
import ZminMemoryProfile

/// Watches the memory of a run from its beginning, and says of it at the end what was asked for.
final class MemoryReporting: Sendable {
  /// What the run was, and came to.
  struct Conclusion: Sendable {
    var mode: String
    var kernel: String
    var workers: Int
    var inputCount: Int
    var inputBytes: Int
    var outputBytes: Int
    /// What the plan took for the most that would be resident, nil if it came to none.
    var predictedPeakBytes: Int?
    /// What of the host's memory a device may take besides, if one is found.
    var deviceHostBytes = 0
    /// Whether nothing was done, as the command line asks for what must not be: a report might be a part of that.
    var isRefused: Bool
    /// Whether it ended before its work was done.
    var isCutShort: Bool
    /// What the program ends with, as the system or a shell tells it.
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
  /// Who is told what the run does.
  let profiler: MemoryProfiler

  /// What the profiler's thread reads too.
  private final class Shared: Sendable {
    let state = Mutex(State())
  }

  /// Begins to watch.
  ///
  /// - Throws: The system's error if there is no descriptor left.
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

  /// Knows from now on how far the run is.
  func follow(_ source: any ProgressSource) { state.state.withLock { $0.source = source } }

  /// Says that the work is over. What the run has is yet to be given back.
  func conclude(_ conclusion: Conclusion) {
    watch.stop()
    monitor?.end()
    state.state.withLock { state in
      state.conclusion = conclusion
      // A file that was not taken to its end was read as well.
      if let bytes = state.source?.progress.bytes, conclusion.isCutShort {
        state.conclusion?.inputBytes = max(conclusion.inputBytes, bytes)
      }
      // It may hold what is to be given back.
      state.source = nil
    }
    profiler.begin(.ending)
  }

  /// Reports, once all memory has been given back that had to be.
  ///
  /// - Parameter files: What files are written with.
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
    // Making a report takes memory that the limit which it suggests must allow for: that is known once it was made.
    if let form = plan.form {
      _ = form.pieces(of: profile)
      profile.reportPeakResidentBytes = profiler.peakResidentBytes
    }
    if plan.printsSummary { console.report(ProfileSummary(profile).text, or: JSONLine(memoryOf: profile)) }
    if let form = plan.form { try write(form.pieces(of: profile), using: files) }
  }

  private func write(_ pieces: [String], using files: FileAccess) throws(FileError) {
    switch plan.place {
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
