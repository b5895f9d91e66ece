import SystemPackage
import ZminBench
import ZminIO
import ZminReport

/// Times, or compares what was timed.
struct BenchRun {
  let command: BenchCommand
  let commandLine: [String]
  let files: FileAccess
  let interruption: Interruption
  let console: Console

  /// Reports are smaller.
  private static let reportBytesMax: Int64 = 64 << 20

  /// - Throws: ``PlanError``, ``FileError``, and what runs throw.
  func run() throws -> ExitStatus {
    try command.compare ? compare() : measure()
  }

  private func measure() throws -> ExitStatus {
    let plan = try BenchPlanner(command: command, environment: RealEnvironment()).plan(commandLine: commandLine)
    // Before anything is timed, which takes long.
    var jsonFile: OutputFile?
    if let file = command.jsonFile {
      if file.isStandardStream {
        throw PlanError.usage("--json-file takes a file: for standard output there is --report-format json")
      }
      jsonFile = try OutputFile(at: file.path, using: files)
    }
    let shows = RealEnvironment.standardErrorIsTerminal
    defer { if shows { console.show(progress: "") } }
    let runner = BenchRunner(
      plan, files: files, interruption: interruption, keeps: { ProcessSetup.leaveAtOnce(with: $0) },
      says: { if shows { console.show(progress: "timing: \($0)") } })
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
    if command.jsonFile != nil { throw PlanError.usage("--json-file is for runs: --compare makes no report") }
    guard command.files.count == 2 else {
      throw PlanError.usage("--compare takes two reports: the old one and the new")
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
    case .csv, .html: throw PlanError.usage("--compare is written as table, markdown or json")
    }
    try StandardOutput(files).write(text)
    return comparison.isGood ? .success : .invalidInput
  }

  private func report(_ path: FilePath) throws -> JSONValue {
    let input = try FileReader(path, using: files)
    guard input.file.status.kind == .regular, input.file.status.size <= Self.reportBytesMax else {
      throw PlanError.usage("\(FileName.path(path)) is no report of zmin bench")
    }
    var bytes = [UInt8](repeating: 0, count: Int(input.file.status.size))
    let count = try bytes.withUnsafeMutableBytes { try input.read(into: $0, at: Int64(0)) }
    do {
      return try JSONValue(reading: Array(bytes.prefix(count)))
    } catch {
      throw PlanError.usage("\(FileName.path(path)): \(error)")
    }
  }
}
