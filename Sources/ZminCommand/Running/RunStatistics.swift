import ZminBase
import ZminEngine
import ZminFiles
import ZminIO
import ZminReport

/// What a run has come to so far.
struct RunStatistics {
  /// A file that took long.
  struct SlowFile {
    let name: FileName
    let seconds: Double
  }

  /// So many of the slowest files are kept.
  private static let slowFilesMax = 3
  /// So many notes of the device are kept.
  private static let deviceNotesMax = 8

  private(set) var status = ExitStatus.success
  private(set) var inputBytes = 0
  private(set) var outputBytes = 0
  private(set) var writtenFiles = 0
  private(set) var unchangedFiles = 0
  private(set) var skippedFiles = 0
  private(set) var invalidFiles = 0
  private(set) var severalValuesFiles = 0
  private(set) var unminifiedFiles = 0
  private(set) var failedFiles = 0
  /// Lines that were put into the record of bad lines.
  private(set) var badLines = 0
  /// Slices that a device has minified.
  private(set) var slicesOnDevice = 0
  /// Slices that were minified a second time.
  private(set) var redoneSlices = 0
  /// What there is to say of the device, each once.
  private(set) var deviceNotes: [String] = []
  /// From the slowest on.
  private(set) var slowFiles: [SlowFile] = []

  /// Files with an end.
  var files: Int { validFiles + skippedFiles + invalidFiles + unminifiedFiles + failedFiles }

  /// Files that are as they should be.
  var validFiles: Int { writtenFiles + unchangedFiles }

  /// Counts what was read and made of one input.
  mutating func add(_ totals: RunTotals) {
    inputBytes += totals.inputBytes
    outputBytes += totals.outputBytes
    badLines += totals.recordedBadLines
  }

  /// Counts what a device did of an input.
  mutating func addDevice(_ outcome: FileOutcome) {
    slicesOnDevice += outcome.slicesOnDevice
    redoneSlices += outcome.redoneSliceCount
    for note in outcome.deviceNotes where !deviceNotes.contains(note) && deviceNotes.count < Self.deviceNotesMax {
      deviceNotes.append(note)
    }
  }

  /// Counts an input that is valid, and whether something was written for it.
  mutating func addValid(isWritten: Bool) {
    if isWritten { writtenFiles += 1 } else { unchangedFiles += 1 }
  }

  /// Counts an input that was not looked into.
  mutating func addSkipped() { skippedFiles += 1 }

  /// Notes how long a file took.
  mutating func add(seconds: Double, _ name: FileName) {
    guard slowFiles.count < Self.slowFilesMax || slowFiles.contains(where: { $0.seconds < seconds }) else { return }
    slowFiles.append(SlowFile(name: name, seconds: seconds))
    slowFiles.sort { $0.seconds > $1.seconds }
    slowFiles.removeLast(max(0, slowFiles.count - Self.slowFilesMax))
  }

  /// Counts an input that is not valid.
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

  /// Counts an input that is not minified where it should be.
  mutating func addUnminified() {
    unminifiedFiles += 1
    raise(to: .invalidInput)
  }

  /// Counts an input or output that failed.
  mutating func addFailure(_ status: ExitStatus) {
    failedFiles += 1
    raise(to: status)
  }

  /// Makes this the status unless there is a more important one.
  mutating func raise(to status: ExitStatus) {
    self.status = max(self.status, status)
  }

  /// How many of the inputs failed and how, nil if none did.
  func summary(of inputCount: Int, notReached: Int) -> String? {
    let parts = troubles(notReached: notReached)
    return parts.isEmpty ? nil : "of \(Figures.count(inputCount, "file")): \(parts.joined(separator: ", "))"
  }

  /// What went wrong with how many files, a phrase each.
  func troubles(notReached: Int) -> [String] {
    var parts: [String] = []
    if invalidFiles > 0 {
      let several =
        severalValuesFiles > 0 ? " (\(severalValuesFiles) of several values, see --format)" : ""
      parts.append("\(invalidFiles) not valid\(several)")
    }
    if unminifiedFiles > 0 { parts.append("\(unminifiedFiles) not minified") }
    if failedFiles > 0 { parts.append("\(failedFiles) not read or written") }
    if notReached > 0 { parts.append("\(notReached) not reached") }
    return parts
  }
}
