package import SystemPackage

/// What is said of a run to programs.
package struct ReportPlan: Sendable {
  /// Whether events are logged, in JSON.
  package var logsEvents = false
  /// Where to; nil for standard error, which has nothing else then.
  package var logFile: FilePath?
  /// What the run came to goes here.
  package var metricsFile: FilePath?
  /// What is said of memory, nil for nothing.
  package var memory: MemoryReportPlan?
}
