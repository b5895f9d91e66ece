import ZminBase
import ZminIO
import ZminReport

/// What a run over many files came to, for people.
struct BulkSummary {
  /// Runs in which no file took so long name none.
  private static let slowSecondsMin = 1.0

  private let statistics: RunStatistics
  private let fileCount: Int
  private let seconds: Double
  private let hasJournal: Bool

  init(_ statistics: RunStatistics, fileCount: Int, seconds: Double, hasJournal: Bool) {
    self.statistics = statistics
    self.fileCount = fileCount
    self.seconds = seconds
    self.hasJournal = hasJournal
  }

  /// The lines.
  var lines: [String] {
    if fileCount == 0 { return ["no files: see --include for which are taken"] }
    return [totals] + [slowest, advice].compactMap(\.self)
  }

  private var notReached: Int { max(0, fileCount - statistics.files) }

  private var totals: String {
    var parts: [String] = []
    if statistics.writtenFiles > 0 { parts.append("\(statistics.writtenFiles) written") }
    if statistics.unchangedFiles > 0 { parts.append("\(statistics.unchangedFiles) valid and left as they are") }
    if statistics.skippedFiles > 0 { parts.append("\(statistics.skippedFiles) skipped") }
    parts += statistics.troubles(notReached: notReached)
    if statistics.badLines > 0 { parts.append(Figures.count(statistics.badLines, "bad line")) }
    return """
      \(Figures.count(fileCount, "file")): \(parts.joined(separator: ", ")); \(Figures.size(statistics.inputBytes)) to \
      \(Figures.size(statistics.outputBytes)), saved \(Figures.saved(statistics.inputBytes, statistics.outputBytes)), \
      \(Figures.fixed(seconds, digits: 1)) s, \(Figures.rate(statistics.inputBytes, seconds: seconds))
      """
  }

  private var slowest: String? {
    let slow = statistics.slowFiles.filter { $0.seconds >= Self.slowSecondsMin }
    guard !slow.isEmpty else { return nil }
    return "slowest: "
      + slow.map { "\($0.name) \(Figures.fixed($0.seconds, digits: 1)) s" }.joined(separator: ", ")
  }

  /// What to do about what went wrong.
  private var advice: String? {
    let again = hasJournal ? "the same command goes on with what is left" : "with --journal a run goes on where it was"
    if notReached > 0 { return again }
    if statistics.failedFiles > 0 {
      return "what could not be read or written is named above; trying again may help: \(again)"
    }
    return statistics.invalidFiles > 0 ? "what is not valid is named above; trying again will not help" : nil
  }
}
