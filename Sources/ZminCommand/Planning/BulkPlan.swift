package import SystemPackage
package import ZminCPU
package import ZminEngine
package import ZminFiles
package import ZminIO

/// What a run over many files is to do. Which files these are is found out when it runs.
package struct BulkPlan: Sendable {
  /// A file with the names of files.
  package struct List: Sendable {
    /// Nil for standard input.
    package var path: FilePath?
    /// What ends a name.
    package var separator: UInt8
  }

  /// What the command line names.
  package var paths: [FilePath]
  package var list: List?
  package var walk: WalkRules
  /// Patterns of ``walk`` for the files to process, as messages show them.
  package var patterns: [String]
  /// Never ``Plan/Task/write(_:)``.
  package var task: Plan.Task
  /// How all files are laid out; `auto` goes by the name.
  package var format: InputArguments.FormatChoice
  package var validates: Bool
  package var depthMax: Int
  package var kernel: Kernel
  /// How much is done a second time and compared.
  package var verification: Verification
  /// The device that takes part in files that are taken in slices, if it is found.
  package var device: DevicePlan?
  /// From this size on a file is taken in slices, by all workers.
  package var slicedBytesMin: Int64
  /// Threads that work at once, at most.
  package var workers: Int
  /// What memory the run may take as the command line has it, nil if it does not say.
  package var memoryBudgetBytes: Int?
  package var limits: MachineLimits
  /// What is done with bad lines of those files that are `ndjson`.
  package var badLines: BadLines?
  package var sync: SyncPolicy
  package var journal: FilePath?
  package var shard: Shard?
  package var shardPlan: FilePath?
  package var verbosity: Plan.Verbosity
  package var printsStatistics: Bool
  package var reports: ReportPlan
  /// Whether the end is summed up even if all went well.
  package var printsSummary: Bool
  package var fallbacks: [String]

  /// Where outputs go, nil if they go nowhere else.
  package var mirrorPath: FilePath? {
    switch task {
    case .mirror(let path), .rehearse(.mirror(let path)): path
    default: nil
    }
  }

  /// What makes outputs what they are, as a journal notes it.
  package var outputOptions: String {
    let place =
      switch task {
      case .mirror(let path): "output-dir \(path)"
      case .replace(_, let minimum): "in-place \(minimum.map { "\($0)" } ?? "any")"
      default: "\(task)"
      }
    let lines = badLines == nil ? "" : ", bad-lines"
    return "\(place), format \(format), \(validates ? "validate" : "no-validate"), max-depth \(depthMax)\(lines)"
  }
}
