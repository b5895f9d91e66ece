import SystemPackage
import ZminCore
import ZminEngine
import ZminFiles
import ZminIO

extension Planner {
  /// What is done with bad lines of these inputs, nil if nothing is.
  ///
  /// - Parameter fixedBytes: What the run has resident besides a long line.
  /// - Throws: ``PlanError``.
  func badLines(
    for inputs: [Plan.Input], besides fixedBytes: Int, _ limits: MachineLimits?
  ) throws(PlanError) -> BadLines? {
    guard let path = try badLinesPath() else { return nil }
    if inputs.contains(where: { $0.format != .ndjson }) { throw .usage("--bad-lines needs --format ndjson") }
    // Devices take both.
    if path == options.output?.path, environment.facts(about: path).map({ $0.kind == .regular }) ?? true {
      throw .usage("--bad-lines and --output name the same file")
    }
    // A budget says how long a line may be. A control group's limit only keeps it shorter than usual.
    let budgetBytes = options.memoryBudget?.byteCount
    let leftBytes = options.budgetBytes(within: limits) - fixedBytes
    let heldBytesMax = budgetBytes == nil ? min(leftBytes, LineRun.usualHeldLineBytes) : leftBytes
    return BadLines(path: path, limit: options.badLinesMax ?? .usual, heldLineBytesMax: max(0, heldBytesMax))
  }

  /// What is done with bad lines of many files, of which those that are not `ndjson` have none; nil if nothing is.
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
    // How much of a line of a pipe may be held depends on the number of files: see `BulkPlan.heldLineBytesMax(beside:)`.
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
