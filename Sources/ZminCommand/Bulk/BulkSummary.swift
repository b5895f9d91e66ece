import ZminBase
import ZminFiles
import ZminIO
import ZminReport

/// The summary of a run over many files, for people.
struct BulkSummary {
  /// The shortest time of a file that is listed as slow.
  private static let slowSecondsMin = 1.0
  /// The shortest time of a run with a rate.
  private static let ratedSecondsMin = 0.1

  private let statistics: RunStatistics
  private let fileCount: Int
  private let seconds: Double
  private let plan: BulkPlan
  private let skipped: SkippedEntries
  private let hasFoundFile: Bool

  /// - Parameters:
  ///   - fileCount: The number of files, those that could not be inspected included.
  ///   - skipped: What the walk has skipped.
  ///   - hasFoundFile: True if the walk has found a file, in this shard or another.
  init(
    _ statistics: RunStatistics, fileCount: Int, seconds: Double, _ plan: BulkPlan, skipped: SkippedEntries,
    hasFoundFile: Bool
  ) {
    self.statistics = statistics
    self.fileCount = fileCount
    self.seconds = seconds
    self.plan = plan
    self.skipped = skipped
    self.hasFoundFile = hasFoundFile
  }

  /// True if there were no files.
  var isEmpty: Bool { fileCount == 0 }

  var lines: [String] {
    if isEmpty { return [noFiles] + [notIncluded].compactMap(\.self) }
    return [totals] + [slowest, notIncluded, advice].compactMap(\.self)
  }

  private var noFiles: String {
    if let shard = plan.shard, hasFoundFile { return "no files in part \(shard.index)/\(shard.count)" }
    guard plan.walk.isRecursive else { return "no files: the list is empty" }
    let names = plan.paths.map { "\(FileName.path($0))" } + (plan.list == nil ? [] : ["the list"])
    return """
      no matching files in \(names.joined(separator: ", ")) \
      (patterns: \(plan.patterns.joined(separator: ", ")); see --include)
      """
  }

  /// A line about failures, nil if there were none.
  var failures: String? { statistics.summary(of: fileCount, notReached: notReached) }

  private var notReached: Int { max(0, fileCount - statistics.files) }

  private var totals: String {
    var parts: [String] = []
    if statistics.writtenFiles > 0 { parts.append("\(statistics.writtenFiles) written") }
    if statistics.rehearsedFiles > 0 {
      parts.append("\(statistics.rehearsedFiles) would be \(plan.task.replacesInputs ? "replaced" : "written")")
    }
    if statistics.unchangedFiles > 0 { parts.append("\(statistics.unchangedFiles) \(unchangedWords)") }
    if statistics.skippedFiles > 0 { parts.append("\(statistics.skippedFiles) skipped") }
    parts += statistics.troubles(notReached: notReached)
    if statistics.badLines > 0 { parts.append(Figures.count(statistics.badLines, "bad line")) }
    return """
      \(Figures.count(fileCount, "file")): \(parts.joined(separator: ", ")); \(sizes), \
      \(Figures.fixed(seconds, digits: 1)) s\(rate)
      """
  }

  /// The rate, empty after a run that is too short for one.
  private var rate: String {
    guard seconds >= Self.ratedSecondsMin else { return "" }
    return Figures.speed(Double(statistics.inputBytes) / seconds).map { ", \($0)" } ?? ""
  }

  /// The valid files that are not written, in the words of the task.
  private var unchangedWords: String {
    switch plan.task {
    case .test: "valid"
    case .check: "minified"
    case .rehearse: "would be unchanged"
    case .write, .mirror, .replace: "unchanged"
    }
  }

  /// Sizes of the valid files on the disk. A file that failed saves nothing.
  private var sizes: String {
    let (before, after) = (Int(statistics.validInputBytes), Int(statistics.validOutputBytes))
    return "\(Figures.size(before)) to \(Figures.size(after)), \(plan.task.savingVerb) "
      + Figures.saved(before, after)
  }

  private var slowest: String? {
    let slow = statistics.slowFiles.filter { $0.seconds >= Self.slowSecondsMin }
    guard !slow.isEmpty else { return nil }
    return "slowest: "
      + slow.map { "\($0.name) \(Figures.fixed($0.seconds, digits: 1)) s" }.joined(separator: ", ")
  }

  /// The numbers of entries that the walk has skipped, each with the option that includes it. Nil if there were none.
  private var notIncluded: String? {
    let parts = [
      (skipped.hidden, "hidden", "--hidden"), (skipped.unmatched, "with other names", "--include"),
      (skipped.compressed, "compressed", "--compressed"),
    ].filter { $0.0 > 0 }
    if parts.isEmpty { return nil }
    return "not included: " + parts.map { "\($0.0) \($0.1) (use \($0.2))" }.joined(separator: ", ")
  }

  /// Advice after failures, nil if there were none.
  private var advice: String? {
    let isRecorded = plan.journal != nil
    if notReached > 0 {
      return isRecorded ? "run the same command again to continue" : "use --journal to continue after an interruption"
    }
    if statistics.failedFiles > 0 {
      if statistics.retriableFiles == 0 { return "failed files are named above; trying again will not help" }
      return isRecorded
        ? "failed files are named above; run the same command again to retry them"
        : "failed files are named above; trying again may help, and --journal skips finished files"
    }
    return statistics.invalidFiles > 0 ? "invalid files are named above; trying again will not help" : nil
  }
}
