import ZminBase
import ZminEngine
import ZminFiles
import ZminIO
import ZminReport

/// The results of a run so far.
struct RunStatistics {
  /// A slow file.
  struct SlowFile {
    let name: FileName
    let seconds: Double
  }

  /// The number of slow files to keep.
  private static let slowFilesMax = 3
  /// The number of notes of the device to keep.
  private static let deviceNotesMax = 8

  private(set) var status = ExitStatus.success
  private(set) var inputBytes = 0
  private(set) var outputBytes = 0
  /// Bytes read from and written to files, where they differ from plain bytes.
  private(set) var storedInputBytes: Int64 = 0
  private(set) var storedOutputBytes: Int64 = 0
  /// True if an input or an output was compressed.
  private(set) var hasCompressed = false
  /// Compressed outputs that are larger than their inputs.
  private(set) var largerFiles = 0
  /// The first of them.
  private(set) var firstLarger: FileOutcome?
  /// Bytes of the valid inputs: on the disk, if outputs are written.
  private(set) var validInputBytes: Int64 = 0
  /// Bytes of their outputs.
  private(set) var validOutputBytes: Int64 = 0
  private(set) var writtenFiles = 0
  /// Files that `--dry-run` would have written.
  private(set) var rehearsedFiles = 0
  private(set) var unchangedFiles = 0
  private(set) var skippedFiles = 0
  private(set) var invalidFiles = 0
  private(set) var severalValuesFiles = 0
  private(set) var unminifiedFiles = 0
  private(set) var failedFiles = 0
  /// The failed files for which trying again may help.
  private(set) var retriableFiles = 0
  /// Recorded bad lines.
  private(set) var badLines = 0
  /// Slices that a device has minified.
  private(set) var slicesOnDevice = 0
  /// Slices that were minified a second time.
  private(set) var redoneSlices = 0
  /// Notes about the device, each once.
  private(set) var deviceNotes: [String] = []
  /// The slowest files, from the slowest down.
  private(set) var slowFiles: [SlowFile] = []

  /// Files with a result.
  var files: Int { validFiles + skippedFiles + invalidFiles + unminifiedFiles + failedFiles }

  /// Valid files, written or not.
  var validFiles: Int { writtenFiles + rehearsedFiles + unchangedFiles }

  /// Counts the bytes of one input.
  mutating func add(_ outcome: FileOutcome) {
    add(outcome.totals)
    storedInputBytes += outcome.storedInputBytes
    storedOutputBytes += outcome.storedOutputBytes
    hasCompressed = hasCompressed || outcome.isCompressed
  }

  /// Counts the bytes of one input that a signal interrupted.
  mutating func add(_ totals: RunTotals) {
    inputBytes += totals.inputBytes
    outputBytes += totals.outputBytes
    badLines += totals.recordedBadLines
  }

  /// Counts the device's part of an input.
  mutating func addDevice(_ outcome: FileOutcome) {
    slicesOnDevice += outcome.slicesOnDevice
    redoneSlices += outcome.redoneSliceCount
    for note in outcome.deviceNotes where !deviceNotes.contains(note) && deviceNotes.count < Self.deviceNotesMax {
      deviceNotes.append(note)
    }
  }

  /// Counts a valid input.
  ///
  /// - Parameters:
  ///   - writesOutput: True if the task writes outputs, whose sizes on the disk count. Otherwise plain sizes do.
  ///   - isRehearsed: True if `--dry-run` kept the output from being written.
  mutating func addValid(_ outcome: FileOutcome, writesOutput: Bool, isRehearsed: Bool) {
    validInputBytes += writesOutput ? outcome.storedInputBytes : Int64(outcome.totals.inputBytes)
    validOutputBytes += writesOutput ? outcome.storedOutputBytes : Int64(outcome.totals.outputBytes)
    if outcome.isLarger {
      largerFiles += 1
      firstLarger = firstLarger ?? outcome
    }
    if outcome.isWritten {
      writtenFiles += 1
    } else if isRehearsed {
      rehearsedFiles += 1
    } else {
      unchangedFiles += 1
    }
  }

  mutating func addSkipped() { skippedFiles += 1 }

  /// Records the time of a file.
  mutating func add(seconds: Double, _ name: FileName) {
    guard slowFiles.count < Self.slowFilesMax || slowFiles.contains(where: { $0.seconds < seconds }) else { return }
    slowFiles.append(SlowFile(name: name, seconds: seconds))
    slowFiles.sort { $0.seconds > $1.seconds }
    slowFiles.removeLast(max(0, slowFiles.count - Self.slowFilesMax))
  }

  /// Counts an invalid input.
  mutating func add(_ invalid: InvalidJSON) {
    invalidFiles += 1
    if invalid.reason == .secondValue { severalValuesFiles += 1 }
    raise(to: .invalidInput)
  }

  /// Counts a compressed input that cannot be decoded.
  mutating func addDamaged() {
    invalidFiles += 1
    raise(to: .invalidInput)
  }

  /// Counts an input that `--check` found not minified.
  mutating func addUnminified(_ outcome: FileOutcome) {
    validInputBytes += Int64(outcome.totals.inputBytes)
    validOutputBytes += Int64(outcome.totals.outputBytes)
    unminifiedFiles += 1
    raise(to: .invalidInput)
  }

  /// Counts a file that could not be read or written.
  mutating func addFailure(_ status: ExitStatus) {
    failedFiles += 1
    if status == .failure || status == .engineUnavailable { retriableFiles += 1 }
    raise(to: status)
  }

  /// Sets the status unless it already has a more important one.
  mutating func raise(to status: ExitStatus) {
    self.status = max(self.status, status)
  }

  /// A line about failures, nil if there were none.
  func summary(of inputCount: Int, notReached: Int) -> String? {
    let parts = troubles(notReached: notReached)
    return parts.isEmpty ? nil : "\(Figures.count(inputCount, "file")): \(parts.joined(separator: ", "))"
  }

  /// The numbers of files with each kind of failure, one phrase each.
  func troubles(notReached: Int) -> [String] {
    var parts: [String] = []
    if invalidFiles > 0 {
      let several =
        severalValuesFiles > 0 ? " (\(severalValuesFiles) with several values, see --format)" : ""
      parts.append("\(invalidFiles) not valid\(several)")
    }
    if unminifiedFiles > 0 { parts.append("\(unminifiedFiles) not minified") }
    if failedFiles > 0 { parts.append("\(failedFiles) failed") }
    if notReached > 0 { parts.append("\(notReached) not processed") }
    return parts
  }
}
