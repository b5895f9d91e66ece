package import SystemPackage
package import ZminCore
import ZminIO
package import ZminVulkanEngine

/// The plan of a benchmark.
package struct BenchPlan: Sendable {
  /// An input that is minified.
  package enum Source: Sendable {
    case generated(DocumentKind, byteCount: Int)
    case file(FilePath, Format)

    var format: Format {
      switch self {
      case .generated(let kind, _): kind.isLines ? .ndjson : .json
      case .file(_, let format): format
      }
    }
  }

  /// The state of the page cache before a run on files: `cold` drops the input from it.
  package enum Cache: String, Sendable, CaseIterable {
    case warm, cold
  }

  package var sources: [Source]
  package var paths: [BenchPath]
  /// The device of the paths that need one, nil if no device may be used.
  package var device: DeviceSelector?
  /// True if a path that needs a device was named. Without a device the benchmark then fails.
  package var requiresDevice = false
  package var cache = Cache.warm
  package var seed: UInt64 = 1
  package var workers: Int
  /// The time that all timed runs together should take.
  package var budgetSeconds = 30.0
  /// The directory of generated documents and outputs.
  package var scratchDirectory: FilePath
  package var version = ""
  package var commit: String?
  package var command = "zmin bench"
  /// True if throughput by input size is measured too. Only with generated documents.
  package var measuresSizes = true

  package init(sources: [Source], paths: [BenchPath], workers: Int, scratchDirectory: FilePath) {
    self.sources = sources
    self.paths = paths
    self.workers = workers
    self.scratchDirectory = scratchDirectory
  }

  /// The name of a file in reports: its last component, or its path if another file has the same name.
  func name(of path: FilePath) -> String {
    let paths = sources.compactMap { if case .file(let path, _) = $0 { path } else { nil } }
    let isAlone = paths.count { $0.lastComponent == path.lastComponent } == 1
    return "\(FileName.path(isAlone ? path.lastComponent.map { FilePath(root: nil, [$0]) } ?? path : path))"
  }
}

/// Makes a path slow or wrong, for tests.
package struct PathFault: Sendable {
  package var path: String
  /// The time added to each run.
  package var delaySeconds = 0.0
  /// True if one byte of each output is changed.
  package var corruptsOutput = false

  package init(path: String, delaySeconds: Double = 0, corruptsOutput: Bool = false) {
    self.path = path
    self.delaySeconds = delaySeconds
    self.corruptsOutput = corruptsOutput
  }
}
