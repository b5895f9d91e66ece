package import SystemPackage
package import ZminFiles
package import ZminIO

/// What a run over many files is to do. Which files these are is found out when it runs.
@dynamicMemberLookup
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
  /// Its task is never ``Plan/Task/write(_:)``.
  package var options: RunOptions
  /// How all files are laid out; `auto` goes by the name.
  package var format: InputArguments.FormatChoice
  /// From this size on a file is taken in slices, by all workers.
  package var slicedBytesMin: Int64
  /// Threads that work at once, at most.
  package var workers: Int
  /// What memory the run may take as the command line has it, nil if it does not say.
  package var memoryBudgetBytes: Int?
  package var limits: MachineLimits
  package var journal: FilePath?
  package var shard: Shard?
  package var shardPlan: FilePath?
  /// Whether the end is summed up even if all went well.
  package var printsSummary: Bool

  package subscript<Value>(dynamicMember path: KeyPath<RunOptions, Value>) -> Value { options[keyPath: path] }

  /// Where outputs go, nil if they go nowhere else.
  package var mirrorPath: FilePath? {
    switch self.task {
    case .mirror(let path), .rehearse(.mirror(let path)): path
    default: nil
    }
  }

  /// What makes outputs what they are, as a journal notes it.
  package var outputOptions: String {
    let place =
      switch self.task {
      case .mirror(let path): "output-dir \(path)"
      case .replace(_, let minimum): "in-place \(minimum.map { "\($0)" } ?? "any")"
      default: "\(self.task)"
      }
    let lines = self.badLines == nil ? "" : ", bad-lines"
    return
      "\(place), format \(format), \(self.validates ? "validate" : "no-validate"), max-depth \(self.depthMax)\(lines)"
  }
}
