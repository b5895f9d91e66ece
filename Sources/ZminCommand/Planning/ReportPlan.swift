package import SystemPackage

/// The plan for logs, metrics and memory reports.
package struct ReportPlan: Sendable {
  /// True if events are logged as JSON.
  package var logsEvents = false
  /// The file of the log, nil for standard error, which has no other text then.
  package var logFile: FilePath?
  /// The file of the metrics.
  package var metricsFile: FilePath?
  package var memory: MemoryReportPlan?
  /// True to show progress on the terminal of other programs of a pipeline.
  package var wantsProgress = false
}
