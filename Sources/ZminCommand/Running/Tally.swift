import Zmin

/// What a run has come to so far.
struct Tally {
  private(set) var status = ExitStatus.success
  private(set) var inputBytes = 0
  private(set) var outputBytes = 0
  private(set) var invalidFiles = 0
  private(set) var severalValuesFiles = 0
  private(set) var unminifiedFiles = 0
  private(set) var failedFiles = 0

  /// Counts what was read and made of one input.
  mutating func add(_ totals: RunTotals) {
    inputBytes += totals.inputBytes
    outputBytes += totals.outputBytes
  }

  /// Counts an input that is not valid.
  mutating func add(_ invalid: InvalidJSON) {
    invalidFiles += 1
    if invalid.isSecondValue { severalValuesFiles += 1 }
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
    var parts: [String] = []
    if invalidFiles > 0 {
      let several =
        severalValuesFiles > 0 ? " (\(severalValuesFiles) of several values: --format ndjson or concat)" : ""
      parts.append("\(invalidFiles) not valid\(several)")
    }
    if unminifiedFiles > 0 { parts.append("\(unminifiedFiles) not minified") }
    if failedFiles > 0 { parts.append("\(failedFiles) not read or written") }
    if notReached > 0 { parts.append("\(notReached) not reached") }
    return parts.isEmpty ? nil : "of \(Figures.count(inputCount, "file")): \(parts.joined(separator: ", "))"
  }
}
