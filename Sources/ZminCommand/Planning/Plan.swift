import SystemPackage
package import Zmin
package import ZminCPU
package import ZminCore
package import ZminIO

/// What a run is to do, with every question answered: nothing in it can be wrong any more but the files.
package struct Plan: Sendable {
  /// One input and how it is laid out.
  package struct Input: Sendable {
    package let source: FileSource
    package let format: Format

    /// How messages name it.
    package var name: FileName {
      switch source {
      case .standardInput: .standardInput
      case .path(let path): .path(path)
      }
    }
  }

  /// What is done with the inputs.
  package enum Task: Sendable {
    /// All go to one destination, one after another.
    case write(FileDestination)
    /// Each is replaced.
    case replace(InPlaceRules, MinimumSaving?)
    /// Each is checked.
    case test
    /// Each is checked, and must be minified.
    case check
    /// Each is taken through without writing, to say what this other task would do.
    indirect case rehearse(Task)
  }

  /// How much is said.
  package enum Verbosity: Sendable {
    case quiet, normal, verbose
  }

  package var inputs: [Input]
  package var task: Task
  package var validates: Bool
  package var depthMax: Int
  package var kernel: Kernel
  package var mode: RunMode
  /// How many threads work at once, at least 1.
  package var workers: Int
  /// The most memory to use, nil if nothing limits it.
  package var memoryBudget: MemoryBudget?
  /// How much of the machine may be used, nil if the run is too small to ask.
  package var limits: MachineLimits?
  package var badLines: BadLines?
  package var sync: SyncPolicy
  package var verbosity: Verbosity
  package var printsStatistics: Bool
  /// Why the run goes on with less than was asked for, a phrase each.
  package var fallbacks: [String]
}

/// How much memory a run may use, and by whose word.
package struct MemoryBudget: Sendable, Equatable {
  /// Who set it.
  package enum Source: Sendable {
    /// `--memory-budget`.
    case option
    /// The limit of a control group.
    case controlGroup
  }

  package let byteCount: Int
  package let source: Source

  package init(byteCount: Int, source: Source) {
    self.byteCount = byteCount
    self.source = source
  }
}

/// How files are taken through memory.
package enum RunMode: String, Sendable {
  case standard, streaming

  /// How much is read at once. A small window stays in the cache, a large one costs fewer calls.
  package var windowBytes: Int {
    switch self {
    case .standard: 256 << 10
    case .streaming: 1 << 20
    }
  }

  /// From this size on `auto` takes ``streaming``.
  package static let streamingBytesMin: Int64 = 10_000_000
}
