import SystemPackage
import ZminBench
import ZminIO
import ZminReport

/// A run of `zmin bench`.
struct BenchRun {
  let command: BenchCommand
  let commandLine: [String]
  let files: FileAccess
  let interruption: Interruption
  let console: Console

  /// The largest size of a report.
  private static let reportBytesMax: Int64 = 64 << 20

  /// - Throws: ``PlanError``, ``FileError`` and errors of the timed runs.
  func run() throws -> ExitStatus {
    try command.compare ? compare() : measure()
  }

  private func measure() throws -> ExitStatus {
    let plan = try BenchPlanner(command: command, environment: RealEnvironment()).plan(commandLine: commandLine)
    // An error must come before the timed runs, which take long.
    var jsonFile: OutputFile?
    if let file = command.jsonFile {
      if file.isStandardStream {
        throw PlanError.usage("--json-file needs a file; use --report-format json for standard output")
      }
      jsonFile = try OutputFile(at: file.path, using: files)
    }
    let shows = RealEnvironment.standardErrorIsTerminal
    defer { if shows { console.show(progress: "") } }
    let runner = BenchRunner(
      plan, files: files, interruption: interruption, keepAlive: { ProcessSetup.leaveAtOnce(with: $0) },
      showProgress: { if shows { console.show(progress: "timing: \($0)") } })
    let report: BenchReport
    do {
      report = try runner.run()
    } catch let error as BenchRunner.Unavailable {
      throw PlanError.engineUnavailable(error.description)
    } catch let error as BenchRunner.InvalidDocument {
      console.say(error.description)
      return .invalidInput
    }
    if shows { console.show(progress: "") }
    if var file = jsonFile.take() {
      try Array(json(of: report).utf8).withUnsafeBytes { try file.write($0) }
      try file.commit()
    }
    try StandardOutput(files).write(text(of: report))
    return report.isVerified ? .success : .difference
  }

  private func text(of report: BenchReport) -> String {
    switch command.reportFormat {
    case .table: report.table
    case .json: json(of: report)
    case .csv: report.csv
    case .markdown: report.markdown
    case .html: BenchPage(report).html
    }
  }

  private func json(of report: BenchReport) -> String { report.json.text(.indented) + "\n" }

  private func compare() throws -> ExitStatus {
    if command.jsonFile != nil { throw PlanError.usage("--json-file cannot be used with --compare") }
    guard command.files.count == 2 else {
      throw PlanError.usage("--compare needs two reports, the old and the new")
    }
    let (old, new) = (try report(command.files[0].path), try report(command.files[1].path))
    let comparison: BenchComparison
    do {
      comparison = try BenchComparison(from: old, to: new, threshold: (command.threshold ?? 5) / 100)
    } catch let error as BenchComparison.NotAReport {
      throw PlanError.usage(error.description)
    }
    let text: String
    switch command.reportFormat {
    case .table: text = comparison.table
    case .markdown: text = comparison.markdown
    case .json: text = comparison.json.text(.indented) + "\n"
    case .csv, .html: throw PlanError.usage("--compare supports --report-format table, markdown and json")
    }
    try StandardOutput(files).write(text)
    return comparison.isGood ? .success : .invalidInput
  }

  private func report(_ path: FilePath) throws -> JSONValue {
    let input = try FileReader(path, using: files)
    guard input.file.status.kind == .regular, input.file.status.size <= Self.reportBytesMax else {
      throw PlanError.usage("\(FileName.path(path)): not a report of zmin bench")
    }
    let bytes = try input.bytes(at: 0, Int(input.file.status.size))
    do {
      return try JSONValue(reading: bytes)
    } catch {
      throw PlanError.usage("\(FileName.path(path)): \(error)")
    }
  }
}
