package import SystemPackage
package import ZminEngine
package import ZminIO

/// An input of a run.
package enum FileSource: Sendable, Hashable {
  case standardInput
  case path(FilePath)
  /// In a directory that is held open.
  case entry(DirectoryEntryReference)

  package static func == (one: FileSource, other: FileSource) -> Bool { one.name == other.name }

  package func hash(into hasher: inout Hasher) { hasher.combine(name) }

  /// How messages name it.
  package var name: FileName {
    switch self {
    case .standardInput: .standardInput
    case .path(let path): .path(path)
    case .entry(let entry): .path(entry.path)
    }
  }

  /// Whether an error is one of reading or holding this source, rather than of writing what it becomes.
  func isConcerned(by error: any Error) -> Bool {
    // Of a device the next source would have no more.
    if error is DeviceFailure { return false }
    guard let error = error as? FileError else { return true }
    return switch error {
    case .system(let error): error.file == name
    case .inputChanged(let file), .saveKept(let file, _), .refused(let file, .symbolicLink): file == name
    case .brokenPipe, .interrupted, .refused: false
    }
  }
}

/// How much must be saved for a file to be rewritten.
package enum MinimumSaving: Sendable, Equatable {
  case bytes(Int)
  case percent(Double)

  /// Whether a file with these totals is worth rewriting.
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

/// Where the minified bytes go.
package enum FileDestination: Sendable {
  /// Nowhere: the input is checked, and compared with what it would become.
  case nowhere
  case standardOutput
  case file(FilePath)
  /// The file of a directory entry, in its directory whatever its path leads to by then.
  case entry(DirectoryEntryReference)
  /// Each source is replaced, if it changes, and by so much as is worth it.
  case inPlace(InPlaceRules, MinimumSaving?)
}

/// How outputs end that are files of their own.
package enum OutputEnding: Sendable {
  /// With their final name.
  case committed
  /// Left to be committed with others (``FileOutcome/pending``), and hashed if that is asked for.
  case pending(isHashed: Bool)

  var isHashed: Bool {
    switch self {
    case .committed: false
    case .pending(let isHashed): isHashed
    }
  }
}

/// What became of one source.
package struct FileOutcome: Sendable {
  /// How it ended.
  package enum Result: Sendable {
    case complete(RunTotals)
    case invalid(InvalidJSON, RunTotals)
    /// It could not be read, or not be held.
    case failed(any Error)
  }

  package let source: FileSource
  package let result: Result
  /// Whether the destination holds the output: in place, whether the file was replaced.
  package internal(set) var isWritten = false
  /// What the system said of the source when it was opened; nil where that is not asked for.
  package internal(set) var sourceStatus: FileStatus?
  /// The hash of the output, where that is asked for and there is one.
  package internal(set) var outputHash: UInt64?
  /// The output, where it has still to be committed.
  package internal(set) var pending: PendingOutput?
  /// From when to when it was taken, in seconds of the monotonic clock.
  package internal(set) var span: ClosedRange<Double> = 0...0
  /// Slices that a device has minified.
  package internal(set) var slicesOnDevice = 0
  /// Slices that were minified a second time.
  package internal(set) var redoneSliceCount = 0
  /// What there is to say of the device, a phrase each.
  package internal(set) var deviceNotes: [String] = []

  /// For how long it was taken.
  package var elapsedSeconds: Double { span.upperBound - span.lowerBound }

  /// Whether the source was taken to its end.
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
  /// Whether every source was taken to its end.
  var areValid: Bool { allSatisfy(\.isValid) }
}
