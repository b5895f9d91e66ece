package import SystemPackage
package import ZminCore
package import ZminEngine
package import ZminFiles
package import ZminIO

/// The plan of a run over named inputs. All decisions are made, and only files can cause errors.
@dynamicMemberLookup
package struct Plan: Sendable {
  /// An input and its format.
  package struct Input: Sendable {
    package let source: FileSource
    package let format: Format

    /// The name in messages.
    package var name: FileName { source.name }
  }

  /// The task of a run.
  package enum Task: Sendable {
    /// Write all inputs to one destination, one after another.
    case write(FileDestination)
    /// Write each input to its own file below a directory.
    case mirror(FilePath)
    /// Replace each input.
    case replace(InPlaceRules, MinimumSaving?)
    /// Check each input.
    case test
    /// Check each input, which must be minified.
    case check
    /// Print what another task would do, and write nothing.
    indirect case rehearse(Task)

    /// True if the task, or the one that it rehearses, writes minified bytes.
    var writesOutput: Bool {
      switch self {
      case .test, .check: false
      case .write, .mirror, .replace, .rehearse: true
      }
    }

    /// Words before the share of the input that the output is smaller by.
    var savingVerb: String {
      switch self {
      case .write, .mirror, .replace: "saved"
      case .test, .check, .rehearse: "would save"
      }
    }

    /// The destination of an output, as far as it decides its compressed form.
    var destination: FileDestination {
      switch self {
      case .write(let destination): destination
      case .replace(let rules, let minimum): .inPlace(rules, minimum)
      // A mirror keeps the form of each file, as a replacement does.
      case .mirror: .inPlace(InPlaceRules(), nil)
      case .rehearse(let task): task.destination
      case .test, .check: .nowhere
      }
    }

    /// True if the task, or the one that it rehearses, writes files.
    var writesFiles: Bool {
      switch self {
      case .write(.file), .mirror, .replace: true
      case .rehearse(let task): task.writesFiles
      case .write, .test, .check: false
      }
    }

    /// True if the task, or the one that it rehearses, replaces inputs.
    var replacesInputs: Bool {
      switch self {
      case .replace: true
      case .rehearse(let task): task.replacesInputs
      case .write, .mirror, .test, .check: false
      }
    }

    /// True if the task only answers whether inputs are valid or minified.
    var isInspection: Bool {
      switch self {
      case .test, .check: true
      case .write, .mirror, .replace, .rehearse: false
      }
    }

    /// True if the task accepts `--bad-lines`.
    var takesBadLines: Bool {
      if case .rehearse = self { false } else { true }
    }
  }

  /// The amount of messages.
  package enum Verbosity: Sendable {
    case quiet, normal, verbose
  }

  package var inputs: [Input]
  /// The stored size of all inputs together, nil if it is unknown.
  package var storedBytes: Int?
  package var options: RunOptions
  package var mode: RunMode
  /// False if the run is over before there is anything to show.
  package var showsProgress: Bool
  /// The buffers that inputs are read into.
  package var memory: RunMemory
  /// The peak of resident memory, the program included. A device adds to it.
  package var predictedPeakBytes: Int
  /// The limits of the machine, nil if the run is too small to need them.
  package var limits: MachineLimits?

  package subscript<Value>(dynamicMember path: KeyPath<RunOptions, Value>) -> Value { options[keyPath: path] }
}

/// The engine of a run.
package enum RunMode: String, Sendable {
  /// One window on one thread.
  case standard
  /// Slices on all workers.
  case streaming
  /// Slices on a device.
  case gpu
  /// Slices on the device and all workers.
  case hybrid

  /// The window of ``standard``. It fits the CPU cache together with its output.
  package static let windowBytes = 256 << 10

  /// The size from which `auto` means ``streaming``.
  package static let streamingBytesMin: Int64 = 10_000_000

  /// The size above which `auto` searches for a device.
  package static let deviceBytesMin: Int64 = 100_000_000
}
