package import SystemPackage
package import ZminCPU
package import ZminCore
package import ZminEngine
package import ZminFiles
package import ZminIO

/// What a run is to do, with every question answered: nothing in it can be wrong any more but the files.
package struct Plan: Sendable {
  /// One input and how it is laid out.
  package struct Input: Sendable {
    package let source: FileSource
    package let format: Format

    /// How messages name it.
    package var name: FileName { source.name }
  }

  /// What is done with the inputs.
  package enum Task: Sendable {
    /// All go to one destination, one after another.
    case write(FileDestination)
    /// Each goes to a file of its own, below a directory.
    case mirror(FilePath)
    /// Each is replaced.
    case replace(InPlaceRules, MinimumSaving?)
    /// Each is checked.
    case test
    /// Each is checked, and must be minified.
    case check
    /// Each is taken through without writing, to say what this other task would do.
    indirect case rehearse(Task)

    /// Set if `--bad-lines` is allowed with the task.
    var takesBadLines: Bool {
      if case .rehearse = self { false } else { true }
    }
  }

  /// How much is said.
  package enum Verbosity: Sendable {
    case quiet, normal, verbose
  }

  package var inputs: [Input]
  /// How much the inputs have together, nil if nobody knows.
  package var storedBytes: Int?
  package var task: Task
  package var validates: Bool
  package var depthMax: Int
  package var kernel: Kernel
  package var verification: Verification
  package var mode: RunMode
  /// The device that takes part, if it is found.
  package var device: DevicePlan?
  /// How inputs go through memory.
  package var memory: RunMemory
  /// What the run has resident at most, the program included; what a device takes comes on top.
  package var predictedPeakBytes: Int
  /// Memory that `--memory-budget` leaves for a decoder; nil for a part of the machine's.
  package var decoderBytesMax: Int?
  /// How much of the machine may be used, nil if the run is too small to ask.
  package var limits: MachineLimits?
  package var badLines: BadLines?
  package var sync: SyncPolicy
  package var verbosity: Verbosity
  package var printsStatistics: Bool
  package var reports: ReportPlan
  /// Why the run goes on with less than was asked for, a phrase each.
  package var fallbacks: [String]
}

/// How files are taken through memory.
package enum RunMode: String, Sendable {
  /// Through one window, on one thread.
  case standard
  /// In slices, on as many threads as there are processors.
  case streaming
  /// In slices, all of them on a device.
  case gpu
  /// In slices, on whichever of device and processors is free.
  case hybrid

  /// How much ``standard`` reads at once: so much that its output stays in the cache too.
  package static let windowBytes = 256 << 10

  /// From this size on `auto` takes ``streaming``.
  package static let streamingBytesMin: Int64 = 10_000_000

  /// For files of more than that `auto` looks for a device.
  package static let deviceBytesMin: Int64 = 100_000_000
}
