package import SystemPackage
package import ZminEngine
package import ZminIO

/// An input of a run.
package enum FileSource: Sendable, Hashable {
  case standardInput
  case path(FilePath)
  /// An entry of a directory that is held open.
  case entry(DirectoryEntryReference)

  package static func == (one: FileSource, other: FileSource) -> Bool { one.name == other.name }

  package func hash(into hasher: inout Hasher) { hasher.combine(name) }

  /// The name in messages.
  package var name: FileName {
    switch self {
    case .standardInput: .standardInput
    case .path(let path): .path(path)
    case .entry(let entry): .path(entry.path)
    }
  }

  /// Returns true if an error concerns reading this source, not writing its output.
  func isConcerned(by error: any Error) -> Bool {
    // A device that failed would fail for the next source, too.
    if error is DeviceFailure { return false }
    guard let error = error as? FileError else { return true }
    return switch error {
    case .system(let error): error.file == name
    case .inputChanged(let file), .saveKept(let file, _), .refused(let file, .symbolicLink): file == name
    case .brokenPipe, .interrupted, .refused: false
    }
  }
}

/// The saving from which a file is rewritten.
package enum MinimumSaving: Sendable, Equatable {
  case bytes(Int)
  case percent(Double)

  /// Returns true if a file with these totals is worth rewriting.
  package func isReached(_ totals: RunTotals) -> Bool {
    let savedBytes = totals.storedInputBytes - totals.storedOutputBytes
    return switch self {
    case .bytes(let least): savedBytes >= least
    case .percent(let least): Double(savedBytes) >= Double(totals.storedInputBytes) * least / 100
    }
  }
}

// Totals count plain bytes. Files are stored plain, so the same figures hold for the disk.
extension RunTotals {
  /// The size of the input on the disk.
  package var storedInputBytes: Int { inputBytes }
  /// The size of the output on the disk.
  package var storedOutputBytes: Int { outputBytes }
}

/// The destination of the minified bytes.
package enum FileDestination: Sendable {
  /// No output: the input is checked, and compared with its minified form.
  case nowhere
  case standardOutput
  case file(FilePath)
  /// An entry of a directory that is held open, wherever its path leads by then.
  case entry(DirectoryEntryReference)
  /// Each source is replaced if it changes, and saves enough.
  case inPlace(InPlaceRules, MinimumSaving?)
}

/// The end of outputs that appear whole.
package enum OutputEnding: Sendable {
  /// They get their final name.
  case committed
  /// They are left to be committed in a batch (``FileOutcome/pending``), and hashed if that is asked for.
  case pending(isHashed: Bool)

  var isHashed: Bool {
    switch self {
    case .committed: false
    case .pending(let isHashed): isHashed
    }
  }
}

/// The outcome of one source.
package struct FileOutcome: Sendable {
  /// The end of a run.
  package enum Result: Sendable {
    case complete(RunTotals)
    case invalid(InvalidJSON, RunTotals)
    /// The source could not be read, or memory ran out.
    case failed(any Error)
  }

  package let source: FileSource
  package let result: Result
  /// True if the destination has the output. In place, true if the file was replaced.
  package internal(set) var isWritten = false
  /// The status of the source at opening; nil if it failed.
  package internal(set) var sourceStatus: FileStatus?
  /// The hash of the output, nil if it is not asked for or there is no output.
  package internal(set) var outputHash: UInt64?
  /// The output that has still to be committed.
  package internal(set) var pending: PendingOutput?
  /// The start and end of the run, in seconds of the monotonic clock.
  package internal(set) var span: ClosedRange<Double> = 0...0
  /// Slices that a device has minified.
  package internal(set) var slicesOnDevice = 0
  /// Slices that were minified a second time.
  package internal(set) var redoneSliceCount = 0
  /// Notes on the device, a phrase each.
  package internal(set) var deviceNotes: [String] = []

  /// The duration of the run.
  package var elapsedSeconds: Double { span.upperBound - span.lowerBound }

  /// True if the source is valid to its end.
  var isValid: Bool {
    if case .complete = result { true } else { false }
  }

  init(source: FileSource, result: Result) {
    self.source = source
    self.result = result
  }

  init(source: FileSource, result: RunResult) {
    self.source = source
    self.result =
      switch result {
      case .complete(let totals): .complete(totals)
      case .invalid(let error, let totals): .invalid(error, totals)
      }
  }
}

extension [FileOutcome] {
  /// True if every source is valid to its end.
  var areValid: Bool { allSatisfy(\.isValid) }
}
