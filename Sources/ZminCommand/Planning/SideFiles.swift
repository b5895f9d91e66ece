import ZminFiles
import SystemPackage
import ZminIO

/// A file that a run uses besides inputs and outputs.
package struct SideFile: Sendable, Equatable, CustomStringConvertible {
  /// The option that names it.
  let option: String
  /// The file, which may be standard output.
  let file: FileName

  init?(option: String, _ path: FilePath?) {
    guard let path else { return nil }
    self.init(option: option, .path(path))
  }

  init(option: String, _ file: FileName) {
    self.option = option
    self.file = file
  }

  package var description: String {
    if case .path = file { "\(option) \(file)" } else { "\(option) on \(file)" }
  }
}

extension ReportPlan {
  /// The files of reports, whose earlier contents are replaced or appended to.
  var sideFiles: [SideFile] {
    let memoryFile: SideFile? =
      switch memory?.destination {
      case .file(let path): SideFile(option: "--memory-report-file", .path(path))
      case .standardOutput where memory?.form != nil: SideFile(option: "--memory-report", .standardOutput)
      case .standardOutput, .standardError, nil: nil
      }
    return [SideFile(option: "--log-file", logFile), SideFile(option: "--metrics-file", metricsFile), memoryFile]
      .compactMap(\.self)
  }
}

extension BulkPlan {
  /// The side files that must not be inputs.
  var sideFilesApartFromInputs: [SideFile] {
    // Files that are only read may be inputs.
    if case .replace = self.task { writtenFiles + books } else { writtenFiles }
  }

  /// The side files that the run writes whatever its task.
  private var writtenFiles: [SideFile] {
    self.reports.sideFiles + [SideFile(option: "--bad-lines", self.badLines?.path)].compactMap(\.self)
  }

  /// The side files that must not be outputs.
  var sideFilesApartFromOutputs: [SideFile] {
    writtenFiles + books + [SideFile(option: "--files-from", list?.path)].compactMap(\.self)
  }

  /// The journal and the shard plan.
  private var books: [SideFile] {
    [SideFile(option: "--journal", journal), SideFile(option: "--shard-plan", shardPlan)].compactMap(\.self)
  }
}

extension Planner {
  /// Checks that no report and no record of bad lines is another side file, an input or an output.
  ///
  /// Inputs of a run over many files are checked when they have been found.
  ///
  /// - Throws: ``PlanError``.
  func check(_ reports: ReportPlan) throws(PlanError) {
    let badLines = SideFile(
      option: "--bad-lines", options.badLines.flatMap { $0.isStandardStream || $0.path.isEmpty ? nil : $0.path })
    let files = [badLines].compactMap(\.self) + reports.sideFiles
    if files.isEmpty { return }
    var others: [(words: String, file: FileName)] = [
      ("--output", options.output), ("--journal", options.bulk.journal), ("--shard-plan", options.bulk.shardPlan),
      ("--files-from", options.bulk.filesFrom),
    ].compactMap { option, argument in
      argument.flatMap { $0.isStandardStream ? nil : ("\(option) name the same file", .path($0.path)) }
    }
    if !isBulk {
      others += inputNames.map { ("an input are the same file", $0) }
      if writesStandardOutput, reports.memory?.discardsOutput != true {
        others.append(("standard output are the same file", .standardOutput))
      }
    }
    var known = others.compactMap { other in environment.resolvedLocation(of: other.file).map { (other.words, $0) } }
    for file in files {
      guard let resolvedLocation = environment.resolvedLocation(of: file.file) else { continue }
      if let words = known.first(where: { $0.1.isOneFile(with: resolvedLocation) })?.0 {
        throw .usage("\(file) and \(words)")
      }
      known.append(("\(file.option) name the same file", resolvedLocation))
    }
  }

  private var inputNames: [FileName] {
    if options.paths.isEmpty { return [.standardInput] }
    return options.paths.map { $0.isStandardStream ? .standardInput : .path($0.path) }
  }

  /// True if minified JSON goes to standard output.
  private var writesStandardOutput: Bool {
    options.output?.isStandardStream != false && options.outputDirectory == nil && !options.isInPlace
      && options.inspection == nil
  }
}
