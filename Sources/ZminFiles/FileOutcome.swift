package import SystemPackage
package import ZminCodec
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
    case .inputChanged(let file), .saveKept(let file, _): file == name
    case .brokenPipe, .interrupted, .refused: false
    }
  }
}

/// The saving from which a file is rewritten.
package enum MinimumSaving: Sendable, Equatable {
  case bytes(Int)
  case percent(Double)
  /// None: a file is rewritten also if it becomes larger.
  case any

  /// Returns true if a file is worth rewriting.
  ///
  /// - Parameters:
  ///   - before: Size on the disk in bytes.
  ///   - after: Size on the disk in bytes if it is rewritten.
  func isReached(from before: Int64, to after: Int64) -> Bool {
    switch self {
    case .bytes(let least): before - after >= Int64(least)
    case .percent(let least): Double(before - after) >= Double(before) * least / 100
    case .any: true
    }
  }
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
  /// Nowhere, but as if it went to a destination.
  indirect case rehearsal(FileDestination)
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
  package private(set) var result: Result
  /// Sizes of the plain bytes, also of an input that failed.
  package internal(set) var totals: RunTotals
  /// Number of bytes read from the file.
  package internal(set) var storedInputBytes: Int64 = 0
  /// Number of bytes written for this source.
  package internal(set) var storedOutputBytes: Int64 = 0
  /// The compressed form of the input, nil if it is plain.
  package internal(set) var codec: Codec?
  /// The compressed form of the output, nil if it is plain or there is none.
  package internal(set) var encoding: Encoding?
  /// True if the file was not replaced because its compressed output is not smaller.
  package internal(set) var isNotSmaller = false
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

  /// True if the input or the output is compressed.
  package var isCompressed: Bool { codec != nil || encoding != nil }

  /// True if the output is compressed like the input, and larger.
  package var isLarger: Bool { codec != nil && encoding != nil && isWritten && storedOutputBytes > storedInputBytes }

  /// True if the source is valid to its end.
  var isValid: Bool {
    if case .complete = result { true } else { false }
  }

  init(source: FileSource, result: Result) {
    self.source = source
    self.result = result
    totals =
      switch result {
      case .complete(let totals), .invalid(_, let totals): totals
      case .failed: RunTotals()
      }
  }

  init(source: FileSource, result: RunResult) {
    let result: Result =
      switch result {
      case .complete(let totals): .complete(totals)
      case .invalid(let error, let totals): .invalid(error, totals)
      }
    self.init(source: source, result: result)
  }

  /// Has a source fail whose output is larger than it.
  mutating func refuseLargerOutput() { result = .failed(LargerOutput(storedInputBytes: storedInputBytes)) }

  /// Returns true if a file with this outcome is to be replaced in place.
  package func isReplaced(_ minimum: MinimumSaving?) -> Bool {
    guard case .complete(let totals) = result else { return false }
    // A file whose lines are in the record must lose them, however little that saves.
    if totals.badLines > 0 { return !totals.isUnchanged }
    guard !totals.isUnchanged || codec?.rawValue != encoding?.form.rawValue else { return false }
    guard let minimum else { return !isCompressed || storedOutputBytes < storedInputBytes }
    if isCompressed, minimum != .any, storedOutputBytes >= storedInputBytes { return false }
    return minimum.isReached(from: storedInputBytes, to: storedOutputBytes)
  }
}

extension [FileOutcome] {
  /// True if every source is valid to its end.
  var areValid: Bool { allSatisfy(\.isValid) }
}
