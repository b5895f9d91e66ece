package import SystemPackage
import ZminIO

/// The plan for reports of the run's memory.
package struct MemoryReportPlan: Sendable, Equatable {
  /// The destination of a report.
  package enum Destination: Sendable, Equatable {
    case standardOutput, standardError
    case file(FilePath)
  }

  /// True if a summary goes to standard error at the end.
  package var printsSummary = false
  /// The form of the report, nil without one.
  package var form: ReportArguments.MemoryReportForm?
  package var destination = Destination.standardOutput
  /// True if memory is shown during the run.
  package var monitors = false
  /// True if the report replaces the minified JSON on standard output.
  package var discardsOutput = false
}

extension Planner {
  /// The plan for memory reports, nil without any.
  ///
  /// - Throws: ``PlanError``.
  func memoryReport() throws(PlanError) -> MemoryReportPlan? {
    if let file = options.memoryReportFile {
      if options.memoryReport == nil { throw .usage("--memory-report-file needs --memory-report") }
      if file.isStandardStream || file.path.isEmpty || file.namesDirectory {
        throw .usage("--memory-report-file needs the name of a file")
      }
    }
    var plan = MemoryReportPlan(
      printsSummary: options.printsMemoryProfile && verbosity != .quiet, form: options.memoryReport,
      monitors: options.monitorsMemory && verbosity != .quiet)
    if plan.form != nil { try setDestination(of: &plan) }
    return plan == MemoryReportPlan() ? nil : plan
  }

  /// True if `--output` names standard output, under any name.
  private func isOutputStandard() throws(PlanError) -> Bool {
    guard let output = options.output else { return false }
    if output.isStandardStream { return true }
    guard let resolvedLocation = environment.resolvedLocation(of: .path(output.path)),
      let standard = environment.resolvedLocation(of: .standardOutput)
    else { return false }
    return resolvedLocation.isOneFile(with: standard)
  }

  private func setDestination(of plan: inout MemoryReportPlan) throws(PlanError) {
    if let file = options.memoryReportFile {
      plan.destination = .file(file.path)
    } else if options.inspection == .dryRun {
      throw .usage("--dry-run uses standard output; add --memory-report-file")
    } else if try isOutputStandard() {
      if options.log != nil, options.logFile == nil {
        throw .usage("--log uses standard error; add --memory-report-file or --log-file")
      }
      plan.destination = .standardError
    } else {
      plan.discardsOutput =
        options.output == nil && options.outputDirectory == nil && !options.isInPlace && options.inspection == nil
    }
  }
}
