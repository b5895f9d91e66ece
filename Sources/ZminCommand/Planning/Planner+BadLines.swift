import SystemPackage
import ZminCore
import ZminEngine
import ZminFiles
import ZminIO

extension Planner {
  /// The plan for bad lines of these inputs, nil without `--bad-lines`.
  ///
  /// - Parameter fixedBytes: The resident memory of the run without a long line.
  /// - Throws: ``PlanError``.
  func badLines(
    for inputs: [Plan.Input], besides fixedBytes: Int, _ limits: MachineLimits?
  ) throws(PlanError) -> BadLines? {
    guard let path = try badLinesPath() else { return nil }
    if inputs.contains(where: { $0.format != .ndjson }) { throw .usage("--bad-lines needs --format ndjson") }
    // A device such as /dev/null can be both.
    if path == options.output?.path, environment.facts(about: path).map({ $0.kind == .regular }) ?? true {
      throw .usage("--bad-lines and --output name the same file")
    }
    return BadLines(
      path: path, limit: options.badLinesMax ?? .usual,
      heldLineBytesMax: options.memoryBudget(within: limits).heldLineBytesMax(besides: fixedBytes))
  }

  /// The plan for bad lines of many files, nil without `--bad-lines`. It applies to files in `ndjson`.
  ///
  /// - Throws: ``PlanError``.
  func badLinesOfManyFiles() throws(PlanError) -> BadLines? {
    guard let path = try badLinesPath() else { return nil }
    let mayHaveLines =
      switch options.format.format {
      case let format?: format == .ndjson
      case nil:
        options.bulk.isRecursive || options.bulk.filesFrom != nil
          || options.paths.contains { options.format.format(of: $0.path) == .ndjson }
      }
    guard mayHaveLines else { throw .usage("--bad-lines needs --format ndjson") }
    // The longest line of a pipe depends on the number of files: see `BulkPlan.heldLineBytesMax(beside:)`.
    return BadLines(path: path, limit: options.badLinesMax ?? .usual)
  }

  private func badLinesPath() throws(PlanError) -> FilePath? {
    guard let file = options.badLines else {
      if options.badLinesMax != nil { throw .usage("--max-bad-lines needs --bad-lines") }
      return nil
    }
    if file.isStandardStream || file.path.isEmpty { throw .usage("--bad-lines needs the name of a file") }
    if !options.validates { throw .usage("--bad-lines and --no-validate cannot be used together") }
    if options.inspection == .dryRun { throw .usage("--dry-run cannot be used with --bad-lines") }
    return file.path
  }
}
