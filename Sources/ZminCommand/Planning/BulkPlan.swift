package import SystemPackage
package import ZminEngine
package import ZminFiles
package import ZminIO

/// The plan of a run over many files. The run itself finds the files.
@dynamicMemberLookup
package struct BulkPlan: Sendable {
  /// A list of file names, as `--files-from` names it.
  package struct List: Sendable {
    /// Nil for standard input.
    package var path: FilePath?
    /// The byte that ends a name.
    package var separator: UInt8
  }

  /// The paths of the command line.
  package var paths: [FilePath]
  package var list: List?
  package var walk: WalkRules
  /// Patterns of ``walk`` for the files to process, as messages show them.
  package var patterns: [String]
  /// Its task is never ``Plan/Task/write(_:)``.
  package var options: RunOptions
  /// The format of all files. `auto` decides by the name of each.
  package var format: InputArguments.FormatChoice
  /// The size from which all workers minify a file in slices.
  package var slicedBytesMin: Int64
  /// The largest number of threads.
  package var workers: Int
  package var memoryBudget: MemoryBudget
  package var limits: MachineLimits
  package var journal: FilePath?
  package var shard: Shard?
  package var shardPlan: FilePath?
  /// True if a run without failures prints a summary too.
  package var printsSummary: Bool

  package subscript<Value>(dynamicMember path: KeyPath<RunOptions, Value>) -> Value { options[keyPath: path] }

  /// The directory of `--output-dir`, nil for other tasks.
  package var mirrorPath: FilePath? {
    switch self.task {
    case .mirror(let path), .rehearse(.mirror(let path)): path
    default: nil
    }
  }

  /// The names of outputs below ``mirrorPath``.
  package var outputNames: OutputNames { OutputNames(self.codecs.compression.form) }

  /// The options that determine an output, as the journal records them.
  package var outputOptions: String {
    let destination =
      switch self.task {
      case .mirror(let path): "output-dir \(path)"
      case .replace(_, let minimum): "in-place \(minimum.map { "\($0)" } ?? "any")"
      default: "\(self.task)"
      }
    let validation = self.validates ? "validate" : "no-validate"
    let lines = self.badLines == nil ? "" : ", bad-lines"
    let newline = self.finalNewline == .remove ? "" : ", final-newline \(self.finalNewline.rawValue)"
    return "\(destination), format \(format), \(validation), max-depth \(self.depthMax)\(lines)\(newline)"
  }
}
