package import SystemPackage
package import ZminCore
package import ZminVulkanEngine

/// What a benchmark is to do.
package struct BenchPlan: Sendable {
  /// What is minified.
  package enum Source: Sendable {
    case generated(DocumentKind, byteCount: Int)
    case file(FilePath, Format)

    /// How its values are laid out.
    var format: Format {
      switch self {
      case .generated(let kind, _): kind.isLines ? .ndjson : .json
      case .file(_, let format): format
      }
    }
  }

  /// What the page cache holds of an input before a run on files.
  package enum Cache: String, Sendable, CaseIterable {
    case warm, cold
  }

  package var sources: [Source]
  package var paths: [BenchPath]
  /// Which device the paths with a device have; nil for none.
  package var device: DeviceSelector?
  /// Whether a path that needs a device was asked for by name: without one there is nothing to do then.
  package var requiresDevice = false
  package var cache = Cache.warm
  package var seed: UInt64 = 1
  package var workers: Int
  /// How long all timed runs together should take.
  package var budgetSeconds = 30.0
  /// Where documents and outputs are written.
  package var scratchDirectory: FilePath
  package var version = ""
  package var commit: String?
  package var command = "zmin bench"
  /// Whether throughput against size is measured too, of generated documents.
  package var measuresSizes = true

  package init(sources: [Source], paths: [BenchPath], workers: Int, scratchDirectory: FilePath) {
    self.sources = sources
    self.paths = paths
    self.workers = workers
    self.scratchDirectory = scratchDirectory
  }

  /// What reports call a file: its name, or its path where another has the same name.
  func name(of path: FilePath) -> String {
    let paths = sources.compactMap { if case .file(let path, _) = $0 { path } else { nil } }
    let isAlone = paths.count { $0.lastComponent == path.lastComponent } == 1
    return isAlone ? path.lastComponent?.string ?? path.string : path.string
  }
}

/// Has a path do wrong, so that tests see it caught.
package struct PathFault: Sendable {
  package var path: String
  /// How much longer each run takes.
  package var delaySeconds = 0.0
  /// Whether a byte of the output is changed.
  package var corruptsOutput = false

  package init(path: String, delaySeconds: Double = 0, corruptsOutput: Bool = false) {
    self.path = path
    self.delaySeconds = delaySeconds
    self.corruptsOutput = corruptsOutput
  }
}
