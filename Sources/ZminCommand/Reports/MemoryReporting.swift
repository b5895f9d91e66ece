import Synchronization
import Zmin
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
    var tally: Tally
    /// What the plan took for the most that would be resident, nil if it came to none.
    var predictedPeakBytes: Int?
    /// What of the host's memory a device may take besides, if one is found.
    var deviceHostBytes = 0
    var status: ExitStatus
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
  init(_ plan: MemoryReportPlan, command: [String], ledger: MemoryLedger, console: Console) throws {
    self.plan = plan
    self.command = command
    self.console = console
    let state = Shared()
    self.state = state
    profiler = try MemoryProfiler(ledger) { state.state.withLock { $0.source?.progress ?? (0, 0) } }
    profiler.begin(.starting)
    let monitor = plan.monitors ? MemoryMonitor(console) : nil
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
    state.state.withLock { $0.conclusion = conclusion }
    watch.stop()
    monitor?.end()
    // It may hold what is to be given back.
    state.state.withLock { $0.source = nil }
    profiler.begin(.ending)
  }

  /// Reports, once all memory has been given back that had to be.
  ///
  /// - Throws: ``FileError`` if the report cannot be written.
  func report() throws(FileError) {
    guard let conclusion = state.state.withLock({ $0.conclusion }) else { return }
    profiler.settle(seconds: 1)
    let deviceHostBytes = profiler.hasSeenDevice ? conclusion.deviceHostBytes : 0
    let profile = profiler.profile(
      of: MemoryProfile.RunFacts(
        version: VersionText.number, command: command, mode: conclusion.mode, kernel: conclusion.kernel,
        workers: conclusion.workers, inputCount: conclusion.inputCount, inputBytes: conclusion.tally.inputBytes,
        outputBytes: conclusion.tally.outputBytes, exitStatus: Int(conclusion.status.code)),
      predictedPeakBytes: conclusion.predictedPeakBytes.map { $0 + deviceHostBytes })
    if plan.printsSummary { console.write(ProfileSummary(profile).text) }
    guard let form = plan.form else { return }
    try write(form.text(of: profile))
  }

  private func write(_ text: String) throws(FileError) {
    switch plan.place {
    case .standardOutput: try StandardOutput(FileAccess()).write(text)
    case .standardError: console.write(text)
    case .file(let path): try OutputFile(at: path, using: FileAccess()).commit(text)
    }
  }
}

extension ReportArguments.MemoryReportForm {
  fileprivate func text(of profile: MemoryProfile) -> String {
    switch self {
    case .summary: ProfileSummary(profile).text
    case .detailed: DetailedReport(profile).text
    case .json: ProfileJSON(profile).text
    case .html: MemoryPage(profile).html
    case .trace: ProfileTrace(profile).text
    }
  }
}
